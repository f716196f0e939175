"""Two editors at one day's desk: what one does never overwrites what the other wrote."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from digests.editing import history
from digests.models import Digest, Dismissal, Presence
from papers.models import CollectionDay, Paper
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, listed, make_candidate, make_curator, revision, send
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db


def conflict(client: Client, action: str, **body: Any) -> dict[str, Any]:
    response = send(client, action, **body)
    assert response.status_code == 409, response.content.decode()
    answer = response.json()
    assert set(answer["html"]) == {"list", "candidates", "head"}
    assert answer["revision"] == revision()
    told: dict[str, Any] = answer["conflict"]
    return told


def test_different_papers_are_edited_and_moved_without_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    done(ann, "note", paper=first.arxiv_id, text="Ann's", base="")
    done(bob, "note", paper=second.arxiv_id, text="Bob's", base="")
    done(ann, "move", paper=third.arxiv_id, position=1, moves=0)
    done(bob, "move", paper=second.arxiv_id, position=1, moves=0)
    done(ann, "take_out", paper=first.arxiv_id, revision=revision())

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

    what = f"{action} of {papers[0].arxiv_id}" if of_a_paper else action
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

    assert (told["what"], told["mine"], told["theirs"]) == (f"place of {third.arxiv_id}", 2, 1)
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

    number = papers[0].arxiv_id
    assert (told["what"], told["by"]) == (f"pin of {number}", "Bob")
    assert (told["mine"], told["theirs"]) == (f"{number} pinned", f"{number} no longer pinned")
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
    base = [row.tweet.status_id for row in entry_of(paper).shown_tweets.all()]
    mine, theirs = make_tweet(paper).status_id, make_tweet(paper).status_id
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[theirs], base=base)

    told = conflict(bob, "show_tweets", paper=paper.arxiv_id, tweets=[mine], base=base)

    assert (told["base"], told["mine"], told["theirs"]) == (base, [mine], [theirs])
    done(bob, "show_tweets", **told["retry"])
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[mine], base=base)


def test_note_on_a_paper_that_was_taken_out_is_not_lost_silently(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(ann, "take_out", paper=papers[0].arxiv_id, revision=revision())

    told = conflict(bob, "note", paper=papers[0].arxiv_id, text="Bob's", base="")

    assert (told["mine"], told["theirs"], told["retry"]) == ("Bob's", None, None)


@pytest.mark.parametrize("action", ["note", "title", "show_tweets"])
def test_taking_out_asks_where_another_editor_wrote_something_that_goes_with_the_paper(
    ann: Client, bob: Client, papers: list[Paper], action: str
) -> None:
    paper, other = papers[0].arxiv_id, papers[1].arxiv_id
    seen = revision()
    done(ann, "note", paper=paper, text="Ann's own", base="")
    done(bob, "note", paper=other, text="Bob's on another", base="")
    tweet = make_tweet(papers[0]).status_id
    base = [row.tweet.status_id for row in entry_of(papers[0]).shown_tweets.all()]
    body: dict[str, dict[str, Any]] = {
        "note": {"text": "Bob's", "base": "Ann's own"},
        "title": {"text": "Bob's", "base": ""},
        "show_tweets": {"tweets": [tweet], "base": base},
    }
    done(bob, action, paper=paper, **body[action])

    told = conflict(ann, "take_out", paper=paper, revision=seen)

    assert (told["what"], told["by"], len(listed())) == (paper, "Bob", 3)
    assert told["theirs"][0].endswith(f"{action.replace('show_', '')} of {paper}")
    assert told["theirs"][1:] == {"note": ["Bob's"], "title": ["Bob's", "Ann's own"], "show_tweets": ["Ann's own"]}[action]
    assert not Dismissal.objects.exists()

    done(ann, "take_out", **told["retry"])
    done(ann, "take_out", paper=other, revision=revision())
    assert listed() == papers[2:]


def test_taking_out_what_oneself_wrote_or_others_only_moved_asks_nothing(ann: Client, bob: Client, papers: list[Paper]) -> None:
    seen = revision()
    done(ann, "note", paper=papers[2].arxiv_id, text="Ann's", base="")
    done(bob, "move", paper=papers[2].arxiv_id, position=1, moves=0)

    done(ann, "take_out", paper=papers[2].arxiv_id, revision=seen)

    assert listed() == papers[:2]


def test_taking_out_again_what_another_editor_put_back_asks(ann: Client, bob: Client, papers: list[Paper]) -> None:
    body = {"paper": papers[0].arxiv_id, "revision": revision()}
    done(ann, "take_out", **body)
    done(bob, "add", paper=papers[0].arxiv_id)

    told = conflict(ann, "take_out", **body)  # as when the answer to the first was lost

    assert told["theirs"][0].endswith(f"{papers[0].arxiv_id} added")


def test_both_add_take_out_and_dismiss_the_same(ann: Client, bob: Client, papers: list[Paper]) -> None:
    newcomer, other = make_candidate(60), make_candidate(55)
    for client in (ann, bob):
        done(client, "add", paper=newcomer.arxiv_id)
        done(client, "take_out", paper=papers[0].arxiv_id, revision=revision())
        done(client, "dismiss", paper=other.arxiv_id)

    assert listed() == [*papers[1:], newcomer]
    assert Dismissal.objects.count() == 2
    assert revision() == 2


def test_undo_of_another_editors_change_names_it_first(ann: Client, bob: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    done(ann, "note", paper=first.arxiv_id, text="Ann's", base="")
    seen = revision()
    done(bob, "note", paper=second.arxiv_id, text="Bob's", base="")

    for known in (seen, revision()):  # before a poll brings Bob's note, and after it
        told = conflict(ann, "undo", revision=known)
        assert (told["what"], told["by"]) == ("the last change", "Bob")
        assert told["mine"] == f"undo “note of {second.arxiv_id}”"
        assert told["theirs"].endswith(f"UTC: note of {second.arxiv_id}")
        assert entry_of(second).note == "Bob's"

    done(bob, "note", paper=third.arxiv_id, text="Bob's next", base="")  # which the confirmation does not mean
    again = conflict(ann, "undo", **told["retry"])
    assert again["theirs"].endswith(f"UTC: note of {third.arxiv_id}")

    assert done(ann, "undo", **again["retry"])["said"] == f"Undone: note of {third.arxiv_id}."
    assert done(bob, "undo", revision=revision())["said"] == f"Undone: note of {second.arxiv_id}."
    assert done(ann, "undo", revision=revision())["said"] == f"Undone: note of {first.arxiv_id}."


def test_undo_takes_back_only_what_the_editor_saw(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(ann, "note", paper=papers[0].arxiv_id, text="Ann's", base="")
    seen = revision()
    done(ann, "note", paper=papers[1].arxiv_id, text="In another tab", base="")

    told = conflict(ann, "undo", revision=seen)

    assert told["theirs"].endswith(f"UTC: note of {papers[1].arxiv_id}")
    assert entry_of(papers[1]).note == "In another tab"


def test_editors_see_who_else_is_there(ann: Client, bob: Client, papers: list[Paper]) -> None:
    ann.get(f"/admin/desk/{DAY}/")
    state = bob.get(f"/admin/desk/{DAY}/state").json()

    assert state["editors"] == ["Ann"]
    assert ann.get(f"/admin/desk/{DAY}/state").json()["editors"] == ["Bob"]


def test_editor_who_left_is_gone_after_half_a_minute(ann: Client, bob: Client, papers: list[Paper], tonight: Any) -> None:
    ann.get(f"/admin/desk/{DAY}/")
    tonight.shift(31)

    assert bob.get(f"/admin/desk/{DAY}/state").json()["editors"] == []
    tonight.shift(25 * 3600)
    make_curator("cleo").get(f"/admin/desk/{DAY}/")
    assert Presence.objects.get().editor.get_username() == "cleo"


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Each step in a thread and with a connection of its own, all begun at the same moment."""
    barrier = threading.Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result() for future in [pool.submit(run, step) for step in steps]]


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_done_one_after_the_other() -> None:
    CollectionDay.objects.create(date=DAY, state="complete", papers_done_at=NOW, tweets_done_at=NOW)
    papers = [make_candidate(score) for score in (90, 80, 70, 60)]
    ann, bob = make_curator("ann"), make_curator("bob")
    done(ann, "start")

    answers = at_once(
        lambda: send(ann, "note", paper=papers[0].arxiv_id, text="Ann's", base=""),
        lambda: send(bob, "note", paper=papers[0].arxiv_id, text="Bob's", base=""),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]

    answers = at_once(
        lambda: send(ann, "move", paper=papers[3].arxiv_id, position=1, moves=0),
        lambda: send(bob, "move", paper=papers[2].arxiv_id, position=1, moves=0),
        lambda: send(ann, "take_out", paper=papers[1].arxiv_id, revision=revision()),
        lambda: send(bob, "take_out", paper=papers[1].arxiv_id, revision=revision()),
        lambda: send(bob, "start"),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert [entry.position for entry in Digest.objects.get().entries.all()] == [1, 2, 3]
    assert set(listed()[:2]) == {papers[2], papers[3]}
    assert revision() == 4
    assert len(history.versions(Digest.objects.get())) == 5
