"""Which worker reads which tweets: what is claimed is put off by a lease, and due again after it where the work was lost."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from papers import clock
from papers.counts.embedding import AGAIN_AFTER
from papers.models import Tweet
from papers.networks.registry import PAID

LEASE = timedelta(minutes=15)
PATIENCE = timedelta(hours=3)
"""A call for fewer than a hundred tweets waits until one of them is overdue by so much."""


def claim_due(*, most: int, now: datetime) -> Iterator[list[int]]:
    """The tweets whose counts to read now, at most so many, by their primary keys: a call's worth each, most valuable first."""
    due = [(tweet.pk, tweet.next_read_at or now) for tweet in Tweet.objects.due_for_refresh(now=now).only("next_read_at")[:most]]
    for first in range(0, len(due), PAID.lookup_size):
        call = due[first : first + PAID.lookup_size]
        if len(call) < PAID.lookup_size and all(now - next_read_at < PATIENCE for _, next_read_at in call):
            return
        pks = [pk for pk, _ in call]
        if Tweet.objects.filter(pk__in=pks, next_read_at__lte=now).update(next_read_at=now + clock.lease(LEASE)):
            yield pks


def claim_posts(network: str, *, most: int, now: datetime) -> list[Tweet]:
    """The open network's posts whose counts are due, at most so many, that nobody else is about to read."""
    until = now + clock.lease(LEASE)
    due = Tweet.objects.of_open_networks().filter(network=network).due(now=now).values_list("pk", flat=True)[:most]
    wanted = Tweet.objects.filter(pk__in=list(due))
    wanted.filter(next_read_at__lte=now).update(next_read_at=until)
    return list(wanted.filter(next_read_at=until))


def claim_texts(tweets: Iterable[Tweet], *, now: datetime) -> list[Tweet]:
    """Those of the tweets whose texts nobody else is about to fetch."""
    due_again = now + clock.lease(LEASE)
    return [tweet for tweet in tweets if _claim_text(tweet, due_again)]


def _claim_text(tweet: Tweet, due_again: datetime) -> bool:
    same = Tweet.objects.filter(pk=tweet.pk, state=tweet.state)
    if tweet.state == Tweet.State.LIVE:
        return bool(same.filter(embedded_at=tweet.embedded_at).update(embedded_at=due_again - AGAIN_AFTER))
    return bool(same.filter(next_read_at=tweet.next_read_at).update(next_read_at=due_again))  # hidden, and looked for
