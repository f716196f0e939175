"""The history of counts thinned: the first time, and again when a day's readings are due, among 100 thousand and many more.

What a run costs must depend on what is due, not on what is there.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.databases import run  # noqa: E402
from papers.counts.thinning import thin  # noqa: E402
from papers.models import TweetMeasurement  # noqa: E402

FEW = 100_000
DUE = 10_000
"""Readings that come in a day."""
READINGS_A_POST = 40
MOST = 3.0
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def fill(first: int, count: int, start: datetime, over: timedelta) -> None:
    """Readings in the order in which they came, of posts that are read READINGS_A_POST times."""
    step = over.total_seconds() / count
    if connection.vendor == "sqlite":
        moment = "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', %s, '+' || (n * %s) || ' seconds')"
        numbers = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s - 1)"
        source = "numbers"
    else:
        moment = "%s::timestamptz + n * %s * interval '1 second'"
        numbers, source = "", "generate_series(0, %s - 1) AS numbers(n)"
    posts = max(1, count // READINGS_A_POST)
    with connection.cursor() as cursor:
        parameters = [count] if numbers else []
        cursor.execute(
            f"INSERT INTO papers_tweetmeasurement (tweet_id, read_at, provenance, retweets, favorites) {numbers} "
            f"SELECT {first} + n %% {posts}, {moment}, 'network', n / {posts}, n / {posts} FROM {source}",
            [*parameters, start, step, *([] if numbers else [count])],
        )


def seconds(now: datetime) -> tuple[float, int]:
    started = time.perf_counter()
    deleted = thin(now)
    return time.perf_counter() - started, deleted


def measure(count: int) -> int:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        # The posts themselves are not needed.
        cursor.execute("PRAGMA foreign_keys = OFF" if connection.vendor == "sqlite" else "SET session_replication_role = replica")
    took = {}
    there = 0
    for wanted in (FEW, count):
        more = wanted - there
        fill(there + 1, more, NOW - timedelta(days=400), timedelta(days=390))
        there = wanted
        first, deleted = seconds(NOW)
        print(f"{connection.vendor:<11} {wanted:>10,} readings: first run {first:6.1f} s, {deleted:,} deleted")
        now = NOW + timedelta(days=30 if wanted == FEW else 60)
        fill(10**9 + wanted, DUE, now - timedelta(days=3, hours=12), timedelta(days=1))
        took[wanted], deleted = seconds(now)
        print(f"{connection.vendor:<11} {wanted:>10,} readings: {DUE:,} due {took[wanted]:6.2f} s, {deleted:,} deleted")
    ratio = took[count] / took[FEW]
    print(f"{connection.vendor:<11} {TweetMeasurement.objects.count():>10,} left; {ratio:.2f} x (limit {MOST})")
    return ratio > MOST


if __name__ == "__main__":
    sys.exit(run("thinning", measure, rows="readings", default=2_000_000))
