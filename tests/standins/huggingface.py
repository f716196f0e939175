"""A stand-in for Hugging Face's daily papers: https://huggingface.co/docs/hub/api"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.standins.damage import renamed
from tests.standins.serving import FAULTS, JSON, Reply, Request, Standin

EARLY = Reply(400, b'{"error":"Invalid date"}', JSON)
"""For a day that is still to come."""


@dataclass
class DailyPaper:
    arxiv_id: str
    listed_at: datetime
    upvotes: int | None = 42
    comments: int | None = 2
    moved: bool = False
    """The counts stand on the other level."""
    gone: bool = False


class HuggingFaceStandin(Standin):
    largest_page = 100

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now
        self.papers: dict[str, DailyPaper] = {}
        self.renamed: frozenset[str] = frozenset()
        """Fields of a listed paper that have another name."""
        self.damaged: dict[str, frozenset[str]] = {}
        """The same, of these papers alone."""

    def add(self, *papers: DailyPaper) -> None:
        self.papers |= {paper.arxiv_id: paper for paper in papers}

    def faults(self) -> Mapping[str, Reply]:
        return {**FAULTS, "429": Reply(429, b'{"error":"Too many requests"}', {**JSON, "RateLimit-Reset": "17"}), "early": EARLY}

    def _is_there(self, paper: DailyPaper) -> bool:
        return not paper.gone and paper.listed_at <= self.now()

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/api/papers/"):
            paper = self.papers.get(request.path.removeprefix("/api/papers/"))
            if paper is None or not self._is_there(paper):
                return Reply(404, b'{"error":"Paper not found"}', JSON)
            return Reply(200, json.dumps(single(paper)).encode(), JSON)
        if request.path != "/api/daily_papers":
            return Reply(404)
        try:
            day = date.fromisoformat(request.params["date"])
        except ValueError:
            return Reply(400, b'{"error":"Invalid date"}', JSON)
        listed = [
            paper
            for paper in sorted(self.papers.values(), key=lambda paper: paper.listed_at)
            if paper.listed_at.date() == day and self._is_there(paper)
        ]
        size, page = min(int(request.params.get("limit", "50")), self.largest_page), int(request.params.get("p", "0"))
        return Reply(200, json.dumps([self._entry(one) for one in listed[page * size : (page + 1) * size]]).encode(), JSON)

    def _entry(self, paper: DailyPaper) -> dict[str, Any]:
        other = self.renamed | self.damaged.get(paper.arxiv_id, frozenset())
        listed = renamed(entry(paper), other)
        return listed | {"paper": renamed(listed["paper"], other)}


def single(paper: DailyPaper) -> dict[str, Any]:
    """As the answer for one paper has it: all on one level."""
    counts = {"upvotes": paper.upvotes, "numComments": paper.comments}
    return {
        "id": paper.arxiv_id,
        "title": "A Synthetic Paper",
        "summary": "…",
        "publishedAt": "2026-11-17T00:00:00.000Z",
        "authors": [{"name": "Ada Example"}],
        "submittedOnDailyAt": f"{paper.listed_at:%Y-%m-%d}T00:00:00.000Z",
    } | {name: value for name, value in counts.items() if value is not None}


def entry(paper: DailyPaper) -> dict[str, Any]:
    inner = single(paper)
    moves = ("upvotes",) if paper.moved else ("numComments",)
    outer = {name: inner.pop(name) for name in moves if name in inner}
    return {
        "paper": inner,
        "title": inner["title"],
        "publishedAt": f"{paper.listed_at:%Y-%m-%dT%H:%M:%S.000Z}",
        "submittedBy": {"fullname": "Example"},
    } | outer
