"""What a network that charges for each post can be asked, within a budget, and the records that it gives back.

A sweep of a day goes page by page, so that a budget can end it at any page and a later call go on from there.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

import httpx

from papers.networks.base import GoneReason, Kind
from papers.sources.left_out import LeftOut


@dataclass(frozen=True)
class Counts:
    """A post's public counts at the moment of the answer. They may go down."""

    retweets: int
    favorites: int
    replies: int | None
    """None where the network did not give them."""
    quotes: int | None


@dataclass(frozen=True)
class FoundTweet:
    """One post as the network gave it. `papers` are arXiv ids without version."""

    status_id: str
    author_id: str
    handle: str
    """Without the @; empty where it was not given."""
    text: str
    language: str
    created_at: datetime | None
    conversation_id: str
    """The root of the thread; the post's own id where it isn't a reply."""
    counts: Counts
    papers: tuple[str, ...]
    is_retweet: bool
    answers_another: bool
    """A reply that begins with a mention of somebody else; a reply in the author's own thread does not."""
    is_withheld: bool
    edit_history: tuple[str, ...]
    """The ids of all versions, oldest first; an edit makes a new id."""
    has_links: bool = True
    """Whether it links anything; a sweep asks for posts that do."""


@dataclass(frozen=True)
class SweepPage:
    """One page of a sweep, newest posts first. A post may stand on two pages."""

    tweets: tuple[FoundTweet, ...]
    reads: int
    left_out: tuple[LeftOut, ...]
    """Posts without id, author, or counts; they are among the `reads`."""
    end: datetime
    """The bound that was asked for: the given one, or a moment ago. A sweep goes on only with the same bounds."""
    next_token: str | None
    """Where the next page begins."""
    more: bool
    """There are further pages. True on the last page that is yielded: the reads were used up before the sweep was through."""


@dataclass(frozen=True)
class LookupResult:
    """What the network says of the ids asked for: each is in exactly one of the three."""

    found: Mapping[str, FoundTweet]
    gone: Mapping[str, GoneReason]
    unknown: frozenset[str]
    """Nothing (readable) was said of them: to be asked again, not to be taken for gone."""
    reads: int


class Limit(NamedTuple):
    setting: str
    """By which a person sets it."""
    reads: int


class Limits(NamedTuple):
    """The most posts to be paid for in a UTC day and month."""

    day: Limit
    month: Limit


class Paid(Kind):
    """A network that charges for each post it returns, open for questions."""

    key_setting: ClassVar[str]
    """Where its key stands."""
    no_key: ClassVar[str]
    """What is said where it is to be read without a key."""
    lookup_size: ClassVar[int]
    """The most ids that one lookup takes."""
    smallest_page: ClassVar[int]
    settled: ClassVar[timedelta]
    """How far behind the present a sweep ends."""
    microdollars: ClassVar[int]
    """The price of one post, once a UTC day."""

    @classmethod
    @abstractmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        """Raises Misconfigured, which names the setting that cannot be."""

    @staticmethod
    @abstractmethod
    def limits(settings: Any) -> Limits: ...

    @staticmethod
    @abstractmethod
    def has_floor(settings: Any) -> bool:
        """Whether a sweep leaves out posts that may rise above its floor later."""

    @abstractmethod
    def sweep(
        self,
        *,
        start: datetime,
        end: datetime,
        max_reads: int,
        token: str | None = None,
        before_page: Callable[[int], object] | None = None,
    ) -> Iterator[SweepPage]:
        """The posts in [start, end) that link a paper, page by page, at most `max_reads` of them.

        `token` goes on where an earlier sweep with the same bounds stopped. `before_page` is told how many posts the page that is
        asked for next may have; what it raises ends the sweep.
        """

    @abstractmethod
    def lookup(self, ids: Collection[str]) -> LookupResult:
        """The present state of 1 to `lookup_size` posts, in one request."""


def roots_wanted(found: Iterable[FoundTweet]) -> tuple[str, ...]:
    """The roots to look up, because their author may have put the paper's link into a reply, where the engagement is not.

    Whether the root is by the same author shows only its lookup. Roots that are among `found` are left out.
    """
    found = tuple(found)
    known = {version for tweet in found for version in (tweet.status_id, *tweet.edit_history)}
    replies = [tweet for tweet in found if tweet.papers and not tweet.is_retweet and not tweet.answers_another]
    return tuple(dict.fromkeys(tweet.conversation_id for tweet in replies if tweet.conversation_id not in known))
