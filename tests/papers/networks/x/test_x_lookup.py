"""X's look-up of ids, and its bill."""

from datetime import date, timedelta

import pytest
import time_machine

from papers.networks.base import GoneReason
from papers.networks.paid import LookupResult
from papers.networks.x.client import XClient
from tests.papers.networks.x.asking_x import MIDNIGHT, NOW, found_in, one_counts, sweep
from tests.standins.tweets import Tweets, WorldTweet
from tests.standins.x import XStandin
from tests.standins.x_answers import reply


def some(tweets: Tweets, **wanted: object) -> WorldTweet:
    """A tweet of the first day with these fields."""
    return next(
        one
        for one in tweets.all
        if one.posted_at < MIDNIGHT and all(getattr(one, name) == value for name, value in wanted.items())
    )


def test_lookup_sorts_every_id_into_one_of_three(x: XClient, tweets: Tweets, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=3))
    live, silent = some(tweets, kind="tweet", gone=None, silent=False, falls=True), some(tweets, silent=True)
    gone = {kind: some(tweets, gone=kind).status_id for kind in ("deleted", "protected", "suspended", "disallowed", "withheld")}

    result = x.lookup([live.status_id, silent.status_id, "1", *gone.values()])

    assert {status_id: one.counts for status_id, one in result.found.items()} == {live.status_id: one_counts(live)}
    assert result.gone == {
        "1": GoneReason.DELETED,
        gone["deleted"]: GoneReason.DELETED,
        gone["protected"]: GoneReason.PROTECTED,
        gone["suspended"]: GoneReason.PROTECTED,
        gone["disallowed"]: GoneReason.WITHHELD,
        gone["withheld"]: GoneReason.WITHHELD,
    }
    assert result.unknown == {silent.status_id}
    assert result.reads == 2


@pytest.mark.parametrize("posts_vocabulary", [False, True])
def test_lookup_of_a_hundred_is_one_request(x: XClient, standin: XStandin, tweets: Tweets, posts_vocabulary: bool) -> None:
    standin.posts_vocabulary = posts_vocabulary
    asked = [one for one in tweets.all if one.posted_at < MIDNIGHT and not one.gone and not one.silent][:100]

    result = x.lookup([one.status_id for one in asked])

    assert {status_id: one.counts for status_id, one in result.found.items()} == {one.status_id: one_counts(one) for one in asked}
    assert (len(standin.requests), result.reads, standin.reads) == (1, 100, 100)


def test_lookup_finds_gone_ids_without_resource_id(x: XClient, standin: XStandin) -> None:
    standin.resources_named = False

    assert x.lookup(["1", "2"]) == LookupResult({}, {"1": GoneReason.DELETED, "2": GoneReason.DELETED}, frozenset(), 0)


def test_lookup_sees_counts_go_down(x: XClient, tweets: Tweets, clock: time_machine.Traveller) -> None:
    falling = max((one for one in tweets.all if one.falls and one.posted_at < MIDNIGHT), key=lambda one: one.peak)
    clock.move_to(falling.posted_at + timedelta(hours=71))
    before = x.lookup([falling.status_id]).found[falling.status_id].counts
    clock.move_to(falling.posted_at + timedelta(hours=73))
    after = x.lookup([falling.status_id]).found[falling.status_id].counts

    assert after.favorites < before.favorites


def test_lookup_of_an_old_version_tells_the_newest_id(x: XClient, tweets: Tweets) -> None:
    old = next(one for one in tweets.all if one.superseded and one.posted_at < MIDNIGHT)

    assert x.lookup([old.status_id]).found[old.status_id].edit_history == old.versions


def test_lookup_accepts_the_newest_version_in_place_of_an_old_one(x: XClient, standin: XStandin) -> None:
    metrics = {"retweet_count": 1, "like_count": 2, "reply_count": 3, "quote_count": 4}
    post = {"id": "12", "author_id": "5", "public_metrics": metrics, "edit_history_tweet_ids": ["11", "12"]}
    standin.fault("/2/tweets", reply({"data": [post]}))

    result = x.lookup(["11"])

    assert {asked: one.status_id for asked, one in result.found.items()} == {"11": "12"}


def test_lookup_keeps_an_unreadable_post_as_unknown(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/tweets", reply({"data": [{"id": "11", "author_id": "5"}]}))

    assert x.lookup(["11"]) == LookupResult({}, {}, frozenset({"11"}), 1)


def test_lookup_never_sends_an_id_that_would_spoil_the_batch(x: XClient, standin: XStandin, tweets: Tweets) -> None:
    live = some(tweets, kind="tweet", gone=None, silent=False)

    result = x.lookup([live.status_id, "9" * 19, "12a"])

    assert (set(result.found), result.gone) == ({live.status_id}, {"9" * 19: GoneReason.DELETED, "12a": GoneReason.DELETED})
    assert standin.requests[0].params["ids"] == live.status_id
    assert x.lookup(["12a"]).reads == 0
    assert len(standin.requests) == 1


@pytest.mark.parametrize("number", [0, 101])
def test_lookup_of_none_or_too_many_is_our_fault(x: XClient, standin: XStandin, number: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 100 ids, not {number}"):
        x.lookup([str(one) for one in range(1, number + 1)])
    assert standin.requests == []


def test_the_bill_counts_a_post_once_a_day(x: XClient, standin: XStandin, clock: time_machine.Traveller) -> None:
    number = len(found_in(sweep(x)))
    sweep(x)
    assert standin.reads == number
    assert standin.cost == pytest.approx(number * 0.005)

    clock.move_to(NOW + timedelta(hours=3))
    again = len(found_in(sweep(x)))

    assert {day: len(ids) for day, ids in standin.read.items()} == {date(2026, 11, 20): number, date(2026, 11, 21): again}
