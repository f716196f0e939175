"""The product at 3 thousand papers, at 100 thousand and at a million (or `--papers`): readers' pages, status, and what is due.

Each figure is the least processor time of some runs, and how many times that among the few papers it is: what a page or a task
costs must not depend on how much there is. Everything else grows with the papers (`bench admin`).
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.test import Client  # noqa: E402

from bench.admin import fill  # noqa: E402
from bench.databases import run  # noqa: E402
from bench.sizes import compare, shortest  # noqa: E402
from digests.models import Digest  # noqa: E402
from digests.page_cache.middleware import cache  # noqa: E402
from hotpapers_site.health import report  # noqa: E402
from papers import collection_report  # noqa: E402
from papers.counts.claiming import claim_due  # noqa: E402
from papers.counts.embedding import to_embed  # noqa: E402
from papers.counts.thinning import thin  # noqa: E402
from papers.models import Paper, Tweet  # noqa: E402

ROUNDS = 5
STEPS = (100_000,)
"""Sizes between the small one and the largest."""
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DUE = 200
"""Posts whose counts are due, at either size."""


def actions() -> dict[str, Callable[[], object]]:
    client = Client(headers={"host": "127.0.0.1"})
    digest = Digest.objects.filter(status="published").order_by("-date")[0]
    paper = Paper.objects.order_by("-pk")[0]

    def page(path: str) -> Callable[[], object]:
        def ask() -> None:
            cache.clear()
            if (code := client.get(path).status_code) != 200:
                raise RuntimeError(f"{path} answered {code}")

        return ask

    paths = {
        "home": "/",
        "a list": f"/posts/hot-papers-{digest.date}",
        "a paper": paper.get_absolute_url(),
        "a day": f"/days/{digest.date}",
        "archive": "/archive",
        "all papers": "/papers",
        "a category": "/categories/cs.LG",
        "a search": "/search?q=zebrafish",
        "rss": "/rss.xml",
    }
    return {name: page(path) for name, path in paths.items()} | {
        "status": lambda: (collection_report.report(NOW), report.report()),
        "due posts": lambda: list(claim_due(most=DUE, now=NOW)),
        "texts to fetch": lambda: to_embed(NOW),
        "thin, nothing due": lambda: thin(NOW),
    }


def measure() -> dict[str, float]:
    """Milliseconds of each action."""
    newest = list(Tweet.objects.order_by("-pk").values_list("pk", flat=True)[:DUE])

    def make_due() -> None:
        Tweet.objects.filter(pk__in=newest).update(next_read_at=NOW - timedelta(hours=4))

    return {name: shortest(action, ROUNDS, *[make_due] * (name == "due posts")) for name, action in actions().items()}


def fill_and_thin(size: int, days: int) -> None:
    fill(size, days)
    thin(NOW)


def grow(count: int) -> int:
    return compare(fill_and_thin, measure, *(size for size in STEPS if size < count), count)


if __name__ == "__main__":
    sys.exit(run("growth", grow, rows="papers", default=1_000_000))
