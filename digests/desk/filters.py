"""Which of the day's candidates an editor wants to see."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict

from papers.models import Paper
from papers.ranking.ranking import RankedPaper

SHOWN = 200
"""Candidates on the page, unless all are requested; lower ones have hardly any posts."""

UNDECIDED, DISMISSED, EVERYTHING = "undecided", "dismissed", "all"
SHOWS = {UNDECIDED: "Undecided", DISMISSED: "Not today", EVERYTHING: "All candidates"}
"""Which candidates are shown: undecided ones, dismissed ones, or all."""
SCORE = re.compile(r"score([<>])([0-9]{1,9})")


@dataclass(frozen=True)
class Filters:
    category: str = ""
    """A category (`cs.LG`) or an archive (`cs`)."""
    threshold: int = 0
    """The lowest score."""
    text: str = ""
    """Words that each stand somewhere in title, authors, arXiv id or categories; or `score>200`."""
    network: str = ""
    """A network on which a post counts."""
    all: bool = False
    show: str = UNDECIDED

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the filters from a page's address; values that make no sense are ignored."""
        threshold = query.get("threshold", "")
        return cls(
            category=query.get("category", "").strip(),
            threshold=int(threshold) if threshold.isascii() and threshold.isdecimal() and len(threshold) < 10 else 0,
            text=query.get("text", "").strip(),
            network=query.get("network", "").strip(),
            all=query.get("all") == "1",
            show=show if (show := query.get("show", "")) in SHOWS else UNDECIDED,
        )

    @property
    def are_set(self) -> bool:
        return bool(self.category or self.threshold or self.text or self.network)

    @property
    def show_title(self) -> str:
        return SHOWS[self.show]

    def shows(self, arxiv_id: str, listed: Collection[str], dismissed: Collection[str]) -> bool:
        """Say whether a paper with these states is shown."""
        if self.show == UNDECIDED:
            return arxiv_id not in listed and arxiv_id not in dismissed
        return self.show == EVERYTHING or arxiv_id in dismissed

    def admit(self, paper: Paper, codes: list[str], heat: RankedPaper) -> bool:
        if heat.score < self.threshold or (self.network and self.network not in heat.counts):
            return False
        if self.category and not any(code == self.category or code.split(".")[0] == self.category for code in codes):
            return False
        text = " ".join([paper.arxiv_id, paper.title, *paper.authors, *codes]).casefold()
        return all(_holds(word, text, heat) for word in self.text.casefold().split())


def _holds(word: str, text: str, heat: RankedPaper) -> bool:
    """Say whether the word fits: `score>200` and `score<50` are about the score, every other word is about the text."""
    compared = SCORE.fullmatch(word)
    if compared is None:
        return word in text
    limit = int(compared[2])
    return heat.score > limit if compared[1] == ">" else heat.score < limit
