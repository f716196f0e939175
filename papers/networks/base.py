"""What a network can be asked, and the plain records that it gives back. Nothing here knows a model or speaks to anybody.

A network is one package that holds a class with what `Network` says, and one line in `papers.networks.registry`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol, Self

import httpx

from papers.sources.gate import Gate
from papers.sources.http import Gone, SourceError, Unreadable
from papers.sources.left_out import LeftOut

LONGEST_ADDRESS = 500
"""Addresses of posts have at most so many characters; longer input is refused."""


class GoneReason(StrEnum):
    """Why a network no longer shows a post to everybody."""

    DELETED = "deleted"
    """Deleted, or there never was such a post."""
    PROTECTED = "protected"
    """Its author keeps it from people who have not signed in, or is suspended; it may come back."""
    WITHHELD = "withheld"
    """Kept back by the network."""


@dataclass(frozen=True)
class Count:
    """Something that a network counts about a post."""

    name: str
    """As in our files and answers: `likes`."""
    singular: str
    plural: str
    """As people read it: 1 like, 2 likes."""


@dataclass(frozen=True)
class Run:
    """A stretch of a post's text; a link where it has a URL, which is always http or https."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class FoundPost:
    """One post as the network gave it. `papers` are arXiv ids without version; none where it links no paper."""

    id: str
    """The network's own, of any shape, at most 255 characters."""
    author_id: str
    """Stays while the handle changes."""
    handle: str
    """Without an @; empty where the network did not say."""
    name: str
    posted_at: datetime
    papers: tuple[str, ...]
    runs: tuple[Run, ...]
    """What may be shown of its text, in order; none where the network has no text."""
    language: str = "und"
    counts: Mapping[str, int] = field(default_factory=dict)
    """By the names of the network's `counted`, at the moment of the answer; what it did not say is left out."""


@dataclass
class PostsRead:
    """What a network says now of the ids asked for: each is found, gone or unknown."""

    asked: Collection[str]
    found: dict[str, FoundPost] = field(default_factory=dict)
    gone: dict[str, GoneReason] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    """What each of those lacks of which something was said that cannot be read; they are among `unknown`."""

    @property
    def unknown(self) -> frozenset[str]:
        """Nothing (readable) was said of these: ask again, and do not take them for gone."""
        return frozenset(self.asked).difference(self.found, self.gone)


class NotGiven(SourceError):
    """The network gives this to nobody like us. Its text says so in one sentence; it is no failure, and nobody has to act."""


def unreadable(title: str, left_out: Sequence[LeftOut], of: int) -> Unreadable:
    """For an answer of which most posts cannot be read."""
    lacks = " and ".join(dict.fromkeys(one.lacks for one in left_out))
    return Unreadable(
        f"{len(left_out):,} of {of:,} posts in {title}'s answer cannot be read: they lack {lacks}. {title} may have changed its "
        "answers; check for a newer version of Hot Papers.",
        status=200,
    )


class Kind(ABC):
    """What is known of a network without asking it. Its class is registered in `papers.networks.registry`, and is all of it."""

    name: ClassVar[str]
    """In addresses, settings and the database: at most 16 small letters."""
    title: ClassVar[str]
    """As people call it."""
    counted: ClassVar[tuple[Count, ...]]
    """The first is the one that people look at: a post that is given without it cannot be read, and is never taken for zero."""
    weights: ClassVar[Mapping[str, float]]
    """What each count gives to a paper's score, where no saved rule says otherwise."""
    mark: ClassVar[str] = ""
    """Shapes of an SVG of 16 by 16 in one colour, `currentColor`, that stand before its counts: drawn by us, not its logo.
    Without them its title stands there."""
    link_hosts: ClassVar[frozenset[str] | None] = None
    """The network's own hosts, to which alone its texts link; None where they link to any host."""
    stream: "ClassVar[type[Stream] | None]" = None
    """For a network that tells of new posts by itself."""
    texts: "ClassVar[type[Texts] | None]" = None
    """The service that gives the texts of its posts, where its own answers don't."""

    @staticmethod
    def off(settings: Any) -> str:
        """One sentence on why it cannot be read with these settings; empty where it can."""
        return ""

    @staticmethod
    def not_collected(settings: Any) -> str:
        """One sentence for readers on which of its posts are left out; empty where none are."""
        return ""

    @staticmethod
    @abstractmethod
    def is_id(text: str) -> bool:
        """Whether the network could have given out this id."""

    @staticmethod
    def posted_at(id: str) -> datetime | None:
        """When the post was made, where its id tells (UTC)."""
        return None

    @staticmethod
    @abstractmethod
    def page(id: str, handle: str = "") -> str:
        """The post's own page, for a link. The handle makes it prettier where the network finds the post without."""

    @classmethod
    @abstractmethod
    def id_in(cls, address: str) -> str | None:
        """The id of the post whose page this is, as far as the address alone tells; else None."""

    @staticmethod
    def frame(id: str, settings: Any) -> str:
        """The page of this post alone, made for frames; empty where there is none. `{theme}` in it means `light` or `dark`."""
        return ""


