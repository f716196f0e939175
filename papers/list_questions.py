"""What `papers` asks about lists, of which it knows nothing: the app that has them registers here, and answers."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet


class Published(NamedTuple):
    """A day that readers see, and where an editor corrects it."""

    day: date
    desk: str


class ShowsTweets(Protocol):
    """A module or object that answers for the lists. The first two methods return subqueries and ask nothing themselves."""

    def tweets_of_day(self, day: date) -> QuerySet[Any, Any]:
        """The primary keys of the tweets on the list of this listing day."""

    def tweets_of_the_network(self, after: date | None = None) -> QuerySet[Any, Any]:
        """The primary keys of the tweets on lists whose texts are the network's: on all lists, or on those after this day."""

    def forget_texts(self, tweets: Collection[int], keys: Collection[str]) -> None:
        """Erase the copies that lists print of these tweets' texts, whose parts have these names."""

    def published_with_tweets(self, tweets: Collection[int]) -> Mapping[int, list[Published]]:
        """Which of these posts (primary keys) are on published lists, and on which days."""

    def published_with_paper(self, paper: int) -> list[Published]:
        """The published days that list this paper (primary key)."""

    def keep_printed(self, paper: int, parts: Collection[str]) -> None:
        """Call this before changing these parts of a paper (title, abstract, authors, categories): published lists keep
        printing what they print until they are corrected."""

    def keep_printed_posts(self, posts: Collection[int]) -> None:
        """Call this before the texts of these posts (primary keys) are replaced by what their authors made of them: published
        lists keep printing what they print until they are corrected, or the post is gone."""


_lists: list[ShowsTweets] = []


def answered_by(lists: ShowsTweets) -> None:
    """Register who answers; called once, when the site starts."""
    _lists[:] = [lists]


def lists() -> ShowsTweets:
    return _lists[0]
