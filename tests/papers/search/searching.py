"""Papers to search, and what is found."""

from datetime import UTC, datetime
from typing import Any

from papers.models import Paper, PaperMeasurement, Provenance
from papers.search.finding import search
from tests.factories import make_paper

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def measure(
    paper: Paper, retweets: int, favorites: int = 0, provenance: Provenance = Provenance.NETWORK, at: datetime = NOW
) -> None:
    PaperMeasurement.objects.create(paper=paper, read_at=at, provenance=provenance, retweets=retweets, favorites=favorites)


def make(title: str, abstract: str = "", *, hot: int = 0, **fields: Any) -> Paper:
    paper = make_paper(title=title, abstract=abstract, **fields)
    if hot:
        measure(paper, hot)
    return paper


def titles(query: str, **options: Any) -> list[str]:
    return [hit.paper.title for hit in search(query, **options).hits]


RENYI, NEED, ALL, VISION, LANGUAGE = (
    "On R\\'enyi Divergences",
    "Need for Attention",
    "Attention Is All You Need",
    "Vision with Divergent Attention",
    "Language and Vision Models, Large",
)
