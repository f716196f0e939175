"""A generated world of tweets about given papers: the same for the same seed, and other counts from minute to minute."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal

NEVER = datetime.max.replace(tzinfo=UTC)
EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
"""What X's status ids count their milliseconds from."""
Kind = Literal["tweet", "retweet", "root", "own_reply", "foreign_reply", "listing"]
Gone = Literal["deleted", "protected", "suspended", "disallowed", "withheld"]

FORMS = (
    "https://arxiv.org/abs/{id}",
    "https://arxiv.org/abs/{id}v1",
    "https://arxiv.org/pdf/{id}",
    "https://arxiv.org/pdf/{id}v2.pdf",
    "https://www.arxiv.org/pdf/{id}.pdf?download=1",
    "http://export.arxiv.org/abs/{id}#abstract",
    "https://arxiv.org/html/{id}v1",
    "https://arxiv.org/format/{id}",
    "https://ar5iv.org/html/{id}",
    "https://ar5iv.labs.arxiv.org/html/{id}",
    "https://www.alphaxiv.org/abs/{id}",
    "https://alphaxiv.org/pdf/{id}v1",
    "https://www.alphaxiv.org/overview/{id}",
    "https://huggingface.co/papers/{id}",
    "https://doi.org/10.48550/arXiv.{id}",
    "https://doi.org/10.48550/ARXIV.{id}",
    "https://arxiv.org//abs/{id}",
    "https://arxiv.org/ps/{id}",
    "https://arxiv.org/src/{id}v1",
    "https://arxiv.org/e-print/{id}",
    "https://browse.arxiv.org/html/{id}v1",
    "http://de.arxiv.org/abs/{id}",
    "https://hf.co/papers/{id}",
    "https://www.alphaxiv.org/resources/{id}",
    "https://www.alphaxiv.org/es/overview/{id}v1",
    "https://arxiv.org/abs/{id}.",
    "https://arxiv.org/pdf/{id})",
)
"""Every form of a paper's address that the sweep has to know."""
LISTINGS = ("https://arxiv.org/list/cs.LG/recent", "https://arxiv.org/a/example_a_1", "https://arxiv.org/search/?query=paper")
PROSE = (
    ("en", "ltr", "Our synthetic paper is out"),
    ("en", "ltr", 'This is "huge" & it isn\'t even <big>'),
    ("en", "ltr", "Thread 🧵 👩‍🔬 #AI"),
    ("ja", "ltr", "新しい論文です"),
    ("fr", "ltr", "Un article tout neuf\nà lire"),
    ("und", "ltr", "!!!"),
    ("ar", "rtl", "ورقة جديدة"),
    ("he", "rtl", "מאמר חדש"),
)
NAMES = (
    "Example Lab {n}",
    "Ada (she) Example {n}",
    "Lab @ Example {n}",
    "O'Example & Sons {n}",
    "Bob (@bob) {n}",
    "A &mdash; B (@lab_{n}) {n}",
    "名前 {n}",
)


@dataclass(frozen=True, slots=True)
class Author:
    number: int

    @property
    def id(self) -> str:
        return str(900_000_000_000_000_000 + self.number)

    @property
    def handle(self) -> str:
        return f"lab_{self.number}"

    @property
    def name(self) -> str:
        return NAMES[self.number % len(NAMES)].format(n=self.number)


@dataclass(frozen=True, slots=True)
class WorldTweet:
    status_id: str
    kind: Kind
    author: Author
    posted_at: datetime
    language: str
    direction: str
    prose: str
    urls: tuple[str, ...]
    """The addresses it links, as the author wrote them."""
    papers: tuple[str, ...]
    """The papers it is about: for a `root` those of the author's first reply; none for a `listing`."""
    conversation_id: str
    peak: int
    """The favorites that it tends to."""
    replies_to: Author | None = None
    link_in_note: bool = False
    unwound: bool = True
    """X tells where the short link ends."""
    falls: bool = False
    """People take their likes back after three days."""
    gone: Gone | None = None
    gone_at: datetime = NEVER
    silent: bool = False
    """A lookup mentions it neither as found nor as missing."""
    versions: tuple[str, ...] = ()
    """The ids of all its versions, where it was edited; oldest first."""

    @property
    def counts_for_its_papers(self) -> bool:
        return bool(self.papers) and self.kind != "retweet" and not self.superseded

    @property
    def superseded(self) -> bool:
        """It is an old version of an edited tweet."""
        return bool(self.versions) and self.versions[-1] != self.status_id

    def is_gone(self, at: datetime) -> bool:
        return at >= self.gone_at

    def counts(self, at: datetime) -> tuple[int, int, int, int]:
        """Retweets, favorites, replies, quotes."""
        hours = max(0.0, (at - self.posted_at) / timedelta(hours=1))
        favorites = int(self.peak * (1 - 2 ** (-hours / 8)))
        if self.falls and hours > 72:
            favorites = favorites * 9 // 10
        return favorites // 5, favorites, favorites // 20, favorites // 50


