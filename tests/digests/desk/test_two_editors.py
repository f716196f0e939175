"""Two editors on one list: what each changes stays, and what both changed is asked."""

from typing import Any

import pytest
from django.test import Client

from digests.models import Digest
from papers.models import Paper
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, listed, revision
from tests.digests.desk.two_editors import conflict
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db


def test_different_papers_are_edited_and_moved_without_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    done(ann, "note", paper=first.arxiv_id, text="Ann's", base="")
    done(bob, "note", paper=second.arxiv_id, text="Bob's", base="")
    done(ann, "move", paper=third.arxiv_id, position=1, moves=0)
    done(bob, "move", paper=second.arxiv_id, position=1, moves=0)
    done(ann, "remove", paper=first.arxiv_id, revision=revision())

    assert listed() == [second, third]
    assert entry_of(second).note == "Bob's"


TEXTS = [("note", True), ("title", True), ("intro", False)]


@pytest.mark.parametrize(("action", "of_a_paper"), TEXTS)
def test_same_text_shows_base_mine_and_theirs_and_overwrites_nothing(
    ann: Client, bob: Client, papers: list[Paper], action: str, of_a_paper: bool
) -> None:
    body = {"paper": papers[0].arxiv_id} if of_a_paper else {}
    done(ann, action, text="Ann's", base="", **body)

    told = conflict(bob, action, text="Bob's", base="", **body)

    of = {"note": "on", "title": "of"}
    what = f"{action} {of[action]} “{papers[0].title}”" if of_a_paper else action
    assert (told["what"], told["base"], told["mine"], told["theirs"]) == (what, "", "Bob's", "Ann's")
    assert (told["by"], told["at"]) == ("Ann", NOW.isoformat())
    assert told["retry"] == {"text": "Bob's", "base": "Ann's", **body}
    assert text_of(action, papers[0]) == "Ann's"

    done(bob, action, **told["retry"])
    assert text_of(action, papers[0]) == "Bob's"


def text_of(action: str, paper: Paper) -> str:
    entry = entry_of(paper)
    return {"note": entry.note, "title": entry.title, "intro": Digest.objects.get(date=DAY).intro}[action]


@pytest.mark.parametrize(("action", "of_a_paper"), TEXTS)
def test_saving_twice_is_no_alarm_and_no_version(
    ann: Client, bob: Client, papers: list[Paper], action: str, of_a_paper: bool
) -> None:
    body = {"paper": papers[0].arxiv_id} if of_a_paper else {}
    for client in (ann, ann, bob):
        done(client, action, text="The same", base="", **body)

    assert revision() == 1


def test_same_paper_moved_by_both_is_a_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    third = papers[2]
    done(ann, "move", paper=third.arxiv_id, position=1, moves=0)

    told = conflict(bob, "move", paper=third.arxiv_id, position=2, moves=0)

    assert (told["what"], told["mine"], told["theirs"]) == (f"place of “{third.title}”", "place 2", "place 1")
    assert listed() == [third, papers[0], papers[1]]
    done(bob, "move", **told["retry"])
    assert listed() == [papers[0], third, papers[1]]


def test_conflict_names_who_changed_this_and_not_who_changed_something_last(
    ann: Client, bob: Client, papers: list[Paper]
) -> None:
    paper = papers[2].arxiv_id
    done(ann, "note", paper=paper, text="Ann's", base="")
    done(ann, "move", paper=paper, position=1, moves=0)
    done(bob, "intro", text="Bob's", base="")

    assert conflict(bob, "note", paper=paper, text="Bob's", base="")["by"] == "Ann"
    assert conflict(bob, "move", paper=paper, position=2, moves=0)["by"] == "Ann"


def test_same_paper_moved_to_the_same_place_is_none(ann: Client, bob: Client, papers: list[Paper]) -> None:
    for client in (ann, bob, ann):
        done(client, "move", paper=papers[2].arxiv_id, position=1, moves=0)

    assert revision() == 1


def test_paper_that_gave_way_to_another_was_not_moved(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(ann, "move", paper=papers[2].arxiv_id, position=1, moves=0)

    done(bob, "move", paper=papers[1].arxiv_id, position=1, moves=0)

    assert listed() == [papers[1], papers[2], papers[0]]


def test_pin_that_another_editor_changed_since_is_a_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    pin: dict[str, Any] = {"paper": papers[0].arxiv_id, "pinned": True, "revision": 0}
    done(ann, "pin", **pin)
    done(bob, "pin", **pin | {"pinned": False, "revision": 1})

    told = conflict(ann, "pin", **pin)  # as when the answer to the first was lost

    assert (told["what"], told["by"]) == (f"pin of “{papers[0].title}”", "Bob")
    assert (told["mine"], told["theirs"]) == ("pinned", "not pinned")
    assert not entry_of(papers[0]).is_pinned
    done(ann, "pin", **told["retry"])
    assert entry_of(papers[0]).is_pinned


def test_same_pin_by_both_and_ones_own_change_of_it_are_none(ann: Client, bob: Client, papers: list[Paper]) -> None:
    pin: dict[str, Any] = {"paper": papers[0].arxiv_id, "pinned": True, "revision": 0}
    for client in (ann, bob):
        done(client, "pin", **pin)
    assert revision() == 1

    done(ann, "note", paper=papers[0].arxiv_id, text="A word", base="")
    done(ann, "pin", **pin | {"pinned": False})
    done(bob, "pin", **pin | {"paper": papers[1].arxiv_id})
    assert [entry_of(paper).is_pinned for paper in papers] == [False, True, False]


def test_same_tweets_chosen_by_both_is_a_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    paper = papers[0]
    base = [str(row.tweet.key) for row in entry_of(paper).shown_tweets.all()]
    mine, theirs = str(make_tweet(paper).key), str(make_tweet(paper).key)
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[theirs], base=base)

    told = conflict(bob, "show_tweets", paper=paper.arxiv_id, tweets=[mine], base=base)

    assert (told["base"], told["mine"], told["theirs"]) == (base, [mine], [theirs])
    done(bob, "show_tweets", **told["retry"])
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[mine], base=base)


def test_note_on_a_paper_that_was_taken_out_is_not_lost_silently(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(ann, "remove", paper=papers[0].arxiv_id, revision=revision())

    told = conflict(bob, "note", paper=papers[0].arxiv_id, text="Bob's", base="")

    assert (told["mine"], told["theirs"], told["retry"]) == ("Bob's", None, None)
