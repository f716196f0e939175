"""Collecting papers, and what came of it."""

from datetime import date

from papers import clock
from papers.collecting.announced import collect_papers
from papers.models import CollectionDay, Paper, SourceDay
from tests.papers.conftest import FRIDAY, Week


def collect(week: Week, day: date = FRIDAY) -> CollectionDay:
    return collect_papers(day, now=clock.now(), sources=week.sources)


def listed() -> dict[str, date]:
    return dict(Paper.objects.values_list("arxiv_id", "listing_date"))


def attempts() -> int:
    """Those of arXiv in vain, for the one day that there is."""
    return SourceDay.objects.values_list("attempts", flat=True).get(source="arxiv")


def paths(week: Week) -> list[str]:
    return [request.path for request in week.arxiv.requests]
