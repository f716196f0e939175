"""Changes taken back step by step."""

from typing import Any

import pytest
from django.test import Client

from digests.editing import history
from digests.models import Digest, Dismissal
from papers.models import Paper
from tests.digests.desk.conftest import NOW, done, entry_of, listed, revision, send

pytestmark = pytest.mark.django_db


def undo(client: Client) -> str:
    return str(done(client, "undo", revision=revision())["said"])


def test_undo_goes_back_step_by_step(ann: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    done(ann, "move", paper=third.arxiv_id, position=1, moves=0)
    done(ann, "note", paper=first.arxiv_id, text="One", base="")
    done(ann, "remove", paper=second.arxiv_id, revision=revision())

    assert undo(ann) == f"Undone: removed “{second.title}”."
    assert listed() == [third, first, second]
    assert not Dismissal.objects.exists()
    assert undo(ann) == f"Undone: edited the note on “{first.title}”."
    assert entry_of(first).note == ""
    assert undo(ann) == f"Undone: moved “{third.title}” to 1."
    assert listed() == papers


def test_undo_after_a_new_change_takes_that_back_first(ann: Client, papers: list[Paper], tonight: Any) -> None:
    done(ann, "intro", text="One", base="")
    tonight.shift(3600)  # else both are one change
    done(ann, "intro", text="Two", base="One")
    undo(ann)
    done(ann, "intro", text="Three", base="One")

    texts = []
    for _ in range(2):
        undo(ann)
        texts.append(Digest.objects.get().intro)
    assert texts == ["One", ""]


def test_undo_ends_where_the_list_began(ann: Client, papers: list[Paper]) -> None:
    assert send(ann, "undo", revision=0).json()["error"].startswith("Nothing to undo")
    done(ann, "intro", text="One", base="")
    undo(ann)

    assert send(ann, "undo", revision=revision()).json()["error"].startswith("Nothing to undo")


def test_undo_loses_no_version(ann: Client, papers: list[Paper]) -> None:
    done(ann, "intro", text="One", base="")
    undo(ann)

    digest = Digest.objects.get()
    assert [version.action for version in history.changes(digest)] == ["undone", "intro", "before"]


def test_undo_needs_a_list_that_can_be_edited(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.all().delete()

    assert send(ann, "undo", revision=0).status_code == 400


def refusal(client: Client, seen: int) -> str:
    return str(send(client, "undo", revision=seen).json()["error"])


def test_undo_refuses_changes_of_publication_and_says_what_to_do(eve: Client, papers: list[Paper]) -> None:
    done(eve, "note", paper=papers[0].arxiv_id, text="A word", base="")
    for action, body, what in (
        ("schedule", {"at": "2026-11-24T09:00", "zone": "UTC"}, "scheduled for 24 Nov 2026, 09:00 UTC"),
        ("unschedule", {}, "no longer scheduled; waits for an editor"),
        ("publish", {}, None),
        ("withdraw", {"note": "The wrong day."}, "withdrawn"),
    ):
        done(eve, action, revision=revision(), **body)
        before = Digest.objects.values().get()
        if what:
            assert refusal(eve, revision()).startswith(f"“{what}” isn’t a change to the list, so it can’t be undone here.")
            assert Digest.objects.values().get() == before
    assert entry_of(papers[0]).note == "A word"


def test_undo_goes_back_to_the_withdrawal_and_no_further(eve: Client, papers: list[Paper]) -> None:
    done(eve, "publish", revision=revision())
    done(eve, "withdraw", revision=revision(), note="")
    done(eve, "intro", text="One", base="")

    assert undo(eve) == "Undone: edited the intro."
    assert "“withdrawn” isn’t a change to the list" in refusal(eve, revision())


def test_undo_leaves_a_correction_that_has_just_begun(eve: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW)
    done(eve, "correct")

    assert "“started a correction” isn’t a change to the list" in refusal(eve, 1)
