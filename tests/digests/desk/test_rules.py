"""Thresholds and weights that an administrator sets for the whole site."""

import re
from typing import Any

import pytest
from django.test import Client

from papers.models import Paper, RulesChange, SavedRules
from papers.ranking.candidates import rules
from papers.ranking.ranking import default_weights
from tests.digests.desk.conftest import DAY, NOW, READ, done, make_candidate, send
from tests.digests.desk.desk_requests import refusal
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db
HELD = {"hot_score": 50, "shown_tweet_score": 25, "shown_tweets": 10, "one_tweet_per_author": False}


@pytest.fixture
def discussed(papers: list[Paper]) -> Paper:
    """A paper that Hacker News talks about more than it votes."""
    paper = make_candidate()
    counts = {"points": 20, "comments": 70}
    make_tweet(paper, network="hackernews", status_id="90000001", counts=counts, posted_at=READ, read_at=READ)
    return paper


def test_weights_are_previewed_then_saved_and_rank(ann: Client, discussed: Paper) -> None:
    weights = {"hackernews": {"comments": 0.5}}

    answer = done(ann, "rules_preview", **HELD, weights=weights)

    assert answer["said"] == "1 would be added, 0 would be removed."
    assert re.search(r"(\d+) points, rank", answer["html"]["preview"])[1] == "55"  # type: ignore[index]
    assert (SavedRules.objects.count(), RulesChange.objects.count()) == (0, 0)

    done(ann, "save_rules", **HELD, weights=weights)

    assert SavedRules.objects.get().weights == {"hackernews": {"comments": 0.5}}
    assert rules().weights == {**default_weights(), "hackernews": {"points": 1, "comments": 0.5}}
    desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
    assert {row.paper: row.score for row in desk.candidates}[discussed] == 55


def test_each_change_is_told_with_who_when_and_what_it_was(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(ann, "save_rules", **HELD, weights={"bluesky": {"replies": 0.5}})
    done(bob, "save_rules", **HELD, weights={"bluesky": {"replies": 0.5}})  # as it is already
    done(bob, "save_rules", **(HELD | {"hot_score": 1200, "one_tweet_per_author": True}), weights={"x": {"retweets": 2}})

    assert [(change.by, change.at, change.said) for change in RulesChange.objects.all()] == [
        ("Bob", NOW, "hot from 1,200, was 50; one post per author: yes; X reposts × 2, was × 1"),
        ("Ann", NOW, "Bluesky replies × 0.5, was × 0"),
    ]
    assert SavedRules.objects.get().weights == {"bluesky": {"replies": 0.5}, "x": {"retweets": 2}}
    page = ann.get(f"/admin/desk/{DAY}/").content.decode()
    assert page.index("X reposts × 2, was × 1") < page.index("Bluesky replies × 0.5, was × 0")


def test_weights_that_a_request_does_not_name_stay(ann: Client, papers: list[Paper]) -> None:
    done(ann, "save_rules", **HELD, weights={"bluesky": {"replies": 0.5}})
    done(ann, "save_rules", **(HELD | {"hot_score": 60}))

    assert SavedRules.objects.values_list("hot_score", "weights").get() == (60, {"bluesky": {"replies": 0.5}})


def test_weight_set_back_to_its_default_follows_the_default(ann: Client, papers: list[Paper]) -> None:
    done(ann, "save_rules", **HELD, weights={"bluesky": {"replies": 0.5}})
    done(ann, "save_rules", **HELD, weights={"bluesky": {"replies": 0}})

    assert SavedRules.objects.get().weights == {}


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            {"bluesky": {"likes": weight}},
            "The weight of Bluesky likes must be a number from 0 to 1,000 with at most two decimals.",
        )
        for weight in (-1, 1001, 0.123, "1", True, None, float("nan"), float("inf"), [1], 10**400)
    ]
    + [
        ({"myspace": {"likes": 1}}, "No network counts “myspace likes”. Reload the page."),
        ({"x": {"likes": 1}}, "No network counts “x likes”. Reload the page."),
        ({"x": 1}, "“weights” must hold numbers by network and count. Reload the page."),
        ([], "“weights” must hold numbers by network and count. Reload the page."),
    ],
)
def test_weights_are_read_strictly(ann: Client, papers: list[Paper], weights: Any, said: str) -> None:
    for action in ("rules_preview", "save_rules"):
        assert refusal(ann, action, **HELD, weights=weights) == said
    assert not SavedRules.objects.exists()


def test_form_has_every_weight_of_every_network(ann: Client, papers: list[Paper]) -> None:
    done(ann, "save_rules", **HELD, weights={"hackernews": {"points": 0.25}})

    page = ann.get(f"/admin/desk/{DAY}/").content.decode()

    fields = re.findall(r'name="weight" data-network="(\w+)" data-count="(\w+)"[^>]* value="([\d.]+)"', page)
    held = rules().weights
    assert fields == [(network, count, f"{weight:g}") for network, counts in held.items() for count, weight in counts.items()]
    assert ("hackernews", "points", "0.25") in fields


def test_rules_that_another_administrator_saved_meanwhile_are_a_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    seen = seen_change(ann)
    assert seen == seen_change(bob) == 0
    done(ann, "save_rules", **(HELD | {"hot_score": 60}), weights={"bluesky": {"replies": 0.5}}, seen=seen)

    wanted = {**HELD, "hot_score": 70, "weights": {"bluesky": {"replies": 0}}}
    answer = send(bob, "save_rules", **wanted, seen=seen)

    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert (conflict["what"], conflict["by"], conflict["at"], conflict["base"]) == (
        "rules of ranking",
        "Ann",
        NOW.isoformat(),
        None,
    )
    assert conflict["theirs"] == ["hot from 60, was 50; Bluesky replies × 0.5, was × 0"]
    assert conflict["mine"] == "hot from 70, was 60; Bluesky replies × 0, was × 0.5"
    assert (rules().hot_score, rules().weights["bluesky"]["replies"], RulesChange.objects.count()) == (60, 0.5, 1)

    done(bob, "save_rules", **conflict["retry"])  # apply anyway

    assert (rules().hot_score, rules().weights["bluesky"]["replies"]) == (70, 0)
    done(bob, "save_rules", **(wanted | {"hot_score": 80}), seen=seen_change(bob))


def test_same_rules_that_another_administrator_saved_are_no_conflict(ann: Client, bob: Client, papers: list[Paper]) -> None:
    for client in (ann, bob):
        done(client, "save_rules", **(HELD | {"hot_score": 60}), seen=0)

    assert RulesChange.objects.count() == 1


def seen_change(client: Client) -> int:
    """The latest change of the rules that the page says it shows."""
    page = client.get(f"/admin/desk/{DAY}/").content.decode()
    return int(re.search(r'id="desk-rules-seen" data-change="(\d+)"', page)[1])  # type: ignore[index]
