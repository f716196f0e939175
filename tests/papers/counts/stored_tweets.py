"""Tweets of the stand-ins' world as they are stored, for tests of counts and texts."""

from datetime import timedelta
from typing import Any

from papers.models import (
    Paper,
    Tweet,
)
from tests.factories import make_tweet
from tests.papers.conftest import FRIDAY_NIGHT
from tests.standins.tweets import Tweets, WorldTweet

NOW = FRIDAY_NIGHT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def worldly(tweets: Tweets, count: int, **wanted: Any) -> list[WorldTweet]:
    """So many plain tweets of the world that stand by now, or tweets with these fields."""
    plain: dict[str, Any] = {"kind": "tweet", "gone": None, "silent": False, "versions": ()}
    fits = (
        one
        for one in tweets.all
        if one.posted_at < NOW - 3 * DAY and all(getattr(one, name) == value for name, value in (plain | wanted).items())
    )
    return [next(fits) for _ in range(count)]


def stored(worldly_tweet: WorldTweet, *papers: Paper, **fields: Any) -> Tweet:
    return make_tweet(*papers, status_id=worldly_tweet.status_id, **fields)


def row(tweet: Tweet, *fields: str) -> tuple[Any, ...]:
    [values] = Tweet.objects.filter(pk=tweet.pk).values_list(*fields)
    return tuple(values)
