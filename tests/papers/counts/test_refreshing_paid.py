"""Counts over real HTTP against the stand-ins: read again, hidden, back, within the budget."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from papers.access.budget import BudgetSpent
from papers.counts.refreshed import Refreshed
from papers.counts.refreshing_paid import refresh
from papers.models import (
    PaidRead,
    PaperMeasurement,
    ReadBudget,
    SourceHealth,
    Tweet,
    TweetMeasurement,
)
from papers.sources.http import Malformed, Misconfigured, OutOfCredit, RateLimited, ServiceRefused, Transient
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.conftest import FRIDAY, Week
from tests.papers.counts.stored_tweets import DAY, HOUR, NOW, row, stored, worldly
from tests.standins.tweets import Tweets

pytestmark = pytest.mark.django_db


def test_refresh_reads_counts_and_keeps_them_with_their_history(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    ones = worldly(world_tweets, 150)
    tweets = [stored(one, paper, retweets=10**6, favorites=10**6, read_at=NOW - DAY) for one in ones]
    progress: list[int] = []

    done = refresh(tweets, now=NOW, sources=week.sources, progress=progress.append)

    assert done == Refreshed(read=150)
    assert progress == [100, 150]
    truth = {one.status_id: one.counts(NOW)[:2] for one in ones}
    assert {tweet.status_id: (tweet.retweets, tweet.favorites) for tweet in Tweet.objects.all()} == truth
    assert set(Tweet.objects.values_list("read_at", flat=True)) == {NOW}
    assert TweetMeasurement.objects.count() == 150
    total = PaperMeasurement.objects.get()
    assert (total.retweets, total.favorites) == tuple(map(sum, zip(*truth.values(), strict=True)))
    assert list(PaidRead.objects.order_by("pk").values_list("purpose", "reads")) == [("refresh", 100), ("refresh", 50)]
    assert week.x.reads == 150
    assert SourceHealth.objects.values_list("service", "state").get() == ("x", "ok")


@pytest.mark.parametrize(
    ("gone", "state"),
    [
        ("deleted", "deleted"),
        ("protected", "protected"),
        ("suspended", "protected"),
        ("disallowed", "withheld"),
        ("withheld", "withheld"),
    ],
)
def test_refresh_hides_and_erases_a_gone_tweet_but_keeps_its_numbers(
    week: Week, world_tweets: Tweets, gone: str, state: str
) -> None:
    paper = make_paper()
    [one] = worldly(world_tweets, 1, gone=gone)
    tweet = stored(one, paper, retweets=3, favorites=4, read_at=NOW - DAY, embedded_at=NOW - DAY)
    entry = make_entry(make_digest(FRIDAY), paper, tweet)
    entry.shown_tweets.update(printed_otherwise={"body": "As it was", "name": "Ada", "handle": "ada", "language": "ja"})

    done = refresh([tweet], now=NOW, sources=week.sources)

    assert done == Refreshed(gone=1)
    assert row(tweet, "state", "state_since", "next_read_at") == (state, NOW, NOW + DAY)
    assert row(tweet, "body_html", "author_name", "author_handle", "embedded_at") == ("", "", "", None)
    assert row(tweet, "retweets", "favorites", "read_at") == (3, 4, NOW - DAY)
    assert entry.shown_tweets.get().printed_otherwise == {"language": "ja"}
    assert PaperMeasurement.objects.values_list("read_at", "retweets", "favorites").get() == (NOW, 0, 0)


def test_refresh_looks_for_a_gone_tweet_daily_for_a_week(week: Week, world_tweets: Tweets) -> None:
    [one] = worldly(world_tweets, 1, gone="deleted")
    tweet = stored(one)
    looks: list[datetime | None] = []
    for _ in range(9):
        refresh([tweet], now=NOW + len(looks) * DAY, sources=week.sources)
        looks.append(row(tweet, "next_read_at")[0])

    assert looks == [*(NOW + n * DAY for n in range(1, 8)), None, None]
    assert row(tweet, "state_since") == (NOW,)
    assert week.x.reads == 0
    assert set(PaidRead.objects.values_list("reads", flat=True)) == {0}


def test_refresh_takes_a_tweet_back_that_was_gone(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    [one] = worldly(world_tweets, 1)
    tweet = stored(one, paper, state="protected", state_since=NOW - DAY, body_html="", embedded_at=None)

    done = refresh([tweet], now=NOW, sources=week.sources)

    assert done == Refreshed(read=1, back=1)
    assert row(tweet, "state", "state_since", "read_at") == ("live", None, NOW)
    assert PaperMeasurement.objects.get().favorites == one.counts(NOW)[1]


def test_refresh_leaves_an_unknown_tweet_as_it_is_and_asks_again(week: Week, world_tweets: Tweets) -> None:
    silent, told = worldly(world_tweets, 1, silent=True)[0], worldly(world_tweets, 1)[0]
    tweet = stored(silent, retweets=3, favorites=4, read_at=NOW - DAY, next_read_at=NOW)

    done = refresh([tweet, stored(told)], now=NOW, sources=week.sources)

    assert done == Refreshed(read=1, unknown=1)
    assert row(tweet, "state", "favorites", "body_html", "next_read_at") == ("live", 4, tweet.body_html, NOW + HOUR)


def test_refresh_reads_the_others_before_it_tells_of_an_answer_that_makes_no_sense(week: Week, world_tweets: Tweets) -> None:
    tweets = [stored(one, next_read_at=NOW) for one in worldly(world_tweets, 101)]
    week.x.fault("/2/tweets", "{}")

    with pytest.raises(Malformed):
        refresh(tweets, now=NOW, sources=week.sources)

    assert Counter(Tweet.objects.values_list("next_read_at", flat=True))[NOW + HOUR] == 100
    assert row(tweets[-1], "read_at") == (NOW,)
    assert SourceHealth.objects.get().state == "failing"


def test_refresh_reads_as_much_as_the_budget_allows_and_then_names_the_setting(
    week: Week, world_tweets: Tweets, settings: Settings
) -> None:
    settings.X_DAILY_READS = 130
    tweets = [stored(one) for one in worldly(world_tweets, 150)]

    with pytest.raises(BudgetSpent, match="X_DAILY_READS"):
        refresh(tweets, now=NOW, sources=week.sources)

    assert [tweet.pk for tweet in tweets[:130]] == list(
        Tweet.objects.filter(read_at=NOW).order_by("pk").values_list("pk", flat=True)
    )
    assert week.x.reads == 130
    assert set(ReadBudget.objects.values_list("reads", flat=True)) == {130}


@pytest.mark.parametrize(
    ("fault", "error", "state", "requests"),
    [
        ("400", Malformed, "failing", 1),
        ("401", ServiceRefused, "refused", 1),
        ("402-older", OutOfCredit, "refused", 1),
        ("402-newer", OutOfCredit, "refused", 1),
        ("403", ServiceRefused, "refused", 1),
        ("429-cap", OutOfCredit, "refused", 1),
        ("429", RateLimited, "failing", 3),
        ("503", Transient, "failing", 3),
        ("html", Transient, "failing", 3),
        ("truncated", Transient, "failing", 3),
    ],
)
def test_refresh_stops_at_a_failure_changes_nothing_and_goes_on_later(
    week: Week, world_tweets: Tweets, fault: str, error: type[Exception], state: str, requests: int
) -> None:
    tweet = stored(worldly(world_tweets, 1)[0], next_read_at=NOW)
    before = Tweet.objects.values().get()
    week.x.fault("/2/tweets", fault, times=3)

    with pytest.raises(error):
        refresh([tweet], now=NOW, sources=week.sources)

    assert Tweet.objects.values().get() == before
    assert len(week.x.requests) == requests
    assert SourceHealth.objects.values_list("service", "state").get() == ("x", state)
    week.x.recover()
    assert refresh([tweet], now=NOW, sources=week.sources).read == 1
    assert SourceHealth.objects.get().state == "ok"


def test_refresh_without_a_key_says_what_to_set(week: Week) -> None:
    with pytest.raises(Misconfigured, match="X_BEARER_TOKEN is not set"):
        refresh([make_tweet()], now=NOW, sources=replace(week.sources, paid=None))

    assert SourceHealth.objects.values_list("state", "setting").get() == ("refused", "X_BEARER_TOKEN")


def test_refresh_takes_the_same_statements_for_one_tweet_and_for_a_hundred(week: Week, world_tweets: Tweets) -> None:
    paper = make_paper()
    few, many = worldly(world_tweets, 1), worldly(world_tweets, 101)[1:]
    gone = [stored(one, paper) for one in worldly(world_tweets, 1, gone="deleted")]
    taken = []
    for ones in (few, many[:99]):
        tweets = [*(stored(one, paper) for one in ones), *gone]
        with CaptureQueriesContext(connection) as captured:
            refresh(tweets, now=NOW, sources=week.sources)
        taken.append(len(captured))

    assert taken[0] == taken[1]
