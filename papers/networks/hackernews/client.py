"""Hacker News: the stories that link papers by Algolia's search, and their points and comments again by the official API.

Public descriptions: https://hn.algolia.com/api and https://github.com/HackerNews/API
"""

import html
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html.entities import html5
from typing import Any, ClassVar, Self

import httpx

from papers.networks.api import Api, EachAlone, utc_now
from papers.networks.base import LONGEST_ADDRESS, Count, FoundPost, GoneReason, Network, PostsRead, Run
from papers.networks.paper_links import paper_ids_in
from papers.networks.strict_json import LATEST, counts, items, line_of, mapping, moment, text_of, whole_number
from papers.sources.left_out import LeftOut
from papers.text.links import LONGEST_ADDRESS as LONGEST_LINK

ARXIV, ELSEWHERE = "arxiv.org", ("alphaxiv.org", "huggingface.co/papers", "hf.co/papers")
LARGEST_ANSWER = 1000
"""Algolia gives no more hits to one query, on however many pages."""
MOST_QUERIES = 100
"""For the parts of one window: a total that is wrong must not cost one for each of its seconds."""
NEWBORN = timedelta(minutes=10)
"""A story may be in the search before the official API has it."""
LAST_SECOND = int(datetime(LATEST, 1, 1, tzinfo=UTC).timestamp()) - 1
ID = r"[1-9][0-9]{0,14}"
ENTITY = re.compile(r"&((?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});)", re.IGNORECASE | re.ASCII)
PAGE = re.compile(rf"(?:https?://)?news\.ycombinator\.com/item\?(?:[^#\s]*&)?id=({ID})(?:[&#]\S*)?", re.ASCII)


