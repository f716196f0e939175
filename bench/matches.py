"""Posts of the stream that link papers, into the database: how many a second, with the place kept in the same transaction."""

import sys
import time
from datetime import UTC, date, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.databases import run  # noqa: E402
from papers.collecting.following import keep  # noqa: E402
from papers.models import Mention, Paper, StreamPlace  # noqa: E402
from papers.networks.base import FoundPost, Heard, Run  # noqa: E402
from papers.rows import insert  # noqa: E402

AT_ONCE = 2000
WANTED = 2000
START = datetime(2026, 11, 20, tzinfo=UTC)
PAPERS = 1000


def heard(first: int, count: int) -> Heard:
    found = tuple(
        FoundPost(
            id=f"at://did:plc:{n % 5000:024}/app.bsky.feed.post/3k{n}",
            author_id=f"did:plc:{n % 5000:024}",
            handle="",
            name="",
            posted_at=START + timedelta(milliseconds=n),
            papers=(f"2611.{10_000 + n % PAPERS}",),
            runs=(Run("A synthetic post about "), Run("arxiv.org/abs/2611…", "https://arxiv.org/abs/2611.10000")),
        )
        for n in range(first, first + count)
    )
    return Heard(found, frozenset(), {}, frozenset(), first + count, count, 0, None, False, "")


def measure(count: int) -> int:
    call_command("migrate", verbosity=0)
    papers = [(f"2611.{10_000 + n}", f"Paper {n}", date(2026, 11, 20)) for n in range(PAPERS)]
    insert(Paper, ["arxiv_id", "title", "listing_date"], papers)
    StreamPlace.objects.create(network="bluesky", leader="bench:1")
    batches = [heard(first, min(AT_ONCE, count - first)) for first in range(0, count, AT_ONCE)]
    started = time.perf_counter()
    for batch in batches:
        keep("bluesky", batch, "bench:1")
    rate = count / (time.perf_counter() - started)
    within = rate >= WANTED and Mention.objects.count() == count
    print(
        f"{connection.vendor:<11} {rate:,.0f} matches/s into the database (at least {WANTED:,}): {'within' if within else 'OVER'}"
    )
    return not within


if __name__ == "__main__":
    sys.exit(run("matches", measure, rows="posts", default=20_000))
