"""The admin's index explains itself; a page that one may not open says which role may."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from lxml import html

from digests.models import Digest
from papers.models import Paper
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    return make_client(make_user(group="Administrator"))


def document(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status
    return html.document_fromstring(response.content.decode())


def sections(page: Any) -> dict[str, list[str]]:
    found = page.xpath("//div[@id='content-main']/div[h2][table]")
    return {
        section.xpath("string(h2)"): [" ".join(row.text_content().split()) for row in section.xpath(".//tbody//th")]
        for section in found
    }


def test_our_pages_come_first_and_third_parties_tables_last() -> None:
    superuser = make_client(make_user(username="root", is_superuser=True))

    found = sections(document(superuser, "/admin/all/"))

    assert list(found) == ["Lists", "Papers and posts", "Collection", "People", "System"]
    assert found["Lists"] == ["Digests", "Entries", "Note templates"]
    assert found["People"] == ["Users", "Groups"]
    assert "Access logs" in found["System"]


def test_each_role_sees_what_it_may_open() -> None:
    curator = make_client(make_user(group="Curator"))

    page = document(curator, "/admin/all/")

    assert "People" not in sections(page)
    for address in page.xpath("//div[@id='content-main']//th/a/@href"):
        assert curator.get(address).status_code == 200


@time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)
def test_the_index_says_what_waits(administrator: Client) -> None:
    make_digest(date(2026, 11, 19), status=Digest.Status.DRAFT, published_at=None, papers=1)
    make_digest(date(2026, 10, 1), status=Digest.Status.DRAFT, published_at=None, papers=1)
    Paper.objects.filter(pk=make_paper().pk).update(newer={"version": 2})

    waits = document(administrator, "/admin/all/").xpath("//div[@id='waiting']//li")

    assert [" ".join(one.text_content().split()) for one in waits] == [
        "Drafts of the last two weeks, not published yet: 19 Nov 2026",
        "1 paper has a newer version on arXiv. Look at them",
    ]
    assert waits[0].xpath("a/@href") == ["/admin/desk/2026-11-19/"]
    assert len(administrator.get(waits[1].xpath("a/@href")[0]).context["cl"].result_list) == 1


def test_a_refusal_says_which_roles_may() -> None:
    viewer = make_client(make_user(group="Viewer"))
    make_user(group="Administrator", username="ann")

    page = document(viewer, "/admin/auth/user/", 403)

    assert "It takes the role Administrator." in " ".join(page.text_content().split())
    assert "It takes the role Administrator." in " ".join(document(viewer, "/admin/system/", 403).text_content().split())
    without_role = make_client(make_user(username="new"))
    for address in ("/admin/desk/2026-11-20/", "/admin/calendar/2026/11/", "/admin/notices/"):
        told = " ".join(document(without_role, address, 403).text_content().split())
        assert "It takes the role Administrator, Curator, Editor or Viewer." in told, address


@pytest.mark.parametrize("address", ["/admin/desk/2026-02-30/", "/admin/desk/2026-11-20/history/", "/admin/papers/paper/?q=%00"])
def test_editors_are_led_on_from_a_page_that_is_not_there_and_others_not_into_the_admin(address: str, client: Client) -> None:
    page = document(make_client(make_user(group="Viewer")), address, 404)

    assert [page.xpath("string(//h1)"), *page.xpath("//main//li/a/@href")] == ["There is no such page", "/admin/", "/admin/all/"]
    stranger = client.get(address)
    assert stranger.status_code == 302 or b"Nothing is published here" in stranger.content


def test_signing_out_says_so(administrator: Client) -> None:
    page: Any = html.document_fromstring(administrator.post("/admin/logout/").content.decode())

    assert " ".join(page.xpath("string(//main)").split()) == "You’re signed out Sign in again, or go to the site."


def test_times_are_written_in_one_way(administrator: Client) -> None:
    digest = make_digest(date(2026, 11, 19), papers=1)

    page = document(administrator, "/admin/digests/digest/").text_content()

    assert f"{digest.published_at:%-d %b %Y, %H:%M} UTC" in page
    assert "19 Nov 2026" in page
