"""`thin` and `status` among 100 thousand readings and among 10 million: the cost is that of what is due, not of what is there.

The many were thinned as they came: they are what a history is made of that is years old.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Model  # noqa: E402

from bench.databases import run  # noqa: E402
from hotpapers_site.health import report  # noqa: E402
from papers import collection_report, triggers  # noqa: E402
from papers.counts.thinning import STEPS, thin  # noqa: E402
from papers.models import PaperMeasurement, ThinnedUntil, Tweet, TweetMeasurement  # noqa: E402

FEW = 100_000
DUE = 10_000
"""Readings that come in a day."""
READINGS_A_POST = 40
MOST = 3.0
ROUNDS = 5
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def numbered(count: int) -> tuple[str, str]:
    """What begins a statement, and a table `numbers` of n from 0 on."""
    if connection.vendor == "sqlite":
        return f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1})", "numbers"
    return "", f"generate_series(0, {count - 1}) AS numbers(n)"


def moment(step: float) -> str:
    """An expression of n and a parameter, the first moment: so many seconds apart."""
    if connection.vendor == "sqlite":
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f000', %s, '+' || (n * {step}) || ' seconds')"
    return f"%s::timestamptz + n * {step} * interval '1 second'"


def fill(first: int, count: int, start: datetime, over: timedelta, next_read_at: datetime) -> None:
    """Posts, and their readings in the order in which they came: READINGS_A_POST of each. One post in a hundred is read again."""
    posts = max(1, count // READINGS_A_POST)
    each_s = over.total_seconds() / count
    again = "CASE WHEN n %% 100 = 0 THEN %s END" + ("" if connection.vendor == "sqlite" else "::timestamptz")
    post = {"id": f"{first} + n", "network": "'x'", "status_id": f"'{first}' || n", "retweets": "n", "favorites": "n"}
    moments = {"posted_at": (moment(each_s * READINGS_A_POST), start), "next_read_at": (again, next_read_at)}
    insert(Tweet, posts, post, moments)
    reading = {"tweet_id": f"{first} + n %% {posts}", "provenance": "'network'", "retweets": f"n / {posts}", "favorites": "1"}
    insert(TweetMeasurement, count, reading, {"read_at": (moment(each_s), start)})


def insert(model: type[Model], count: int, expressions: dict[str, str], given: dict[str, tuple[str, datetime]]) -> None:
    """So many rows, made by the database itself from expressions of n, some with a moment; the rest gets its default."""
    named = expressions | {name: text for name, (text, _) in given.items()}
    parameters = [connection.ops.adapt_datetimefield_value(value) for _, value in given.values()]
    for field in model._meta.concrete_fields:
        if field.attname not in named and not field.null and not field.primary_key:
            named[field.attname] = "%s"
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
    begin, source = numbered(count)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(named)}) {begin} SELECT {', '.join(named.values())} FROM {source}",
            parameters,
        )


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def look_at_all() -> None:
    """Note that everything there has been thinned already."""
    for model in (TweetMeasurement, PaperMeasurement):
        last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        for step in STEPS:
            ThinnedUntil.objects.update_or_create(name=f"{model._meta.db_table} {step.name}", defaults={"key": last})


def figures(now: datetime) -> dict[str, float]:
    """Seconds of each action; of those that can be repeated, the shortest time."""
    again: dict[str, Callable[[], object]] = {
        "status": lambda: (collection_report.report(now), report.report()),
        "due posts": lambda: list(Tweet.objects.due_for_refresh(now=now)[:100]),
    }
    took = {name: min(seconds(action) for _ in range(ROUNDS)) for name, action in again.items()}
    return took | {"thin": seconds(lambda: thin(now))}


def measure(count: int) -> int:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF" if connection.vendor == "sqlite" else "SET session_replication_role = replica")
    triggers.drop(connection)  # what they note of millions of new rows is another matter
    took, there, never = [], 0, NOW + timedelta(days=1000)
    for number, wanted in enumerate((FEW, count), 1):
        more, start = wanted - there, NOW - timedelta(days=400)
        filled_s = seconds(partial(fill, there + 1, more, start, timedelta(days=390), never))
        look_at_all()
        there, now = wanted, NOW + timedelta(days=30 * number)
        fill(10**9 + wanted, DUE, now - timedelta(days=3, hours=12), timedelta(days=1), now)
        if connection.vendor == "postgresql":  # what its autovacuum does by and by
            connection.cursor().execute("ANALYZE")
        print(f"{connection.vendor:<11} {wanted:,} readings made in {filled_s:.0f} s", flush=True)
        took.append(figures(now))
        Tweet.objects.filter(next_read_at=now).update(next_read_at=never)
    over = False
    for name, few in took[0].items():
        ratio = took[1][name] / few
        over |= ratio > MOST
        times = f"{few * 1000:>8.1f} ms {took[1][name] * 1000:>8.1f} ms"
        print(f"{connection.vendor:<11} {name:<10} {times} {ratio:>5.2f} x (limit {MOST:g})")
    return over


if __name__ == "__main__":
    sys.exit(run("thinning", measure, rows="readings", default=10_000_000))
