"""Three editors at once with every action on many papers or on the day, in every order: nobody's work is lost without a word.

All three saw the same list. What the second does either goes with what the first did, or is a conflict that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client

from digests.models import Comment, Digest
from papers.models import CollectionDay, Paper
from tests.digests.desk.conftest import DAY, done, entry_of, listed, make_candidate, make_curator, revision, send


@dataclass(frozen=True)
class Doing:
    """What an editor asks for, and whether it is so."""

    action: str
    body: dict[str, Any]
    holds: Callable[[str], bool]
    """Called with the editor's name."""


@pytest.fixture
def papers(ann: Client, collected: CollectionDay) -> list[Paper]:
    """Six listed papers, then two hot ones that are suggested, and a cold one."""
    made = [make_candidate(score) for score in (190, 180, 170, 160, 150, 140)]
    done(ann, "start")
    return [*made, make_candidate(185), make_candidate(145), make_candidate(5)]


def digest() -> Digest:
    return Digest.objects.get(date=DAY)


def doings(papers: list[Paper], editor: str) -> dict[str, Doing]:
    numbers = [paper.arxiv_id for paper in papers]
    rules = {"hot_score": 155, "shown_tweet_score": 30, "shown_tweets": 3, "one_tweet_per_author": True}
    suggested = {"papers": numbers[6:8], "places": [2, 7]}

    def without(*places: int) -> Callable[[str], bool]:
        return lambda _: not {papers[place] for place in places} & set(listed())

    def comment_of(editor: str) -> bool:
        return Comment.objects.filter(text=f"By {editor}").exists()

    return {
        "remove a range": Doing("remove_several", {"papers": numbers[4:6]}, without(4, 5)),
        "keep the first three": Doing("remove_several", {"papers": numbers[3:6]}, without(3, 4, 5)),
        "apply a threshold": Doing("apply_rules", rules, without(4, 5)),
        "accept suggestions": Doing("accept_all", suggested, lambda _: {*papers[6:8]} <= set(listed())),
        "add": Doing("add_several", {"papers": numbers[7:8]}, lambda _: papers[7] in listed()),
        "move to the top": Doing("move_to_top", {"papers": [numbers[3]]}, lambda _: listed()[0] == papers[3]),
        "write a note": Doing(
            "note",
            {"paper": numbers[0], "text": f"By {editor}", "base": ""},
            lambda name: entry_of(papers[0]).note == f"By {name}",
        ),
        "comment": Doing("comment", {"paper": numbers[5], "text": f"By {editor}", "token": editor}, comment_of),
        "ready for review": Doing("ask_for_review", {}, lambda _: digest().review == "ready"),
        "changes wanted": Doing("want_changes", {"note": f"By {editor}", "token": f"w{editor}"}, comment_of),
        "publish": Doing("publish", {}, lambda _: digest().status == "published"),
    }


NAMES = list(doings([Paper(arxiv_id=str(n)) for n in range(9)], "ann"))
REPLACED = {("ready for review", "changes wanted"), ("ready for review", "publish")}
"""By design: the second answers the first."""


def do(client: Client, doing: Doing, seen: int, **more: Any) -> Any:
    return send(client, doing.action, **doing.body, revision=seen, **more)


@pytest.mark.parametrize("first", NAMES)
def test_what_the_first_did_stands_or_the_second_is_told(first: str, ann: Client, papers: list[Paper]) -> None:
    User.objects.get(username="ann").user_permissions.add(Permission.objects.get(codename="publish_digest"))
    bob, cleo = make_curator("bob"), make_curator("cleo")
    User.objects.get(username="bob").user_permissions.add(Permission.objects.get(codename="publish_digest"))
    done(ann, "note", paper=papers[1].arxiv_id, text="First", base="")  # the draft is an editor's from now on
    seen = revision()
    for second in NAMES:
        with transaction.atomic():
            done(cleo, "note", paper=papers[2].arxiv_id, text="Cleo’s", base="")
            its, other = doings(papers, "ann")[first], doings(papers, "bob")[second]
            answer = do(ann, its, seen)
            if answer.status_code == 409:  # Cleo's note, of which she is asked once
                answer = do(ann, its, revision())
            assert answer.status_code == 200, (first, answer.content.decode())
            assert its.holds("ann"), first

            answer = do(bob, other, seen)
            if answer.status_code == 200:
                assert other.holds("bob"), second
                assert its.holds("ann") or (first, second) in REPLACED, second
            elif answer.status_code == 409:
                told = answer.json()["conflict"]
                assert its.holds("ann"), second
                assert told["theirs"], second
                assert told["by"] in {"Ann", "Cleo"}, second
                if told["retry"]:
                    assert send(bob, other.action, **told["retry"]).status_code == 200, second
                    assert other.holds("bob"), second
            else:
                assert (answer.status_code, first) == (400, "publish"), (second, answer.content.decode())
                assert "publish" in answer.json()["error"]
                assert its.holds("ann"), second
            assert entry_of(papers[2]).note == "Cleo’s"
            assert [entry.position for entry in digest().entries.order_by("position")] == [*range(1, len(listed()) + 1)]
            transaction.set_rollback(True)
