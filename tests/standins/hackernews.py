"""A stand-in for Hacker News: Algolia's search by date (https://hn.algolia.com/api) and the official items."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.standins.damage import renamed
from tests.standins.serving import FAULTS, JSON, Reply, Request, Standin

MOST_HITS = 1000


@dataclass
class Story:
    id: int
    posted_at: datetime
    url: str | None
    title: str = "A Synthetic Paper"
    author: str = "tester"
    points: int | None = 37
    comments: int | None = 12
    deleted: bool = False
    dead: bool = False


class HackerNewsStandin(Standin):
    """Both services in one; the search finds what looks like the words, as the real one does, and stories without a URL, too."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now
        self.stories: dict[int, Story] = {}
        self.largest_page = MOST_HITS
        self.guessed_total: int | None = None
        self.lost = 0
        """So many of the stories that an answer counts are not in it."""
        self.renamed: frozenset[str] = frozenset()
        """Fields of a hit that have another name."""
        self.damaged: dict[int, frozenset[str]] = {}
        """The same, of these stories alone."""

    def add(self, *stories: Story) -> None:
        self.stories |= {story.id: story for story in stories}

    def faults(self) -> Mapping[str, Reply]:
        return {**FAULTS, "429": Reply(429, b'{"message":"Too many requests"}', JSON)}

    def answer(self, request: Request) -> Reply:
        if request.path == "/api/v1/search_by_date":
            return self._search(request)
        item = re.fullmatch(r"/v0/item/([0-9]+)\.json", request.path)
        return Reply(200, json.dumps(self._item(int(item[1]))).encode(), JSON) if item else Reply(404)

    def _is_there(self, story: Story) -> bool:
        return story.posted_at <= self.now()

    def _search(self, request: Request) -> Reply:
        asked = request.params
        filters = [re.fullmatch(r"([a-z_]+)(>=|<=|>|<|=)([0-9]+)", one) for one in asked.get("numericFilters", "").split(",")]
        bounds = [one for one in filters if one]
        if len(bounds) != len(filters) or any(one[1] != "created_at_i" for one in bounds):
            return Reply(400, b'{"message":"invalid numeric attribute","status":400}', JSON)

        def within(story: Story) -> bool:
            at = int(story.posted_at.timestamp())
            holds = {">=": at.__ge__, "<=": at.__le__, ">": at.__gt__, "<": at.__lt__, "=": at.__eq__}
            return all(holds[one[2]](int(one[3])) for one in bounds)

        matching = [
            story
            for story in sorted(self.stories.values(), key=lambda story: story.posted_at, reverse=True)
            if self._is_there(story)
            and not story.deleted
            and not story.dead
            and within(story)
            and looks_like(asked["query"], story)
        ]
        size, page = min(int(asked.get("hitsPerPage", "20")), self.largest_page), int(asked.get("page", "0"))
        given = matching[:MOST_HITS][page * size : (page + 1) * size][self.lost :]
        return Reply(
            200,
            json.dumps(
                {
                    "hits": [renamed(hit(story), self.renamed | self.damaged.get(story.id, frozenset())) for story in given],
                    "nbHits": len(matching) if self.guessed_total is None else self.guessed_total,
                    "page": page,
                    "nbPages": -(-min(len(matching), MOST_HITS) // size),
                    "hitsPerPage": size,
                    "exhaustiveNbHits": self.guessed_total is None,
                }
            ).encode(),
            JSON,
        )

    def _item(self, id: int) -> dict[str, Any] | None:
        story = self.stories.get(id)
        if story is None or not self._is_there(story):
            return None
        if story.deleted:
            return {"id": id, "deleted": True, "time": int(story.posted_at.timestamp()), "type": "story"}
        made = {"id": id, "by": story.author, "time": int(story.posted_at.timestamp()), "type": "story", "title": story.title}
        counts = {"score": story.points, "descendants": story.comments, "url": story.url}
        return (
            made | {name: value for name, value in counts.items() if value is not None} | ({"dead": True} if story.dead else {})
        )


def looks_like(query: str, story: Story) -> bool:
    """Whether all of its words are somewhere in the URL, in any order."""
    words = set(re.split(r"\W+", (story.url or query).lower()))
    return words.issuperset(re.split(r"\W+", query.lower()))


def hit(story: Story) -> dict[str, Any]:
    seconds = int(story.posted_at.timestamp())
    return {
        "objectID": str(story.id),
        "title": story.title,
        "url": story.url,
        "author": story.author,
        "points": story.points,
        "num_comments": story.comments,
        "created_at": f"{story.posted_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "created_at_i": seconds,
        "story_id": story.id,
        "_tags": ["story", f"author_{story.author}", f"story_{story.id}"],
    }
