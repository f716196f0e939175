"""A generated Bluesky: posts about given papers, what becomes of them and of their authors, and the stream that tells it.

The same for the same seed; counts differ from minute to minute.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from tests.standins.bluesky import BlueskyPost, external, link
from tests.standins.jetstream import Event, event_of, told_account, told_post
from tests.standins.tweets import FORMS, LISTINGS, NEVER, PROSE

AUTHORS = 900
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
SHORTENED = "arxiv.org/abs/26…"
Version = tuple[tuple[str, ...], str, list[dict[str, Any]], dict[str, Any] | None]
"""Papers, text, facets and embed."""


@dataclass(frozen=True, slots=True)
class BlueskyAuthor:
    number: int
    moves_at: datetime = NEVER
    """Has another handle from then on."""
    leaves_at: datetime = NEVER
    status: str = "deleted"
    returns_at: datetime = NEVER
    hides_at: datetime = NEVER
    """Is shown to those who have signed in alone, from then on."""

    @property
    def did(self) -> str:
        return f"did:plc:world{self.number:019}"

    def handle(self, at: datetime) -> str:
        return f"{'moved' if at >= self.moves_at else 'lab'}-{self.number}.example.test"

    def is_gone(self, at: datetime) -> bool:
        return self.leaves_at <= at < self.returns_at


class WorldPost(BlueskyPost):
    """A post that follows the world's clock: what is set of it is ignored but for what it was made with."""

    def __init__(
        self, number: int, author: BlueskyAuthor, posted_at: datetime, now: Callable[[], datetime], peak: int, language: str
    ) -> None:
        self.author, self.now, self.peak = author, now, peak
        self.deleted_at = self.taken_down_at = self.edited_at = NEVER
        self.versions: list[Version] = []
        """Before and after it was edited."""
        super().__init__(author.did, record_key(posted_at, number), posted_at, langs=[language])

    def papers(self, at: datetime) -> tuple[str, ...]:
        return self._version(at)[0]

    def is_live(self, at: datetime) -> bool:
        """Whether everybody may see it and it links a paper."""
        return not self._is_gone(at) and at < min(self.taken_down_at, self.author.hides_at) and bool(self.papers(at))

    def counted(self, at: datetime) -> dict[str, int]:
        hours = max(0.0, (at - self.posted_at) / timedelta(hours=1))
        likes = int(self.peak * (1 - 2 ** (-hours / 8)))
        return {"likes": likes, "reposts": likes // 5, "replies": likes // 20, "quotes": likes // 50}

    def record(self) -> dict[str, Any]:
        return self.record_at(self.now())

    def record_at(self, at: datetime) -> dict[str, Any]:
        _, text, facets, embed = self._version(at)
        shown = BlueskyPost(self.did, self.rkey, self.posted_at, text, facets, embed, langs=self.langs)
        return shown.record()

    def view(self) -> dict[str, Any]:
        at = self.now()
        self.handle, self.name, self.counts = self.author.handle(at), f"Lab {self.author.number} & Co", self.counted(at)
        self.author_labels = ["!no-unauthenticated"] if at >= self.author.hides_at else []
        self.labels = ["!takedown"] if at >= self.taken_down_at else []
        return super().view()

    @property
    def urls(self) -> list[str]:
        _, text, facets, embed = self._version(self.now())
        return BlueskyPost(self.did, self.rkey, self.posted_at, text, facets, embed).urls

    @property
    def gone(self) -> bool:
        return self._is_gone(self.now())

    @gone.setter
    def gone(self, value: bool) -> None:
        """Ignored: the timetable says it."""

    def _is_gone(self, at: datetime) -> bool:
        return at >= self.deleted_at or self.author.is_gone(at)

    def _version(self, at: datetime) -> Version:
        return self.versions[-1 if at >= self.edited_at else 0]


def record_key(moment: datetime, number: int) -> str:
    """A TID: https://atproto.com/specs/tid"""
    value = ((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) << 10) + number % 1024
    return "".join(DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


@dataclass
class BlueskyWorld:
    """So many posts for each listing day, most on that day, the rest in the days after it, and as many about nothing."""

    listings: Iterable[tuple[str, date]]
    """Papers (arXiv id without version) and the day on which each is announced."""
    now: Callable[[], datetime]
    per_day: int = 800
    seed: int = 0
    posts: list[WorldPost] = field(init=False, repr=False)
    """Oldest first; those about nothing too."""
    events: list[Event] = field(init=False, repr=False)
    """As the stream tells them: duplicates, and some that come late."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        by_day = groupby(sorted(self.listings, key=lambda listing: listing[1]), key=lambda listing: listing[1])
        days = [(day, [paper for paper, _ in listings]) for day, listings in by_day]
        starts = [datetime.combine(day, time(), UTC) for day, _ in days]
        self.authors = [self._author(number, starts) for number in range(AUTHORS)]
        made = [post for day, papers in days for post in self._day(day, papers)]
        here = [post for post in made if not post.author.is_gone(post.posted_at)]
        self.posts = sorted(here, key=lambda post: post.posted_at)
        self.events = sorted(self._told(), key=lambda told: told[0])

    def _author(self, number: int, starts: Sequence[datetime]) -> BlueskyAuthor:
        at = self._random.choice(starts) + timedelta(hours=30 + self._random.random() * 40) if starts else NEVER
        match number % 30:
            case 1 | 2:
                return BlueskyAuthor(number, moves_at=at)
            case 3:
                return BlueskyAuthor(number, leaves_at=at, status=self._random.choice(("deleted", "takendown", "suspended")))
            case 4:
                return BlueskyAuthor(number, leaves_at=at, status="deactivated", returns_at=at + timedelta(hours=9))
            case 5:
                return BlueskyAuthor(number, hides_at=at)
        return BlueskyAuthor(number)

    def _day(self, day: date, papers: Sequence[str]) -> Iterator[WorldPost]:
        draw = self._random
        ranked, weights = draw.sample(papers, len(papers)), [1 / (place + 1) for place in range(len(papers))]
        for number, paper in enumerate(draw.choices(ranked, weights, k=self.per_day)):
            hours = 1 + min(draw.expovariate(1 / 10), 100) + draw.random()
            posted_at = datetime.combine(day, time(), UTC) + timedelta(hours=hours)
            peak, author = min(int(2 * draw.paretovariate(0.9)), 9_000), draw.choice(self.authors)
            language, _, prose = PROSE[number % len(PROSE)]
            post = WorldPost(number, author, posted_at, self.now, peak, language)
            several = tuple(draw.sample(papers, min(2, len(papers))))
            self._compose(post, draw.randrange(24), number, paper, several, prose)
            yield post
            nothing = WorldPost(number + 512, draw.choice(self.authors), posted_at + timedelta(seconds=1), self.now, 0, "en")
            nothing.versions = [((), f"Nothing to see here, not even {paper}", [], None)]
            yield nothing

    def _compose(self, post: WorldPost, variety: int, number: int, paper: str, several: tuple[str, ...], prose: str) -> None:
        """What it says, in one of the ways in which people link, and what becomes of it."""
        url = FORMS[number % len(FORMS)].format(id=paper)
        text = f"{prose} {SHORTENED}"
        by_facet: Version = ((paper,), text, [link(text, SHORTENED, url)], None)
        by_embed: Version = ((paper,), prose, [], external(url))
        media = {"$type": "app.bsky.embed.recordWithMedia", "media": external(url)}
        alone: Version = ((), f"{prose} {url}", [], None)
        later = post.posted_at + timedelta(minutes=self._random.randrange(2, 2000))
        post.versions = [by_facet if number % 2 else by_embed]
        match variety:
            case 0:
                both = f"{prose} {SHORTENED} & {SHORTENED}!"
                facets = [
                    link(both, SHORTENED, FORMS[0].format(id=several[0])),
                    link(both, f"{SHORTENED}!", FORMS[2].format(id=several[-1])),
                ]
                post.versions = [(tuple(dict.fromkeys(several)), both, facets, None)]
            case 1:
                post.versions = [((paper,), prose, [], media)]
            case 2:
                post.versions = [alone]
            case 3:
                post.versions = [((), prose, [], external(LISTINGS[number % len(LISTINGS)]))]
            case 4:
                post.versions, post.edited_at = [alone, by_facet], later
            case 5:
                post.versions, post.edited_at = [by_embed, alone], later
            case 6:
                other = next((one for one in several if one != paper), paper)
                post.versions, post.edited_at = [by_embed, ((other,), prose, [], external(FORMS[0].format(id=other)))], later
            case 7 | 8:
                post.deleted_at = later
            case 9:
                post.deleted_at = post.posted_at + timedelta(seconds=2)
            case 10:
                post.taken_down_at = later

    def _told(self) -> Iterator[Event]:
        draw = self._random
        for post in self.posts:
            at = post.posted_at
            made = event_of(at, told_post(post, "create", post.record_at(at)))
            yield made
            if draw.random() < 0.1:  # the same again, a little later
                yield (at + timedelta(seconds=draw.randrange(20)), *made[1:])
            if post.edited_at < NEVER:
                yield event_of(post.edited_at, told_post(post, "update", post.record_at(post.edited_at)))
            if post.deleted_at < NEVER:
                told = event_of(post.deleted_at, told_post(post, "delete", None))
                # Some deletions are told before what they delete.
                yield (at - timedelta(seconds=1), *told[1:]) if post.deleted_at - at < timedelta(seconds=5) else told
        for author in self.authors:
            if author.moves_at < NEVER:
                identity = {"did": author.did, "handle": author.handle(author.moves_at)}
                yield event_of(author.moves_at, {"did": author.did, "kind": "identity", "identity": identity})
            if author.leaves_at < NEVER:
                gone = told_account(author.did, author.leaves_at, active=False, status=author.status)
                yield event_of(author.leaves_at, gone)
            if author.returns_at < NEVER:
                yield event_of(author.returns_at, told_account(author.did, author.returns_at, active=True))
