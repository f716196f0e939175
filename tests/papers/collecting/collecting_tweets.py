"""Collecting tweets, and what came of it."""

from datetime import UTC, date, datetime

from papers import clock
from papers.collecting.paid_days import collect_tweets
from papers.models import (
    CollectionDay,
    Mention,
    NetworkDay,
    UnmatchedMention,
)
from papers.networks.paid import Counts, FoundTweet
from tests.papers.conftest import FRIDAY, Week

SATURDAY = date(2026, 11, 21)

SATURDAY_MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC)


def collect(week: Week, day: date = FRIDAY) -> CollectionDay:
    return collect_tweets(day, now=clock.now(), sources=week.sources)


def mentions() -> set[tuple[str, str]]:
    matched = Mention.objects.values_list("tweet__status_id", "paper__arxiv_id")
    return {*matched, *UnmatchedMention.objects.values_list("tweet__status_id", "arxiv_id")}


def searches(week: Week) -> list[dict[str, str]]:
    return [dict(request.params) for request in week.x.requests if "/search/" in request.path]


def sweep_again() -> None:
    CollectionDay.objects.update(tweets_done_at=None)
    NetworkDay.objects.update(collected_until=None, sweep_token="", sweep_end=None, done_at=None)


def found(status_id: str, *papers: str, favorites: int = 7, history: tuple[str, ...] = ()) -> FoundTweet:
    return FoundTweet(
        status_id=status_id,
        author_id="900000000000000001",
        handle="",
        text="",
        language="en",
        created_at=None,
        conversation_id=status_id,
        counts=Counts(3, favorites, 0, 0),
        papers=papers or ("2611.90001",),
        is_retweet=False,
        answers_another=False,
        is_withheld=False,
        edit_history=history or (status_id,),
    )
