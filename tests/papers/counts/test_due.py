"""Which tweets are due to be read again, and in which order."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from papers.models import (
    Tweet,
)
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.conftest import FRIDAY, MONDAY
from tests.papers.counts.stored_tweets import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


def due(now: datetime = NOW) -> list[str]:
    return list(Tweet.objects.due_for_refresh(now=now).values_list("status_id", flat=True))


def test_due_for_refresh_takes_what_is_due_and_was_not_read_today() -> None:
    due_fields = {"next_read_at": NOW - HOUR, "retweets": 1, "favorites": 1, "read_at": NOW - DAY}
    wanted = make_tweet(**due_fields)
    never_read = make_tweet(next_read_at=NOW)
    make_tweet(**due_fields | {"next_read_at": NOW + HOUR})
    make_tweet(**due_fields | {"next_read_at": None})
    make_tweet(**due_fields | {"read_at": datetime(2026, 11, 20, tzinfo=UTC)})
    make_tweet(**due_fields | {"is_sample": True})
    make_tweet(**due_fields | {"is_excluded": True})

    assert due() == [wanted.status_id, never_read.status_id]


def test_due_for_refresh_reads_again_today_what_todays_digest_shows() -> None:
    paper = make_paper(listing_date=FRIDAY)
    tweet = make_tweet(paper, next_read_at=NOW - HOUR, retweets=1, favorites=1, read_at=NOW - 2 * HOUR)
    before = due()
    make_entry(make_digest(FRIDAY), paper, tweet)

    assert before == []
    assert due() == [tweet.status_id]
    assert due(NOW + DAY) == [tweet.status_id]
    assert due(datetime(2026, 11, 21, tzinfo=UTC)) == [tweet.status_id]


def test_due_for_refresh_looks_for_gone_tweets() -> None:
    tweet = make_tweet(next_read_at=NOW - HOUR, retweets=1, favorites=1, read_at=NOW - HOUR, state="protected", state_since=NOW)

    assert due() == [tweet.status_id]


def test_due_for_refresh_puts_the_most_valuable_first() -> None:
    fields: dict[str, Any] = {"next_read_at": NOW - HOUR, "read_at": NOW - DAY, "retweets": 0}
    old, recent, today = (
        make_paper(listing_date=date(2026, 11, 2)),
        make_paper(listing_date=MONDAY),
        make_paper(listing_date=FRIDAY),
    )
    low = make_tweet(old, **fields, favorites=5)
    overdue = make_tweet(old, **fields | {"next_read_at": NOW - DAY}, favorites=5)
    high = make_tweet(old, **fields, favorites=900)
    candidate = make_tweet(recent, **fields, favorites=30)
    better_candidate = make_tweet(recent, today, **fields, favorites=40)
    shown = make_tweet(today, **fields, favorites=1)
    make_entry(make_digest(FRIDAY), today, shown)

    wanted = [shown, better_candidate, candidate, high, overdue, low]
    assert due() == [tweet.status_id for tweet in wanted]


def test_due_for_refresh_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_tweet(next_read_at=NOW)

    with django_assert_num_queries(1):
        due()
