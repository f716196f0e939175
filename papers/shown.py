"""Which tweets are shown to readers: whoever shows them answers, since `papers` knows nothing of lists."""

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet


class ShowsTweets(Protocol):
    """A module or object that answers for the lists. The first two make subqueries, and ask nothing by themselves."""

    def tweets_of_day(self, day: date) -> QuerySet[Any, Any]:
        """The primary keys of the tweets on the list of this listing day."""

    def tweets_of_the_network(self, after: date | None = None) -> QuerySet[Any, Any]:
        """The primary keys of the tweets on lists whose texts are the network's: on all lists, or on those after this day."""

    def forget_texts(self, tweets: Collection[int], keys: Collection[str]) -> None:
        """Erase the copies that lists print of these tweets' texts, whose parts have these names."""


_lists: list[ShowsTweets] = []


def answered_by(lists: ShowsTweets) -> None:
    """Say who answers; called once, when the site starts."""
    _lists[:] = [lists]


def lists() -> ShowsTweets:
    return _lists[0]
