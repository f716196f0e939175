"""Editors read titles as people do, wherever markup cannot stand; their pages decode nothing themselves."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from digests.editing import history
from digests.editing.sentences import said, said_of
from digests.models import Digest, Entry, ListChange
from digests.publishing.checking import findings
from papers.models import Paper
from papers.rendered.waiting import render_changed
from tests.factories import make_draft, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
TITLE = r"On the $\mathrm{QAC}^0$ Complexity of R\'enyi"
PLAIN = "On the QAC⁰ Complexity of Rényi"
NOW = datetime(2021, 5, 12, 20, tzinfo=UTC)


@pytest.fixture
def entry() -> Entry:
    paper = make_paper(title=TITLE, abstract="")
    entry = make_entry(make_draft(), paper, make_tweet(paper))
    render_changed()
    return entry


def test_paper_is_named_by_its_plain_title_and_until_it_is_rendered_by_its_source(entry: Entry) -> None:
    assert str(entry.paper) == f"{entry.paper.arxiv_id} {PLAIN}"
    unrendered = make_paper(title=r"\'A")
    assert str(unrendered) == rf"{unrendered.arxiv_id} \'A"


def test_findings_name_papers_by_their_plain_titles(entry: Entry) -> None:
    assert [one.text for one in findings(entry.digest, NOW)] == [f"1. {PLAIN}: no abstract."]


def test_history_names_papers_by_their_plain_titles(entry: Entry) -> None:
    with history.change(entry.digest_id, history.Action.PINNED, by=None, paper=entry.paper):
        pass
    pinned = history.changes(entry.digest)[0]
    with history.change(entry.digest_id, history.Action.UNDONE, by=None, paper=entry.paper, details={"of": pinned.as_details}):
        pass

    changes = history.changes(Digest.objects.get())
    assert said_of(changes[:2]) == [f"undid: pinned “{PLAIN}”", f"pinned “{PLAIN}”"]
    assert said(ListChange.objects.get(pk=pinned.pk)) == f"pinned “{PLAIN}”"


@pytest.mark.parametrize("page", ["list", "form", "digest", "delete", "search", "post"])
def test_admin_names_papers_by_their_plain_titles(editor: Client, entry: Entry, page: str) -> None:
    tweet = entry.shown_tweets.get().tweet
    addresses = {
        "list": reverse("admin:digests_entry_changelist"),
        "form": reverse("admin:digests_entry_change", args=[entry.pk]),
        "digest": reverse("admin:digests_digest_change", args=[entry.digest_id]),
        "delete": reverse("admin:digests_entry_delete", args=[entry.pk]),
        "search": reverse("admin:autocomplete")
        + f"?app_label=digests&model_name=entry&field_name=paper&term={entry.paper.arxiv_id}",
        "post": reverse("admin:papers_tweet_change", args=[tweet.pk]),
    }

    response = editor.get(addresses[page])

    text = response.json()["results"][0]["text"] if page == "search" else response.content.decode()
    assert f"{entry.paper.arxiv_id} {PLAIN}" in text
    assert r"\mathrm" not in text


def test_paper_whose_title_changed_is_named_by_the_new_one(entry: Entry) -> None:
    Paper.objects.filter(pk=entry.paper_id).update(title=r"New \'A")
    assert str(Paper.objects.get(pk=entry.paper_id)) == rf"{entry.paper.arxiv_id} New \'A"  # never the old one's
    render_changed()
    assert str(Paper.objects.get(pk=entry.paper_id)) == f"{entry.paper.arxiv_id} New Á"