def snowflake(moment: datetime, sequence: int) -> str:
    return str((((moment - EPOCH) // timedelta(milliseconds=1)) << 22) + sequence)


@dataclass
class Tweets:
    """So many tweets for each listing day, most of them on that day, the rest in the six days after it."""

    listings: Iterable[tuple[str, date]]
    """Papers (arXiv id without version) and the day on which each is announced."""
    now: Callable[[], datetime]
    per_day: int = 5000
    seed: int = 0
    all: list[WorldTweet] = field(init=False, repr=False)
    """Oldest first."""
    by_id: dict[str, WorldTweet] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._sequence = 0
        by_day = groupby(sorted(self.listings, key=lambda listing: listing[1]), key=lambda listing: listing[1])
        made = [tweet for day, listings in by_day for tweet in self._day(day, [paper for paper, _ in listings])]
        self.all = sorted(made, key=lambda tweet: int(tweet.status_id))
        self.by_id = {tweet.status_id: tweet for tweet in self.all}

    def mentions(self) -> dict[str, tuple[str, ...]]:
        """The truth: of each tweet that counts, the papers that it counts for."""
        return {tweet.status_id: tweet.papers for tweet in self.all if tweet.counts_for_its_papers}

    def _day(self, day: date, papers: Sequence[str]) -> Iterator[WorldTweet]:
        draw = self._random
        weights = [1 / (place + 1) for place in range(len(papers))]
        ranked = draw.sample(papers, len(papers))
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for number, paper in enumerate(draw.choices(ranked, weights, k=self.per_day)):
            posted_at = midnight + timedelta(hours=1 + min(draw.expovariate(1 / 10), 150), milliseconds=draw.randrange(3_600_000))
            language, direction, prose = PROSE[number % len(PROSE)]
            plain = WorldTweet(
                status_id=self._id(posted_at),
                kind="tweet",
                author=Author(draw.randrange(4000)),
                posted_at=posted_at,
                language=language,
                direction=direction,
                prose=prose,
                urls=(FORMS[number % len(FORMS)].format(id=paper),),
                papers=(paper,),
                conversation_id="",
                peak=min(int(3 * draw.paretovariate(0.9)), 20_000),
                unwound=draw.random() < 0.7,
            )
            plain = replace(plain, conversation_id=plain.status_id)
            yield from self._varied(plain, draw.randrange(40), papers)

    def _varied(self, plain: WorldTweet, variety: int, papers: Sequence[str]) -> Iterator[WorldTweet]:
        """The tweet, or in a third of the cases one of the oddities that the sources have to bear."""
        draw = self._random
        other = Author(draw.randrange(4000, 5000))
        later = plain.posted_at + timedelta(minutes=draw.randrange(2, 25))
        vanished = plain.posted_at + timedelta(hours=draw.randrange(10, 60))
        match variety:
            case 0:
                several = tuple(draw.sample(papers, min(3, len(papers))))
                yield replace(plain, papers=several, urls=tuple(FORMS[0].format(id=paper) for paper in several))
            case 1:
                yield replace(plain, kind="root", urls=())
                reply = replace(plain, status_id=self._id(later), kind="own_reply", posted_at=later, peak=plain.peak // 10)
                yield replace(reply, replies_to=plain.author)
            case 2:
                yield replace(plain, kind="retweet")
            case 3:
                asked_about = self._id(plain.posted_at - timedelta(hours=1))
                yield replace(plain, kind="foreign_reply", replies_to=other, conversation_id=asked_about)
            case 4:
                versions = (plain.status_id, self._id(later))
                yield replace(plain, versions=versions)
                yield replace(plain, status_id=versions[1], versions=versions, prose=plain.prose + "!", posted_at=later)
            case 5:
                yield replace(plain, link_in_note=True)
            case 6:
                yield replace(plain, kind="listing", papers=(), urls=LISTINGS)
            case 7:
                yield replace(plain, falls=True)
            case 8 | 9 | 10 | 11 | 12:
                gone: tuple[Gone, ...] = ("deleted", "protected", "suspended", "disallowed", "withheld")
                yield replace(plain, gone=gone[variety - 8], gone_at=vanished)
            case 13:
                yield replace(plain, silent=True)
            case _:
                yield plain

    def _id(self, moment: datetime) -> str:
        self._sequence += 1
        return snowflake(moment, self._sequence)
