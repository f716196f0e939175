"""Readings: the present counts, their history, that of the papers, and when the next one is due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from papers.counts import measuring
from papers.counts.due import HORIZON, LONGEST_WAIT_S, SHORTEST_WAIT_S, first_due, next_wait
from papers.counts.measuring import Reading, measure_papers, record
from papers.models import Mention, Paper, PaperMeasurement, Provenance, SavedRules, Tweet, TweetMeasurement
from papers.networks.strict_json import LARGEST_COUNT
from papers.ranking.ranking import MOST_POINTS, points
from papers.rows import insert
from tests.at_once import at_once
from tests.factories import make_paper, make_tweet

POSTED = datetime(2026, 11, 16, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=5, microseconds=250_000)
ages = st.floats(0, HORIZON.total_seconds() * 2)
scores = st.integers(0, 2**31 - 1)
DAY_S = 24 * 3600


def read(tweet: Tweet, retweets: int, favorites: int, at: datetime = NOON) -> Reading:
    return Reading(tweet.pk, at, retweets, favorites, 3, 1)


def history(tweet: Tweet) -> list[tuple[Any, ...]]:
    return list(TweetMeasurement.objects.filter(tweet=tweet).values_list("read_at", "provenance", "retweets", "favorites"))


def paper_history(paper: Paper) -> list[tuple[Any, ...]]:
    return list(PaperMeasurement.objects.filter(paper=paper).values_list("read_at", "provenance", "retweets", "favorites"))


# --- when to read again


@pytest.mark.parametrize(
    ("previous", "current", "days"),
    [
        (None, 0, 1),
        (100, 111, 1),
        (100, 89, 1),
        (100, 105, 2),
        (100, 110, 2),
        (1000, 1001, 4),
        (100, 100, 7),
        (0, 0, 7),
        (0, 1, 1),
    ],
)
def test_next_wait_is_a_share_of_the_age_by_the_change(previous: int | None, current: int, days: int) -> None:
    assert next_wait(4 * DAY_S, previous, current) == days * DAY_S


@given(age_s=ages, previous=st.none() | scores, current=scores)
def test_next_wait_lies_within_its_bounds_and_never_past_the_horizon(age_s: float, previous: int | None, current: int) -> None:
    wait_s = next_wait(age_s, previous, current)

    if wait_s is None:
        assert age_s + LONGEST_WAIT_S >= HORIZON.total_seconds()
    else:
        assert SHORTEST_WAIT_S <= wait_s <= LONGEST_WAIT_S
        assert age_s + wait_s < HORIZON.total_seconds()


@given(younger_s=ages, older_s=ages, previous=st.none() | scores, current=scores)
def test_next_wait_never_shortens_with_age(younger_s: float, older_s: float, previous: int | None, current: int) -> None:
    younger_s, older_s = sorted((younger_s, older_s))
    never = float("inf")

    shorter, longer = next_wait(younger_s, previous, current), next_wait(older_s, previous, current)

    assert (never if shorter is None else shorter) <= (never if longer is None else longer)


@given(age_s=ages, previous=scores, more=scores, less=scores)
def test_next_wait_never_shortens_with_a_smaller_change(age_s: float, previous: int, more: int, less: int) -> None:
    less, more = sorted((less, more))
    never = float("inf")

    soon, late = next_wait(age_s, previous, previous + more), next_wait(age_s, previous, previous + less)

    assert (never if soon is None else soon) <= (never if late is None else late)


def test_first_due_is_at_once_within_the_horizon_and_never_past_it() -> None:
    assert first_due(POSTED, NOON) == NOON
    assert first_due(POSTED, POSTED + HORIZON) is None


# --- storing readings


@pytest.mark.django_db
def test_record_stores_counts_history_and_when_to_read_again() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, posted_at=POSTED)

    assert record([read(tweet, 10, 50)], now=LATER) == 1

    tweet.refresh_from_db()
    assert (tweet.retweets, tweet.favorites, tweet.replies, tweet.quotes, tweet.read_at) == (10, 50, 3, 1, NOON)
    assert tweet.next_read_at == NOON + (NOON - POSTED) / 4
    assert history(tweet) == [(NOON, Provenance.NETWORK, 10, 50)]
    assert paper_history(paper) == [(LATER, Provenance.NETWORK, 10, 50)]


@pytest.mark.django_db
def test_record_of_the_same_readings_again_changes_nothing() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, posted_at=POSTED)
    record([read(tweet, 10, 50)], now=NOON)
    before = Tweet.objects.values().get()

    record([read(tweet, 10, 50)], now=NOON)

    assert Tweet.objects.values().get() == before
    assert len(history(tweet)) == len(paper_history(paper)) == 1


@pytest.mark.django_db
def test_record_lets_counts_fall() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, posted_at=POSTED)
    record([read(tweet, 10, 50)], now=NOON)

    record([read(tweet, 9, 40, LATER)], now=LATER)

    tweet.refresh_from_db()
    assert (tweet.retweets, tweet.favorites, tweet.read_at) == (9, 40, LATER)
    assert paper_history(paper) == [(NOON, Provenance.NETWORK, 10, 50), (LATER, Provenance.NETWORK, 9, 40)]


@pytest.mark.django_db
def test_record_keeps_newer_counts_but_takes_the_older_reading_into_the_history() -> None:
    tweet = make_tweet(make_paper(), posted_at=POSTED)
    record([read(tweet, 11, 60, LATER)], now=LATER)
    due = Tweet.objects.get().next_read_at

    record([read(tweet, 10, 50, NOON)], now=LATER)

    tweet.refresh_from_db()
    assert (tweet.retweets, tweet.favorites, tweet.read_at, tweet.next_read_at) == (11, 60, LATER, due)
    assert history(tweet) == [(NOON, Provenance.NETWORK, 10, 50), (LATER, Provenance.NETWORK, 11, 60)]


@pytest.mark.django_db
def test_record_takes_the_latest_of_several_readings_of_one_tweet_and_passes_over_tweets_that_are_not_here() -> None:
    tweet = make_tweet(make_paper(), posted_at=POSTED)
    absent = Reading(tweet.pk + 1, NOON, 1, 1, 0, 0)

    assert record([read(tweet, 2, 2, LATER), absent, read(tweet, 1, 1, NOON)], now=LATER) == 1

    tweet.refresh_from_db()
    assert (tweet.retweets, tweet.read_at) == (2, LATER)


@pytest.mark.django_db
def test_record_stops_reading_at_the_horizon() -> None:
    tweet = make_tweet(make_paper(), posted_at=POSTED, next_read_at=NOON)
    end = POSTED + HORIZON

    record([read(tweet, 10, 50, end)], now=end)

    tweet.refresh_from_db()
    assert tweet.next_read_at is None


@pytest.mark.django_db
def test_record_sums_a_paper_over_its_live_tweets_that_are_not_excluded() -> None:
    paper, other, untouched = make_paper(), make_paper(), make_paper()
    read_now = make_tweet(paper, other, posted_at=POSTED)
    make_tweet(paper, posted_at=POSTED, retweets=100, favorites=200, read_at=NOON)
    make_tweet(paper, posted_at=POSTED, retweets=1, favorites=1, read_at=NOON, is_excluded=True)
    make_tweet(paper, posted_at=POSTED, retweets=1, favorites=1, read_at=NOON, state=Tweet.State.DELETED)
    make_tweet(paper, posted_at=POSTED)
    make_tweet(untouched, posted_at=POSTED, retweets=1, favorites=1, read_at=NOON)

    record([read(read_now, 10, 50)], now=LATER)

    assert paper_history(paper) == [(LATER, Provenance.NETWORK, 110, 250)]
    assert paper_history(other) == [(LATER, Provenance.NETWORK, 10, 50)]
    assert paper_history(untouched) == []


@pytest.mark.django_db
def test_measure_papers_counts_nothing_once_all_tweets_are_gone() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, posted_at=POSTED)
    record([read(tweet, 10, 50)], now=NOON)
    Tweet.objects.update(state=Tweet.State.DELETED)

    measure_papers([tweet.pk], now=LATER)

    assert paper_history(paper) == [(NOON, Provenance.NETWORK, 10, 50), (LATER, Provenance.NETWORK, 0, 0)]


@pytest.mark.django_db
def test_record_does_not_mix_with_counts_of_old_posts() -> None:
    paper = make_paper()
    tweet = make_tweet(paper, posted_at=POSTED)
    PaperMeasurement.objects.create(paper=paper, read_at=NOON, provenance=Provenance.POST, retweets=900, favorites=900)

    record([read(tweet, 10, 50)], now=NOON)

    assert sorted(paper_history(paper)) == [(NOON, Provenance.NETWORK, 10, 50), (NOON, Provenance.POST, 900, 900)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 500])
def test_record_takes_the_same_statements_whatever_the_size(count: int) -> None:
    readings = many(count)

    with CaptureQueriesContext(connection) as captured:
        assert record(readings, now=LATER) == count

    locked = connection.vendor == "postgresql"
    assert len(captured) == 10 + locked, [query["sql"] for query in captured]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
def test_measure_papers_reads_the_posts_of_these_papers_alone() -> None:
    tweet = make_tweet(make_paper())
    with CaptureQueriesContext(connection) as captured:
        measure_papers([tweet.pk], now=LATER)
    measured = next(one["sql"] for one in captured if "WITH touched" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {measured}")
        steps = [step for *_, step in cursor.fetchall()]

    assert [step for step in steps if step.startswith(("SEARCH tweet ", "SCAN tweet "))] == [
        "SEARCH tweet USING INTEGER PRIMARY KEY (rowid=?)"
    ]


@pytest.mark.django_db
def test_record_splits_many_readings_into_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = many(25)
    paper = Paper.objects.get()
    monkeypatch.setattr(measuring, "BATCH", 10)

    assert record(readings, now=LATER) == 25

    assert Tweet.objects.filter(read_at=NOON).count() == TweetMeasurement.objects.count() == 25
    assert paper_history(paper) == [(LATER, Provenance.NETWORK, 25, 50)]


@pytest.mark.django_db(transaction=True)
def test_record_by_two_workers_at_once_ends_with_the_newest_counts() -> None:
    older = many(300)
    newer = [one._replace(read_at=LATER, retweets=5) for one in reversed(older)]

    def work(readings: list[Reading]) -> None:
        for start in range(0, 300, 100):
            record(readings[start : start + 200], now=LATER)

    at_once(lambda: work(older), lambda: work(newer))

    assert Tweet.objects.filter(read_at=LATER, retweets=5).count() == 300
    assert TweetMeasurement.objects.count() == 600
    assert PaperMeasurement.objects.values_list("retweets", flat=True).get() == 1500


@pytest.mark.django_db
def test_the_largest_counts_by_the_largest_weights_are_kept() -> None:
    weights = {"x": {"retweets": 1000, "favorites": 1000}}
    SavedRules.objects.create(hot_score=50, shown_tweet_score=25, shown_tweets=10, weights=weights)
    readings = [one._replace(retweets=LARGEST_COUNT, favorites=LARGEST_COUNT) for one in many(10)]

    assert record(readings, now=NOON) == 10

    assert set(TweetMeasurement.objects.values_list("extra_points", flat=True)) == {MOST_POINTS - 2 * LARGEST_COUNT}
    kept = PaperMeasurement.objects.values_list("retweets", "extra_points").get()
    assert kept == (10 * LARGEST_COUNT, 10 * (MOST_POINTS - 2 * LARGEST_COUNT))
    assert points("x", {"retweets": LARGEST_COUNT}, weights) == MOST_POINTS


def many(count: int) -> list[Reading]:
    """Of so many tweets, all on one paper."""
    paper = make_paper(listing_date=date(2026, 11, 16))
    tweets = ((str(2 * 10**18 + n), POSTED) for n in range(count))
    pks = [pk for (pk,) in insert(Tweet, ["status_id", "posted_at"], tweets, returning=["id"])]
    insert(Mention, ["tweet_id", "paper_id"], ((pk, paper.pk) for pk in pks))
    return [Reading(pk, NOON, 1, 2, 0, 0) for pk in pks]
