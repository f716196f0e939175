"""The history of counts grows thinner with age."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from papers.counts import thinning
from papers.counts.thinning import thin
from papers.models import (
    PaperMeasurement,
    Provenance,
    ThinnedUntil,
    Tweet,
    TweetMeasurement,
)
from tests.factories import make_digest, make_tweet
from tests.papers.conftest import FRIDAY
from tests.papers.counts.stored_tweets import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


def at(age: timedelta, score: int, tweet: Tweet, provenance: str = Provenance.NETWORK) -> None:
    TweetMeasurement.objects.create(tweet=tweet, read_at=NOW - age, provenance=provenance, retweets=0, favorites=score)


def ages(tweet: Tweet) -> list[timedelta]:
    kept = TweetMeasurement.objects.filter(tweet=tweet, provenance=Provenance.NETWORK)
    return sorted(NOW - read_at for read_at in kept.values_list("read_at", flat=True))


def test_thin_keeps_all_then_one_an_hour_a_day_and_a_week() -> None:
    tweet = make_tweet()
    minute = timedelta(minutes=1)
    # 22:00 of a Friday: each group lies within one hour, one day or one week.
    recent = [DAY + 5 * minute, DAY + 10 * minute]
    hourly = [3 * DAY + 5 * minute, 3 * DAY + 10 * minute, 3 * DAY + 70 * minute]
    daily = [10 * DAY + 5 * minute, 10 * DAY + 10 * HOUR, 11 * DAY]
    weekly = [200 * DAY, 201 * DAY, 207 * DAY]  # a Monday, the Sunday before it, the Monday before that
    first = 300 * DAY
    for score, age in enumerate(sorted([*recent, *hourly, *daily, *weekly, first], reverse=True)):
        at(age, score, tweet)

    assert thin(NOW) == 3

    kept = [*recent, hourly[0], hourly[2], daily[0], daily[2], weekly[0], weekly[1], first]
    assert ages(tweet) == sorted(kept)
    assert thin(NOW) == 0


def test_thin_keeps_first_last_and_peak_and_the_posts_readings() -> None:
    tweet, other = make_tweet(), make_tweet()
    scores = [5, 9, 7, 9, 6, 8]
    for n, score in enumerate(scores):
        at(20 * DAY + n * HOUR, score, tweet)
        at(20 * DAY + n * HOUR, score, tweet, Provenance.POST)
    at(20 * DAY, 1, other)

    thin(NOW)

    # The last reading, the earlier of the two highest, the first.
    assert ages(tweet) == [20 * DAY, 20 * DAY + 3 * HOUR, 20 * DAY + 5 * HOUR]
    assert ages(other) == [20 * DAY]
    assert TweetMeasurement.objects.filter(provenance=Provenance.POST).count() == 6


def test_thin_thins_papers_too_and_touches_no_entry() -> None:
    digest = make_digest(FRIDAY, papers=1)
    entry = digest.entries.values().get()
    for n in range(6):
        PaperMeasurement.objects.create(
            paper_id=entry["paper_id"],
            read_at=NOW - 20 * DAY - n * HOUR,
            provenance=Provenance.NETWORK,
            retweets=0,
            favorites=9 - n,
        )

    assert thin(NOW) == 4

    assert Counter(PaperMeasurement.objects.values_list("favorites", flat=True)) == {9: 1, 4: 1}
    assert digest.entries.values().get() == entry


def test_thin_looks_at_each_reading_three_times_and_then_never_again() -> None:
    tweet, now = make_tweet(), NOW
    for n in range(60):
        at(20 * DAY - n * HOUR, n, tweet)
    thin(NOW)
    at(HOUR, 60, tweet)  # read since

    with CaptureQueriesContext(connection) as nothing_due:
        assert thin(NOW) == 0
    deletes = [query for query in nothing_due.captured_queries if query["sql"].startswith("DELETE")]
    assert deletes == []

    for days in range(1, 200):
        now = NOW + days * DAY
        thin(now)
    assert ages(tweet) == [HOUR, 20 * DAY - 59 * HOUR, 20 * DAY - 25 * HOUR, 20 * DAY]  # last of three weeks, and the first
    assert set(ThinnedUntil.objects.values_list("name", flat=True)) == {
        f"papers_{model}measurement {step}" for model in ("tweet", "paper") for step in ("hour", "day", "week")
    }


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_thin_in_small_batches_deletes_the_same(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tweets = [make_tweet() for _ in range(3)]
    for n in range(40):
        for tweet in tweets:
            at(8 * DAY - 5 * n * HOUR / 4, n, tweet)
    monkeypatch.setattr(thinning, "BATCH", batch)

    first = thin(NOW)

    kept = ages(tweets[0])
    assert [ages(tweet) for tweet in tweets] == [kept] * 3
    assert first == 3 * (40 - len(kept))
    by_hour = {(NOW - age).replace(minute=0) for age in kept if 2 * DAY < age < 7 * DAY}
    assert len(by_hour) == len([age for age in kept if 2 * DAY < age < 7 * DAY])


def test_a_reading_of_a_clock_that_was_ahead_stops_nothing() -> None:
    tweet = make_tweet()
    at(-400 * DAY, 1, tweet)
    for n in range(4):
        at(20 * DAY + (3 - n) * HOUR, 5 - n, tweet)

    assert thin(NOW) == 2  # all but the first and the last


def test_a_second_run_finds_nothing_to_delete() -> None:
    tweet = make_tweet()
    for n in range(6):
        at(20 * DAY + (5 - n) * HOUR, n, tweet)

    assert (thin(NOW), thin(NOW)) == (4, 0)


def test_the_command_says_how_many_went() -> None:
    tweet, said = make_tweet(), StringIO()
    for n in range(6):
        at(20 * DAY + (5 - n) * HOUR, n, tweet)
    with time_machine.travel(NOW, tick=False):
        call_command("thin", stdout=said)
        call_command("thin", stdout=said)

    assert said.getvalue() == ("Deleted 4 readings whose span has a later one.\nDeleted 0 readings whose span has a later one.\n")
