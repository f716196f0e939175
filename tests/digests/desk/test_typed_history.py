"""A change is a typed row: typing is one change, a save costs the same at any length, and no behaviour reads a sentence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.desk import texts
from digests.editing import history, sentences
from digests.models import Digest, Entry, ListChange
from papers.models import Paper
from tests.digests.desk.conftest import DAY, done, entry_of, listed, revision, send
from tests.factories import make_digest

pytestmark = pytest.mark.django_db


def kept() -> list[tuple[str, int]]:
    return [(one.action, one.revision) for one in reversed(history.changes(Digest.objects.get()))]


def type_note(client: Client, paper: Paper, *words: str) -> None:
    for before, after in zip(("", *words), words, strict=False):
        done(client, "note", paper=paper.arxiv_id, text=after, base=before)


def test_a_burst_of_typing_is_one_change_and_the_revision_grows(ann: Client, papers: list[Paper], tonight: Any) -> None:
    type_note(ann, papers[0], "W", "Wo", "Worth reading")

    assert kept() == [("before", 0), ("noted", 3)]
    [change] = ListChange.objects.filter(action="noted")
    assert change.document["entries"][0]["note"] == "Worth reading"
    done(ann, "undo", revision=revision())
    assert entry_of(papers[0]).note == ""


def test_another_text_another_editor_or_a_pause_begins_a_change(
    ann: Client, bob: Client, papers: list[Paper], tonight: Any
) -> None:
    type_note(ann, papers[0], "One")
    type_note(ann, papers[1], "Two")
    done(bob, "note", paper=papers[1].arxiv_id, text="Three", base="Two")
    tonight.shift(history.PAUSE + timedelta(seconds=1))
    done(bob, "note", paper=papers[1].arxiv_id, text="Four", base="Three")
    done(bob, "intro", text="Five", base="")

    assert kept() == [("before", 0), ("noted", 1), ("noted", 2), ("noted", 3), ("noted", 4), ("intro", 5)]


def test_what_another_types_on_in_one_change_is_seen_as_newer(ann: Client, bob: Client, papers: list[Paper]) -> None:
    type_note(bob, papers[0], "One")
    seen = revision()
    done(bob, "note", paper=papers[0].arxiv_id, text="One more", base="One")

    conflict = send(ann, "remove", paper=papers[0].arxiv_id, revision=seen)

    assert (conflict.status_code, conflict.json()["conflict"]["by"]) == (409, "Bob")


@pytest.mark.parametrize("papers_number", [10, 200])
@pytest.mark.parametrize("save", [texts.note, texts.title])
def test_a_save_costs_six_statements_and_two_rows_whatever_the_lists_length(
    papers_number: int, save: Callable[..., None]
) -> None:
    digest = make_digest(DAY, papers=papers_number, status="draft", published_at=None)
    ann = User.objects.create_user("ann")
    paper = digest.entries.order_by("position")[0].paper
    costs = []
    for before, after in (("", "W"), ("W", "Wo"), ("Wo", "Wor")):
        rows = ListChange.objects.count()
        with CaptureQueriesContext(connection) as queries:
            save(DAY, paper, after, before, by=ann)
        statements = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
        costs.append((len(statements), ListChange.objects.count() - rows))
    assert costs == [(6, 2), (5, 0), (5, 0)]


def test_a_title_keeps_what_the_day_prints_otherwise_beside_it(papers: list[Paper]) -> None:
    ann = User.objects.create_user("ann-once")
    printed = []
    Entry.objects.filter(paper=papers[0]).update(printed_otherwise={"authors": ["A. Author"]})
    for paper, before, after in (
        (papers[0], "", "Ours"),
        (papers[0], "Ours", ""),
        (papers[1], papers[1].title, "Ours"),
        (papers[1], "Ours", papers[1].title),
    ):
        texts.title(DAY, paper, after, before, by=ann)
        printed.append(entry_of(paper).printed_otherwise)

    authors = {"authors": ["A. Author"]}
    assert printed == [authors | {"title": "Ours"}, authors, {"title": "Ours"}, None]


def test_behaviour_is_the_same_in_other_words(
    ann: Client, bob: Client, papers: list[Paper], monkeypatch: pytest.MonkeyPatch
) -> None:
    for action in sentences.SENTENCES:
        monkeypatch.setitem(sentences.SENTENCES, action, "something happened")
    first, second, _ = papers

    seen = revision()
    type_note(bob, first, "Bob's")
    assert send(ann, "remove", paper=first.arxiv_id, revision=seen).status_code == 409
    seen = revision()
    done(bob, "pin", paper=second.arxiv_id, pinned=True, revision=seen)
    done(bob, "pin", paper=second.arxiv_id, pinned=False, revision=revision())
    assert send(ann, "pin", paper=second.arxiv_id, pinned=True, revision=seen).status_code == 409
    done(ann, "remove", paper=first.arxiv_id, revision=revision())
    done(ann, "undo", revision=revision())
    assert (listed(), entry_of(first).note) == (papers, "Bob's")
    done(ann, "remove", paper=first.arxiv_id, revision=revision())
    done(ann, "add", paper=first.arxiv_id, position=1)
    assert (listed(), entry_of(first).note) == (papers, "Bob's")  # what was removed returns as it was
    began = history.changes(Digest.objects.get())[-1]
    done(ann, "restore", version=began.pk, revision=revision())
    assert entry_of(first).note == ""


def test_runs_of_the_same_action_are_told_in_one_line(ann: Client, papers: list[Paper]) -> None:
    for paper in papers[:2]:
        done(ann, "remove", paper=paper.arxiv_id, revision=revision())

    assert [run.said for run in sentences.runs(history.changes(Digest.objects.get()))] == [
        f"removed “{papers[0].title}”, “{papers[1].title}”",
        "as it was before the first change",
    ]
