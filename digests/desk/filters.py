"""Which of the day's candidates an editor wants to see."""

from dataclasses import dataclass
from typing import Self

from django.http import QueryDict

from papers.models import Paper
from papers.ranking.ranking import RankedPaper

SHOWN = 200
"""Candidates on the page, unless all are asked for: those below have hardly any tweets."""


@dataclass(frozen=True)
class Filters:
    category: str = ""
    """A category (`cs.LG`) or an archive (`cs`)."""
    threshold: int = 0
    """The lowest score."""
    text: str = ""
    """Words of title, authors or arXiv id, each somewhere."""
    network: str = ""
    """A network of which a post counts."""
    all: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From a page's address; what makes no sense there is as if it were absent."""
        threshold = query.get("threshold", "")
        return cls(
            category=query.get("category", "").strip(),
            threshold=int(threshold) if threshold.isascii() and threshold.isdecimal() and len(threshold) < 10 else 0,
            text=query.get("text", "").strip(),
            network=query.get("network", "").strip(),
            all=query.get("all") == "1",
        )

    @property
    def are_set(self) -> bool:
        return bool(self.category or self.threshold or self.text or self.network)

    def admit(self, paper: Paper, codes: list[str], heat: RankedPaper) -> bool:
        if heat.score < self.threshold or (self.network and self.network not in heat.counts):
            return False
        if self.category and not any(code == self.category or code.split(".")[0] == self.category for code in codes):
            return False
        text = " ".join([paper.arxiv_id, paper.title, *paper.authors]).casefold()
        return all(word in text for word in self.text.casefold().split())
