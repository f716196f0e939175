"""Two editors on one list: taking out, undoing, and who is there."""

from typing import Any

import pytest
from django.test import Client

from digests.editing import history
from digests.models import Digest, Dismissal, Presence
from papers.models import CollectionDay, Paper
from tests.at_once import at_once
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, listed, make_candidate, make_curator, revision, send
from tests.digests.desk.two_editors import conflict
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db


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

    told = conflict(ann, "remove", paper=paper, revision=seen)

    assert (told["what"], told["by"], len(listed())) == (f"“{papers[0].title}”", "Bob", 3)
    done_by_bob = {"note": "edited the note on", "title": "edited the title of", "show_tweets": "chose the posts shown for"}
    assert told["theirs"][0].endswith(f"UTC: {done_by_bob[action]} “{papers[0].title}”")
    assert told["theirs"][1:] == {"note": ["Bob's"], "title": ["Bob's", "Ann's own"], "show_tweets": ["Ann's own"]}[action]
    assert not Dismissal.objects.exists()

    done(ann, "remove", **told["retry"])
    done(ann, "remove", paper=other, revision=revision())
    assert listed() == papers[2:]


def test_taking_out_what_oneself_wrote_or_others_only_moved_asks_nothing(ann: Client, bob: Client, papers: list[Paper]) -> None:
    seen = revision()
    done(ann, "note", paper=papers[2].arxiv_id, text="Ann's", base="")
    done(bob, "move", paper=papers[2].arxiv_id, position=1, moves=0)

    done(ann, "remove", paper=papers[2].arxiv_id, revision=seen)

    assert listed() == papers[:2]


def test_taking_out_again_what_another_editor_put_back_asks(ann: Client, bob: Client, papers: list[Paper]) -> None:
    body = {"paper": papers[0].arxiv_id, "revision": revision()}
    done(ann, "remove", **body)
    done(bob, "add", paper=papers[0].arxiv_id)

    told = conflict(ann, "remove", **body)  # as when the answer to the first was lost

    assert told["theirs"][0].endswith(f"UTC: added “{papers[0].title}”")


def test_both_add_remove_and_dismiss_the_same(ann: Client, bob: Client, papers: list[Paper]) -> None:
    newcomer, other = make_candidate(60), make_candidate(55)
    for client in (ann, bob):
        done(client, "add", paper=newcomer.arxiv_id)
        done(client, "remove", paper=papers[0].arxiv_id, revision=revision())
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
        assert told["mine"] == f"undo “edited the note on “{second.title}””"
        assert told["theirs"].endswith(f"UTC: edited the note on “{second.title}”")
        assert entry_of(second).note == "Bob's"

    done(bob, "note", paper=third.arxiv_id, text="Bob's next", base="")  # which the confirmation does not mean
    again = conflict(ann, "undo", **told["retry"])
    assert again["theirs"].endswith(f"UTC: edited the note on “{third.title}”")

    assert done(ann, "undo", **again["retry"])["said"] == f"Undone: edited the note on “{third.title}”."
    assert done(bob, "undo", revision=revision())["said"] == f"Undone: edited the note on “{second.title}”."
    assert done(ann, "undo", revision=revision())["said"] == f"Undone: edited the note on “{first.title}”."


def test_undo_takes_back_what_the_editor_did_in_another_tab_without_asking(ann: Client, papers: list[Paper]) -> None:
    done(ann, "note", paper=papers[0].arxiv_id, text="Ann's", base="")
    seen = revision()
    done(ann, "note", paper=papers[1].arxiv_id, text="In another tab", base="")

    assert done(ann, "undo", revision=seen)["said"] == f"Undone: edited the note on “{papers[1].title}”."
    assert [entry_of(paper).note for paper in papers] == ["Ann's", "", ""]


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
        lambda: send(ann, "remove", paper=papers[1].arxiv_id, revision=revision()),
        lambda: send(bob, "remove", paper=papers[1].arxiv_id, revision=revision()),
        lambda: send(bob, "start"),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert [entry.position for entry in Digest.objects.get().entries.all()] == [1, 2, 3]
    assert set(listed()[:2]) == {papers[2], papers[3]}
    assert revision() == 4
    assert len(history.changes(Digest.objects.get())) == 5
