"""A newer version of a settled text waits until an editor takes it."""

import pytest
from django.test import Client
from django.urls import reverse

from digests.models import Digest
from digests.publishing.status import publish
from papers.collecting.versions import take_newer
from papers.models import Paper
from tests.editors import make_client, make_user, run_action
from tests.factories import READ_AT, make_digest, make_paper

pytestmark = pytest.mark.django_db

NEWER = {"version": 2, "title": "Newer", "abstract": "Better.", "authors": ["Ada", "Bob"], "categories": ["cs.CL", "cs.LG"]}


def test_newer_version_is_taken_once() -> None:
    paper = make_paper(is_settled=True, version=1, newer=NEWER)
    assert take_newer(paper) is True
    assert take_newer(paper) is False
    paper.refresh_from_db()
    assert (paper.version, paper.title, paper.abstract, paper.authors, paper.newer) == (
        2,
        "Newer",
        "Better.",
        ["Ada", "Bob"],
        None,
    )
    assert [category.code for category in paper.categories.all()] == ["cs.CL", "cs.LG"]


def test_publication_settles_its_papers() -> None:
    digest, other = make_digest(papers=2, status="draft", published_at=None), make_paper()
    publish(Digest.objects.get(pk=digest.pk), now=READ_AT)
    assert set(Paper.objects.filter(is_settled=True)) == set(digest.papers.all())
    assert other.is_settled is False


@pytest.fixture
def editor() -> Client:
    return make_client(make_user(group="Editor"))


def test_editor_takes_the_newer_version_in_the_admin(editor: Client) -> None:
    paper = make_paper(newer=NEWER)
    assert "Version 2 is available" in editor.get(reverse("admin:papers_paper_change", args=[paper.pk])).content.decode()
    run_action(editor, reverse("admin:papers_paper_changelist"), "take_newer_selected", paper)
    paper.refresh_from_db()
    assert paper.title == "Newer"
