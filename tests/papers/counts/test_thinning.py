"""The history of counts grows thinner with age."""

from collections import Counter
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from papers.counts.thinning import thin
from papers.models import (
    PaperMeasurement,
    Provenance,
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


def test_thin_takes_six_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tweet = make_tweet()
    for n in range(5):
        at(20 * DAY + n * HOUR, n, tweet)

    with django_assert_num_queries(6):
        thin(NOW)
