"""The product at 3 thousand papers and at 100 thousand (or more): readers' pages, status, and what is due.

Each figure is the shortest of some times, and its ratio to that among the few papers: what a page or a task costs must not depend
on how much there is. Of everything else there is as much as belongs to the papers (`bench admin`).
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.admin import DAYS, FEW, fill  # noqa: E402
from bench.databases import run  # noqa: E402
from digests.models import Digest  # noqa: E402
from digests.page_cache.middleware import cache  # noqa: E402
from hotpapers_site.health import report  # noqa: E402
from papers import status  # noqa: E402
from papers.counts.claiming import claim_due  # noqa: E402
from papers.counts.embedding import to_embed  # noqa: E402
from papers.counts.thinning import thin  # noqa: E402
from papers.models import Paper, Tweet  # noqa: E402

LIMIT = 3.0
ROUNDS = 5
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
        "status": lambda: (status.report(NOW), report.report()),
        "due posts": lambda: list(claim_due(most=DUE, now=NOW)),
        "texts to fetch": lambda: to_embed(NOW),
        "thin, nothing due": lambda: thin(NOW),
    }


def measure() -> dict[str, float]:
    """Milliseconds of each."""
    # SQLite works in this process: its time is the process's own, whatever else the machine does.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    newest = list(Tweet.objects.order_by("-pk").values_list("pk", flat=True)[:DUE])
    taken = {}
    for name, action in actions().items():
        times = []
        for _ in range(ROUNDS + 1):
            if name == "due posts":
                Tweet.objects.filter(pk__in=newest).update(next_read_at=NOW - timedelta(hours=4))
            started = clock()
            action()
            times.append((clock() - started) * 1000)
        taken[name] = min(times[1:])
    return taken


def compare(count: int) -> int:
    call_command("migrate", verbosity=0)
    figures = []
    for size in (FEW, count):
        call_command("flush", verbosity=0, interactive=False, reset_sequences=True)
        if connection.vendor == "sqlite":  # its checks run in Python, its cache is too small for keys in no order
            connection.cursor().execute("PRAGMA ignore_check_constraints = ON")
            connection.cursor().execute("PRAGMA cache_size = -1000000")
        started = time.perf_counter()
        fill(size, max(size // 200, DAYS))
        connection.close()
        if connection.vendor == "postgresql":  # what its autovacuum does by and by
            connection.cursor().execute("VACUUM ANALYZE")
        thin(NOW)
        print(f"{connection.vendor:<11} {size:,} papers made in {time.perf_counter() - started:.0f} s", flush=True)
        figures.append(measure())
    few, many = figures
    over = [name for name in few if many[name] > LIMIT * few[name]]
    for name in few:
        times = f"{few[name]:>8.1f} ms{many[name]:>9.1f} ms{many[name] / few[name]:>7.2f} x"
        print(f"{connection.vendor:<11} {name:<20}{times}{f'   OVER {LIMIT:g}' if name in over else ''}")
    return bool(over)


if __name__ == "__main__":
    sys.exit(run("growth", compare, rows="papers", default=100_000))
