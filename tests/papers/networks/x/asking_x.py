"""Asking X's stand-in, and the truth about it."""

from datetime import UTC, datetime, timedelta

from papers.networks.paid import Counts, FoundTweet, SweepPage
from papers.networks.x.client import XClient
from tests.standins.tweets import Tweets, WorldTweet

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def sweep(
    x: XClient, *, start: datetime = MIDNIGHT, end: datetime = NOW, min_likes: int = 0, max_reads: int = 10_000
) -> list[SweepPage]:
    return list(x.sweep(start=start, end=end, min_likes=min_likes, max_reads=max_reads))


def found_in(pages: list[SweepPage]) -> list[FoundTweet]:
    return [tweet for page in pages for tweet in page.tweets]


def listed(tweets: Tweets, start: datetime = MIDNIGHT, end: datetime = NOW - timedelta(seconds=30)) -> list[WorldTweet]:
    """What a sweep has to find, newest first: tweets with a link that X still has, edited ones in their newest version."""
    edited_by_now = {one.versions[0] for one in tweets.all if one.versions and not one.superseded and one.posted_at <= now()}
    return [
        one
        for one in reversed(tweets.all)
        if start <= one.posted_at < end
        and one.urls
        and one.kind != "retweet"
        and not (one.gone in ("deleted", "protected", "suspended", "disallowed") and one.is_gone(now()))
        and not (one.superseded and one.status_id in edited_by_now)
    ]


def one_counts(one: WorldTweet) -> Counts:
    return Counts(*one.counts(now()))