class HackerNews(Network):
    name: ClassVar = "hackernews"
    title: ClassVar = "Hacker News"
    counted: ClassVar[tuple[Count, ...]] = (Count("points", "point", "points"), Count("comments", "comment", "comments"))
    needed: ClassVar = "an id or a moment"
    weights: ClassVar[Mapping[str, float]] = {"points": 1, "comments": 0}
    mark: ClassVar = (
        '<path fill="currentColor" fill-rule="evenodd" d="M1 1h14v14H1zM4.3 4l2.9 5.2V12.5h1.6V9.2L11.7 4H9.9L8 7.6 6.1 4z"/>'
    )

    def __init__(self, search: Api, item: Api, *, now: Callable[[], datetime] = utc_now) -> None:
        self._search = search
        self._item = item
        self._now = now

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        def api(setting: str) -> Api:
            return Api(client, getattr(settings, setting), service=cls.title, setting=setting, attempts=attempts, now=now)

        return cls(api("HACKERNEWS_API_BASE"), api("HACKERNEWS_ITEM_BASE"), now=now)

    @staticmethod
    def is_id(text: str) -> bool:
        return re.fullmatch(ID, text, re.ASCII) is not None

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        return f"https://news.ycombinator.com/item?id={id}"

    @classmethod
    def id_in(cls, address: str) -> str | None:
        found = PAGE.fullmatch(address.strip()) if len(address) <= LONGEST_ADDRESS else None
        return found[1] if found else None

    def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost | LeftOut]:
        """One query for a window that goes on; once it is over, one more for each other address of papers, which are rare.

        The search is fuzzy: a story counts only where its own URL is a paper's.
        """
        for query in (ARXIV, *ELSEWHERE) if end < self._now() else (ARXIV,):
            yield from self._linking(query, start, end, itertools.count(1))

    def _linking(self, query: str, start: datetime, end: datetime, asked: Iterator[int]) -> Iterator[FoundPost | LeftOut]:
        """Of the window, and of its halves where it has more stories than one query gives."""
        first, last = int(start.timestamp()), int(end.timestamp())
        if first >= last:
            return
        if next(asked) > MOST_QUERIES:
            raise self._search.incomplete()
        # Numeric filters on anything else (points, comments) are refused.
        answer = self._search.get(
            "/api/v1/search_by_date",
            {
                "query": query,
                "restrictSearchableAttributes": "url",
                "tags": "story",
                "numericFilters": f"created_at_i>={first},created_at_i<{last}",
                "hitsPerPage": LARGEST_ANSWER,
                "page": 0,
            },
            is_odd=_is_empty_by_mistake,
        )
        if not isinstance(mapping(answer).get("hits"), list):
            raise self._search.malformed("`hits`")
        hits = items(answer["hits"])
        if _is_cut(answer, len(hits)) and last - first > 1:
            middle = start + timedelta(seconds=(last - first) // 2)
            yield from self._linking(query, start, middle, asked)
            yield from self._linking(query, middle, end, asked)
            return
        read = [(hit, _hit(hit)) for hit in hits]
        stories = [story for _, story in read if story]
        readable = sum(not self.lacking(story) for story in stories)
        has_addresses = any(text_of(mapping(hit).get("url")) for hit in hits)  # not each: some stories are a text alone
        self._search.expect("objectID, url, created_at_i and points", readable if has_addresses else 0, len(hits))
        for story in stories:
            if story.papers:
                yield story
                if lacks := self.lacking(story):
                    yield LeftOut(story.id, lacks)
        unread = (mapping(hit) for hit, story in read if not story)
        yield from (LeftOut(str(whole_number(hit.get("objectID")) or ""), self.needed) for hit in unread)
        if len(hits) < _promised(answer):
            raise self._search.incomplete()

    def read(self, posts: Mapping[str, datetime]) -> PostsRead:
        reading, asked = PostsRead(posts), EachAlone()
        for id in posts:
            if not self.is_id(id):
                reading.gone[id] = GoneReason.DELETED
                continue
            with asked.question():
                item = self._item.get(f"/v0/item/{id}.json")
                if item is None and posts[id] > self._now() - NEWBORN:
                    continue
                if item is None or mapping(item).get("deleted") is True:
                    reading.gone[id] = GoneReason.DELETED
                elif mapping(item).get("dead") is True:
                    reading.gone[id] = GoneReason.WITHHELD
                else:
                    self.keep(reading, id, _item(mapping(item)))
        asked.done()
        return reading


def _is_empty_by_mistake(answer: object) -> bool:
    """Whether it has no stories, and says that there are some: that is no quiet day."""
    read = mapping(answer)
    return read.get("hits") == [] and bool(whole_number(read.get("nbHits")))


def _promised(answer: Mapping[str, Any]) -> int:
    """How many stories a page must have by its own, exact total."""
    if answer.get("exhaustiveNbHits") is not True:
        return 0
    total, page = whole_number(answer.get("nbHits")) or 0, whole_number(answer.get("hitsPerPage")) or LARGEST_ANSWER
    return min(total, page, LARGEST_ANSWER)


def _is_cut(answer: Mapping[str, Any], given: int) -> bool:
    """Whether there are more than came. The total may be an estimate, and a page shorter than we asked for."""
    total = whole_number(answer.get("nbHits")) or 0
    page = whole_number(answer.get("hitsPerPage")) or LARGEST_ANSWER
    return given >= LARGEST_ANSWER or total > LARGEST_ANSWER or total > given >= page


def _hit(raw: object) -> FoundPost | None:
    hit = mapping(raw)
    made = {"points": hit.get("points"), "comments": hit.get("num_comments")}
    id, posted = hit.get("objectID") or hit.get("story_id"), hit.get("created_at_i")
    if whole_number(posted) is None and (told := moment(hit.get("created_at"))):
        posted = int(told.timestamp())
    return _story(hit, id, hit.get("author"), posted, made)


def _item(item: Mapping[str, Any]) -> FoundPost | None:
    made = {"points": item.get("score"), "comments": item.get("descendants")}
    return _story(item, item.get("id"), item.get("by"), item.get("time"), made)


def _story(raw: Mapping[str, Any], id: object, author: object, posted: object, made: Mapping[str, object]) -> FoundPost | None:
    """The story; None where its id or its moment cannot be read."""
    number, seconds = whole_number(id), whole_number(posted)
    if not number or len(str(number)) > 15 or not seconds or seconds > LAST_SECOND:
        return None
    url, title = text_of(raw.get("url")), _plain(line_of(raw.get("title")))[:500]
    handle = text_of(author)
    handle = handle if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", handle) else ""
    return FoundPost(
        id=str(number),
        author_id=handle,
        handle=handle,
        name=handle,
        posted_at=datetime.fromtimestamp(seconds, UTC),
        papers=paper_ids_in([url]),
        runs=(Run(title, url if url.startswith(("https://", "http://")) and len(url) <= LONGEST_LINK else ""),) if title else (),
        language="en",
        counts=counts(made),
    )


def _plain(title: str) -> str:
    """Both services give some titles with entities (`Q&amp;A`). An & that begins none stays as it is."""

    def character(found: re.Match[str]) -> str:
        return html.unescape(found[0]) if found[1].startswith("#") or found[1] in html5 else found[0]

    return line_of(ENTITY.sub(character, title))
