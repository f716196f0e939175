"""A list's entries as its page shows them: with the history of their counts and how many posts link them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from digests.models import Entry
from digests.reader.pages import charts
from digests.reader.pages.histories import History, histories
from papers.code_links import code_links
from papers.models import Mention, of_live_tweet

SPARKLINE = {"width": 96, "height": 24, "inset": 2}


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """An entry, and what its page says of it besides what it holds."""

    entry: Entry
    history: History | None
    posts: int
    """Posts that link the paper, count and are still there, as far as they are here."""

    @property
    def score(self) -> int:
        """As printed."""
        return self.entry.retweets + self.entry.favorites

    @property
    def sparkline(self) -> charts.Line | None:
        """None where there is nothing to draw: fewer than two readings."""
        return sparkline(self.history) if self.history else None

    @property
    def code(self) -> tuple[str, ...]:
        """Addresses of repositories."""
        return code_links(self.entry.paper, self.entry.abstract)


def shown_papers(entries: Iterable[Entry], *, with_posts: bool = False) -> list[ShownPaper]:
    """The entries in their order; one query, or two with the number of posts (else 0)."""
    entries = list(entries)
    papers = [entry.paper_id for entry in entries]
    found = histories(papers)
    posts: dict[int, int] = {}
    if with_posts:
        counted = Mention.objects.filter(of_live_tweet(), tweet__is_excluded=False, paper__in=papers)
        posts = dict(counted.values_list("paper").annotate(Count("pk")))
    return [ShownPaper(entry, found.get(entry.paper_id), posts.get(entry.paper_id, 0)) for entry in entries]


def sparkline(history: History) -> charts.Line | None:
    if len(history.readings) < 2:
        return None
    points = [(reading.at, reading.score) for reading in history.readings]
    return charts.line(points, top=max(1, *(score for _, score in points)), **SPARKLINE)
