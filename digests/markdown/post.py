"""What a day's post says, as plain records. Names of authors and texts of tweets are HTML. All moments are UTC, whole seconds."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from papers.networks.registry import OLD_NETWORK

LONGEST_NAME = 200
"""The longest name of a tweet's author, in characters, that its column holds; X allows 50."""


class PostTweet(NamedTuple):
    """A tweet as the post shows it. `body` and `name` are HTML; `day` is the date in words that follows the author.

    The handle of a post on another network than X may be empty.
    """

    status_id: str
    language: str
    direction: str
    body: str
    name: str
    handle: str
    day: date
    network: str = OLD_NETWORK


class PostPaper(NamedTuple):
    """A paper as the post shows it; the first category is the primary one, `abstract` may be empty."""

    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    abstract: str
    retweets: int
    favorites: int
    read_at: datetime
    tweets: tuple[PostTweet, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = {}
    """What other networks than X counted at that moment, by network and its own names."""
    note: str = ""
    """The editors' words on it, in Markdown. The old site's format has no place for them."""


class Post(NamedTuple):
    """A day's post: its papers in rank order."""

    day: date
    written_at: datetime
    papers: tuple[PostPaper, ...] = ()
    draft: bool = False
    intro: str = ""
    """The editors' words on the day, in Markdown. The old site's format has no place for them."""


class PostError(ValueError):
    """A text that is no post: the line (from 1), what was expected there, and what stands there instead."""

    def __init__(self, line: int, expected: str, found: str) -> None:
        self.line, self.expected, self.found = line, expected, found
        super().__init__(f"line {line}: expected {expected}, found {found}")
