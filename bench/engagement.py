"""A reading of 100,000 tweets with its history, beside the fastest bare SQL and beside Django's bulk methods.

The bare SQL writes the same columns of the same tables from rows that lie ready in order: a temporary table, UPDATE … FROM and
INSERT … SELECT. It decides nothing; our way also works out when each tweet is due again, and locks.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench.databases import run  # noqa: E402
from papers.counts.measuring import Reading, record  # noqa: E402
from papers.models import Mention, Paper, Provenance, Tweet, TweetMeasurement  # noqa: E402
from papers.rows import insert  # noqa: E402

ROUNDS = 5
TWEETS_A_PAPER = 5
BULK_ROWS = 5_000
"""Django's methods take so long that they get fewer rows."""
START = datetime(2026, 11, 1, tzinfo=UTC)
SLOWEST = 2.0
FASTER_THAN_DJANGO = 15.0
Row = tuple[int, datetime, int, int, int, int, datetime]


def fill(count: int) -> None:
    """Make `count` tweets about a fifth as many papers, each read once."""
    papers = [
        (f"{2600 + n // 90_000}.{10_000 + n % 90_000}", f"Paper {n}", date(2026, 11, 1)) for n in range(count // TWEETS_A_PAPER)
    ]
    paper_ids = [pk for (pk,) in insert(Paper, ["arxiv_id", "title", "listing_date"], papers, returning=["id"])]
    tweets = []
    for n in range(count):
        posted_at = START + timedelta(seconds=n)
        tweets.append((str(2 * 10**18 + n), posted_at, 1, 5, 0, 0, START + timedelta(days=2), START + timedelta(days=3)))
    columns = ["status_id", "posted_at", "retweets", "favorites", "replies", "quotes", "read_at", "next_read_at"]
    tweet_ids = [pk for (pk,) in insert(Tweet, columns, tweets, returning=["id"])]
    insert(Mention, ["tweet_id", "paper_id"], ((pk, paper_ids[n // TWEETS_A_PAPER]) for n, pk in enumerate(tweet_ids)))


def rows(number: int, count: int) -> list[Row]:
    """The tweets' counts at another moment, ordered by tweet."""
    read_at = START + timedelta(days=3, hours=number)
    ids = Tweet.objects.order_by("pk").values_list("pk", flat=True)[:count]
    return [(pk, read_at, number + pk % 50, number + pk % 200, 1, 0, read_at + timedelta(hours=8)) for pk in ids]


def ours(given: list[Row]) -> Callable[[], object]:
    readings = [Reading(*row[:6]) for row in given]
    random.Random(1).shuffle(readings)
    return lambda: record(readings, now=given[0][1])


def bare(given: list[Row]) -> Callable[[], object]:
    tweets, history, papers = "papers_tweet", "papers_tweetmeasurement", "papers_papermeasurement"
    names = ["retweets", "favorites", "replies", "quotes", "read_at", "next_read_at"]
    changes = ", ".join(f"{name} = fresh.{name}" for name in names)
    update = f"UPDATE {tweets} SET {changes} FROM fresh WHERE {tweets}.id = fresh.tweet_id"
    keep = (
        f"INSERT INTO {history} (tweet_id, read_at, provenance, retweets, favorites) "
        "SELECT tweet_id, read_at, 'network', retweets, favorites FROM fresh"
    )
    sums = (
        f"INSERT INTO {papers} (paper_id, read_at, provenance, retweets, favorites) "
        "SELECT paper_id, %s, 'network', SUM(retweets), SUM(favorites) FROM papers_mention JOIN papers_tweet "
        "ON papers_tweet.id = tweet_id WHERE state = 'live' AND NOT is_excluded GROUP BY paper_id"
    )
    is_sqlite = connection.vendor == "sqlite"
    moment = "text" if is_sqlite else "timestamptz"
    counts = ", ".join(f"{name} integer" for name in names[:4])
    columns = f"tweet_id bigint, read_at {moment}, {counts}, next_read_at {moment}"
    ready: list[tuple[Any, ...]] = [(pk, str(at)[:19], *read, str(due)[:19]) for pk, at, *read, due in given]
    text = "".join("\t".join(map(str, row)) + "\n" for row in ready)

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE fresh ({columns})")
            if is_sqlite:
                cursor.executemany("INSERT INTO fresh VALUES (%s, %s, %s, %s, %s, %s, %s)", ready)
            else:
                with cursor.copy("COPY fresh FROM STDIN") as copy:
                    copy.write(text)
            cursor.execute(update)
            cursor.execute(keep)
            cursor.execute(sums, [ready[0][1]])
            cursor.execute("DROP TABLE fresh")

    return write


def bulk(given: list[Row]) -> Callable[[], object]:
    """Django’s bulk methods, without the papers’ history."""
    names = ["read_at", "retweets", "favorites", "replies", "quotes", "next_read_at"]
    tweets = [Tweet(pk=pk, **dict(zip(names, values, strict=True))) for pk, *values in given]
    history = [
        TweetMeasurement(tweet_id=pk, read_at=at, provenance=Provenance.NETWORK, retweets=retweets, favorites=favorites)
        for pk, at, retweets, favorites, *_ in given
    ]

    def write() -> None:
        with transaction.atomic():
            Tweet.objects.bulk_update(tweets, names, batch_size=100)
            TweetMeasurement.objects.bulk_create(history, batch_size=1000)

    return write


def seconds(action: Callable[[], object]) -> float:
    """Seconds that an action takes on fresh tables: no history, no dead rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM papers_tweetmeasurement")
            cursor.execute("DELETE FROM papers_papermeasurement")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("TRUNCATE papers_tweetmeasurement, papers_papermeasurement")
            cursor.execute("VACUUM FULL ANALYZE papers_tweet")
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure(count: int) -> int:
    call_command("migrate", verbosity=0)
    fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times: dict[str, list[float]] = {"ours": [], "bare SQL": [], "Django's bulk": []}
    bulk_count = min(count, BULK_ROWS)
    for number in range(0, 3 * ROUNDS, 3):
        times["ours"].append(seconds(ours(rows(number, count))))
        times["bare SQL"].append(seconds(bare(rows(number + 1, count))))
        times["Django's bulk"].append(seconds(bulk(rows(number + 2, bulk_count))) * count / bulk_count)
    for name, taken in times.items():
        print(f"{connection.vendor:<11} {name:<14}{count / statistics.median(taken):>9,.0f} tweets/s")
    slower = statistics.median(one / floor for one, floor in zip(times["ours"], times["bare SQL"], strict=True))
    faster = statistics.median(django / one for one, django in zip(times["ours"], times["Django's bulk"], strict=True))
    within = slower <= SLOWEST and faster >= FASTER_THAN_DJANGO
    print(
        f"{connection.vendor:<11} {slower:.2f} x the time of bare SQL (at most {SLOWEST:g}), {faster:.0f} x as fast as Django's "
        f"bulk_update + bulk_create (at least {FASTER_THAN_DJANGO:g}): {'within' if within else 'OVER'}"
    )
    return not within


if __name__ == "__main__":
    sys.exit(run("engagement", measure, rows="tweets", default=100_000))
