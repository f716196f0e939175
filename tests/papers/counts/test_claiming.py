"""Which worker reads which tweets."""

from datetime import UTC, datetime, timedelta

import pytest

from papers.counts.claiming import LEASE, PATIENCE, claim_due, claim_texts
from papers.models import Tweet
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def make_due(count: int, *, overdue: timedelta = timedelta(minutes=1)) -> list[int]:
    made = []
    for score in range(count):
        tweet = make_tweet(retweets=count - score, favorites=0, read_at=YESTERDAY)
        Tweet.objects.filter(pk=tweet.pk).update(next_read_at=NOW - overdue)
        made.append(tweet.pk)
    return made


def test_claim_due_gives_each_tweet_to_one_worker_until_its_lease_ends() -> None:
    due = make_due(200)
    assert list(claim_due(most=1000, now=NOW)) == [due[:100], due[100:]]
    assert list(claim_due(most=1000, now=NOW)) == []
    assert list(claim_due(most=1000, now=NOW + LEASE)) == [due[:100], due[100:]]


def test_claim_due_keeps_to_the_reads_that_there_are() -> None:
    due = make_due(150, overdue=PATIENCE)
    assert list(claim_due(most=120, now=NOW)) == [due[:100], due[100:120]]
    assert list(claim_due(most=0, now=NOW)) == []


def test_claim_due_waits_for_a_full_call_but_not_for_long() -> None:
    due = make_due(3)
    assert list(claim_due(most=1000, now=NOW)) == []
    assert list(claim_due(most=1000, now=NOW + PATIENCE)) == [due]


@pytest.mark.parametrize("state", [Tweet.State.LIVE, Tweet.State.DELETED])
def test_claim_texts_gives_each_tweet_to_one_worker(state: Tweet.State) -> None:
    pk = make_tweet(state=state, body_html="x").pk
    Tweet.objects.filter(pk=pk).update(next_read_at=NOW - timedelta(minutes=1))
    first, second = Tweet.objects.get(pk=pk), Tweet.objects.get(pk=pk)
    assert claim_texts([first], now=NOW) == [first]
    assert claim_texts([second], now=NOW) == []
