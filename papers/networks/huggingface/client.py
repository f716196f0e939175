"""Hugging Face daily papers: which papers the site lists on a day, with their upvotes and comments.

A paper is a post of its own here, by its arXiv id. The listing day is that site's: one or more after arXiv's, weekends too.
Public description: https://huggingface.co/docs/hub/api
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Self

import httpx

from papers.networks.api import Api, EachAlone, Params
from papers.networks.base import LONGEST_ADDRESS, Count, FoundPost, GoneReason, Network, PostsRead
from papers.networks.paper_links import paper_id
from papers.networks.strict_json import counts, mapping, moment, text_of
from papers.sources.left_out import LeftOut

PAGE_SIZE = 100
FULL_PAGES = (50, PAGE_SIZE)
"""The site's default, too, in case it gives no larger ones."""
MOST_PAGES = 20
CLOCKS_DIFFER = timedelta(hours=1)
"""A day that has not begun by the site's clock is refused like a date in no calendar; by ours it may have."""
ID = r"[0-9]{4}\.[0-9]{4,5}"


class HuggingFace(Network):
    name: ClassVar = "huggingface"
    title: ClassVar = "Hugging Face"
    counted: ClassVar[tuple[Count, ...]] = (Count("upvotes", "upvote", "upvotes"), Count("comments", "comment", "comments"))
    needed: ClassVar = "an arXiv id"
    weights: ClassVar[Mapping[str, float]] = {"upvotes": 1, "comments": 0}
    mark: ClassVar = (
        '<circle cx="8" cy="8" r="6.7" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M4.8 9.2a3.3 3.3 0 0 0 6.4 0z" fill="currentColor"/>'
        '<circle cx="5.7" cy="6.3" r="1" fill="currentColor"/><circle cx="10.3" cy="6.3" r="1" fill="currentColor"/>'
    )

    def __init__(self, api: Api) -> None:
        self._api = api

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        setting = "HUGGINGFACE_API_BASE"
        return cls(Api(client, getattr(settings, setting), service=cls.title, setting=setting, attempts=attempts, now=now))

    @staticmethod
    def is_id(text: str) -> bool:
        return re.fullmatch(ID, text, re.ASCII) is not None

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        return f"https://huggingface.co/papers/{id}"

    @classmethod
    def id_in(cls, address: str) -> str | None:
        if len(address) > LONGEST_ADDRESS:
            return None
        address = address.strip() if "://" in address else f"https://{address.strip()}"
        is_ours = re.match(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/papers/", address)
        number = paper_id(re.sub(r"^https?://(?:www\.)?hf\.co/", "https://huggingface.co/", address)) if is_ours else None
        return number if number and cls.is_id(number) else None

    def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut]:
        """The papers of every listing day (UTC) that [start, end) touches."""
        day = start.astimezone(UTC).date()
        while datetime.combine(day, datetime.min.time(), UTC) < end:
            listed, left_out = self._listed(day)
            yield from listed.values()
            yield from left_out
            day += timedelta(days=1)

    def read(self, posts: Mapping[str, datetime]) -> PostsRead:
        """One or two calls for each day on which they were listed, and one for each paper that is not listed there any more."""
        reading, asked = PostsRead(posts), EachAlone()
        for day in sorted({listed_at.astimezone(UTC).date() for listed_at in posts.values()}):
            with asked.question():
                listed, _ = self._listed(day)
                reading.found |= {id: post for id, post in listed.items() if id in posts and not self.lacking(post)}
        for id in posts.keys() - reading.found.keys():
            if not self.is_id(id):
                reading.gone[id] = GoneReason.DELETED
                continue
            with asked.question():
                status, answer = self._api.ask("GET", f"/api/papers/{id}", accept=(404,))
                if status == 404:
                    reading.gone[id] = GoneReason.DELETED
                else:
                    self.keep(reading, id, _paper(answer, otherwise=posts[id]))
        asked.done()
        return reading

    def _listed(self, day: date) -> tuple[dict[str, FoundPost], list[LeftOut]]:
        """By arXiv id, and what cannot be read.

        A page that is moved on while it is read may repeat papers, but never ends the list early.
        """
        listed: dict[str, FoundPost] = {}
        left_out: list[LeftOut] = []
        midnight = datetime.combine(day, datetime.min.time(), UTC)
        for page in range(MOST_PAGES):
            asked: Params = {"date": day.isoformat(), "limit": PAGE_SIZE, "p": page}
            may_be_early = self._api.now() < midnight + CLOCKS_DIFFER
            status, answer = self._api.ask("GET", "/api/daily_papers", asked, accept=(400,) if may_be_early else ())
            if status == 400:
                break
            if not isinstance(answer, list):
                raise self._api.malformed("a list of papers")
            papers = [post for post in (_paper(one, otherwise=midnight) for one in answer) if post]
            self._api.expect("id and upvotes", sum(not self.lacking(post) for post in papers), len(answer))
            is_repeated = bool(page) and listed.keys() >= {post.id for post in papers}
            if is_repeated:  # by a site that knows no pages: whatever else is on it was told before
                break
            listed |= {post.id: post for post in papers}
            left_out += [LeftOut("", self.needed)] * (len(answer) - len(papers))
            left_out += [LeftOut(post.id, lacks) for post in papers if (lacks := self.lacking(post))]
            if len(answer) not in FULL_PAGES:
                break
        return listed, left_out


def _paper(raw: object, *, otherwise: datetime) -> FoundPost | None:
    """The paper as listed; fields stand in the list's entry or in its `paper`. None where its id cannot be read.

    `otherwise` is a moment of its listing day, and the answer where no other of that day is told.
    """
    entry = mapping(raw)
    paper = mapping(entry.get("paper"))

    def told(name: str) -> Any:
        return next((level[name] for level in (paper, entry) if level.get(name) is not None), None)

    id = re.sub(r"v[0-9]{1,3}\Z", "", text_of(told("id")))
    if not HuggingFace.is_id(id):
        return None
    # The paper's own `publishedAt` is arXiv's date; that of the entry is the moment of the listing, or arXiv's once more.
    said = (moment(told("submittedOnDailyAt")), moment(entry.get("publishedAt")) if paper else None)
    day = otherwise.astimezone(UTC).date()
    return FoundPost(
        id=id,
        author_id="",
        handle="",
        name="",
        posted_at=next((one for one in said if one and one.date() == day), otherwise),
        papers=(id,),
        runs=(),
        counts=counts({"upvotes": told("upvotes"), "comments": told("numComments")}),
    )
