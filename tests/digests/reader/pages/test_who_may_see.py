"""Who may see what: drafts are for staff, and published pages are the same for all."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from digests.models import Digest
from tests.digests.reader.pages.reading_pages import ADDRESS, text_of
from tests.factories import make_digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser logged in as an editor who may see digests and nothing else."""
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_digest"))
    client.force_login(user)
    return client


@pytest.mark.parametrize("status", [Digest.Status.DRAFT, Digest.Status.WITHDRAWN])
def test_unpublished_digest_is_nowhere_for_readers(client: Client, status: Digest.Status) -> None:
    digest = make_digest(papers=1, status=status)
    paper = digest.papers.get()

    hidden = [
        ADDRESS,
        f"{ADDRESS}/",
        f"{ADDRESS}.md",
        "/categories/cs.LG",
        "/archive/2021",
        "/archive/2021/05",
        "/days/2021-05-12",
    ]
    lists = ["/", "/rss.xml", "/papers", "/hottest/ever", "/rising", "/archive", "/days"]

    assert [client.get(address).status_code for address in hidden] == [404] * 7
    for address in lists:
        page = text_of(client, address)
        assert (address, paper.title in page, "2021-05-12" in page) == (address, False, False)
    assert "Not on any published list yet." in text_of(client, paper.get_absolute_url())


def test_draft_is_previewed_by_staff_and_never_cached(staff: Client) -> None:
    make_digest(papers=1, status=Digest.Status.DRAFT)

    page, markdown = staff.get(ADDRESS), staff.get(f"{ADDRESS}.md")

    assert "<strong>Draft.</strong>" in page.content.decode()
    assert "\ndraft: true\n" in markdown.content.decode()
    for response in (page, markdown):
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response


def test_draft_is_hidden_from_a_user_without_the_right(client: Client) -> None:
    make_digest(status=Digest.Status.DRAFT)
    client.force_login(User.objects.create_user("curious", is_staff=True))

    assert client.get(ADDRESS).status_code == 404


def test_draft_is_hidden_from_one_who_is_not_staff(client: Client) -> None:
    make_digest(status=Digest.Status.DRAFT)
    user = User.objects.create_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="view_digest"))
    client.force_login(user)

    assert client.get(ADDRESS).status_code == 404


def test_published_pages_set_no_cookie_and_do_not_vary_by_one(client: Client) -> None:
    paper = make_digest(papers=1).papers.get()

    for address in ("/", ADDRESS, f"{ADDRESS}.md", f"/papers/{paper.arxiv_id}", "/categories/cs.LG", "/rss.xml"):
        response = client.get(address)
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")