class Network(Kind):
    """A network that may be read for free, open for questions. What asks it may raise the errors of `papers.sources.http`."""

    needed: ClassVar[str]
    """What a record lacks from which no post can be made: `an id or a moment`."""

    @classmethod
    def lacking(cls, post: FoundPost) -> str:
        """What it lacks to be read as a whole: the first of its counts, or nothing."""
        first = cls.counted[0]
        return "" if first.name in post.counts else first.plural

    @classmethod
    def keep(cls, reading: PostsRead, id: str, post: FoundPost | None) -> None:
        """Add the network's answer to the question about this id: a whole post, or one that cannot be read."""
        if post is None or post.id != id:
            reading.unreadable[id] = cls.needed
        elif lacks := cls.lacking(post):
            reading.unreadable[id] = lacks
        else:
            reading.found[id] = post

    @classmethod
    @abstractmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        """Raises Misconfigured, which names the setting that cannot be."""

    def identify(self, address: str) -> str | None:
        """The id of the post whose page a person pasted; None where it isn't one. May ask the network."""
        return self.id_in(address)

    @abstractmethod
    def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut]:
        """The posts made in [start, end) that link a paper, in no order, and what cannot be read; one may come twice.

        A post without the first of its counts is both.
        """

    @abstractmethod
    def read(self, posts: Mapping[str, datetime]) -> PostsRead:
        """The present state of these posts, by id with the moment at which each was made."""

    def fill(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut] | None:
        """The posts made in a time in which its stream was not heard; None where it cannot tell, or has no stream.

        Raises NotGiven where it refuses to tell, perhaps after some of them.
        """
        return None


@dataclass(frozen=True)
class Embed:
    """A post as it may be shown. `body_html` holds text, entities, `<br>` and links only."""

    status_id: str
    name: str
    """Plain text, not HTML."""
    handle: str
    language: str
    direction: Literal["ltr", "rtl"]
    body_html: str
    posted_on: date
    """As the service prints it."""


class Protected(Gone):
    """The author keeps the post from the public: hide it, but it may come back."""


class Texts(ABC):
    """A service that gives a network's posts as they may be shown, one at a time, without a key and without counts.

    Raises Gone or Protected where the post is no longer shown, Malformed where the answer is not exactly that post, and Transient
    for everything else: the stored copy then stays.
    """

    name: ClassVar[str]
    """Under which its health is kept: at most 16 small letters."""
    title: ClassVar[str]

    @classmethod
    @abstractmethod
    def open(cls, client: httpx.Client, settings: Any, *, gate: Callable[[str, float], Gate], attempts: int) -> Self:
        """`gate` makes one by a name and the seconds between two requests. Raises Misconfigured."""

    @abstractmethod
    def embed(self, status_id: str, handle: str = "") -> Embed:
        """The post; its author's handle may be an old one, or not known."""


@dataclass(frozen=True)
class Heard:
    """What a stream said since the last such record, as it stands at its end. To be stored in one transaction with `cursor`.

    In this order: `found`, then `removed`, then `authors_gone`. The same may come again, after a break up to an hour of it.
    """

    found: tuple[FoundPost, ...]
    """New and changed posts that link papers; without counts."""
    removed: frozenset[str]
    """Ids of posts that were deleted, or that link no paper any more; most of them never did."""
    authors_gone: Mapping[str, GoneReason]
    """By the author's id: all their posts are gone."""
    authors_back: frozenset[str]
    cursor: int
    """Where to go on from, in microseconds since 1970; any host takes it."""
    frames: int
    """How many frames came."""
    unreadable: int
    """How many frames that had to be read could not be."""
    missed: tuple[datetime, datetime] | None
    """A time of which the stream has nothing any more, so that posts of it were not heard."""
    is_live: bool
    """Everything from before the stream was opened has been heard."""
    trouble: str
    """One sentence where no host answers at present, else empty."""


class Stream(Protocol):
    """A network that tells of new posts by itself."""

    lookback: ClassVar[timedelta]
    """How far back a cursor may lie."""

    @classmethod
    def open(cls, settings: Any, *, now: Callable[[], datetime]) -> Self:
        """Raises Misconfigured, which names the setting that cannot be."""

    def follow(self, cursor: int) -> Iterator[Heard]:
        """What comes after the cursor, for ever: a record every second or so, also where nothing came."""
