"""Time and query count of pages at 300 and at 30,000 digests, rendered in this process; then pages as served (bench.serving)."""

import io
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import django
from tqdm import tqdm

os.environ["PAGE_CACHE_MIB"] = "0"  # what is measured here is rendering
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bench import serving  # noqa: E402
from bench.search import vocabulary  # noqa: E402
from digests.markdown.files import PostFile  # noqa: E402
from digests.markdown.format import Post, PostPaper, PostTweet, parse, render  # noqa: E402
from digests.markdown.importing import store  # noqa: E402
from digests.models import Digest, Entry  # noqa: E402
from papers.models import Paper, PaperCategory  # noqa: E402
from papers.rendered.waiting import render_changed  # noqa: E402
from papers.rows import insert  # noqa: E402
from papers.text.identifiers import SNOWFLAKE_EPOCH_MS  # noqa: E402

SIZES = (300, 30_000)
PAPERS = 13
FEW_PAPERS = 3
"""Papers on each day that exists only to reach the number of days."""
ROUNDS = 30
VOCABULARY, WEIGHTS = vocabulary()
TODAY = datetime.now(UTC).date()
FULL = (0, 150, 5_000)
"""Days ago of the lists with thirteen papers: today's, and those whose pages are measured, of few digests and of many."""
HOSTILE = 6_000
"""Days ago of the list whose abstracts are hostile."""
FIRST_TWEET = datetime(2012, 1, 2, tzinfo=UTC)


def day_of(number: int) -> date:
    """The day so many days ago. Lists are made backwards, so that pages about the last days find as much among few as among
    many; those before 1991 have no page, but rows."""
    return TODAY - timedelta(days=number)


def arxiv_id(number: int, place: int) -> str:
    return f"{number // 7000:02}01.{number % 7000 * PAPERS + place:05}"


def a_post(number: int) -> Post:
    """One day's post with thirteen papers, the same for the same number. Its words are as frequent as in real abstracts, so
    that it is compressed as well as these, not better."""
    chance = random.Random(number)

    def words(count: int) -> str:
        return " ".join(chance.choices(VOCABULARY, cum_weights=WEIGHTS, k=count))

    day = day_of(number)
    moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    tweeted = FIRST_TWEET + timedelta(hours=number)
    status = (int(tweeted.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22
    papers = []
    for place in range(PAPERS):
        tweets = [
            PostTweet(str(status + place * 8 + n), "en", "ltr", TWEET + words(12), "Example Lab", "example_lab", tweeted.date())
            for n in range(place % 4)
        ]
        papers.append(
            PostPaper(
                arxiv_id=arxiv_id(number, place),
                title=f"{words(7).title()}, $n = {place}$, of Day {number}",
                authors=("Ada Example", "Bob S\\'ample", "Čeněk Instance"),
                categories=("cs.LG", "stat.ML"),
                abstract=" ".join(f"We {words(15)} ``{words(2)}'' of order $\\mathcal{{O}}(n^{n})$." for n in range(8)),
                retweets=number % 97 + place,
                favorites=number % 89 + place,
                read_at=moment,
                tweets=tuple(tweets),
            )
        )
    return Post(day, moment, tuple(papers))


TWEET = "Look at <br>this &amp; that: "


def fill(start: int, stop: int) -> None:
    """Make the lists from `start` up to `stop` days ago: thirteen papers on those of FULL, few on the others."""
    numbers = [number for number in range(start, stop) if number not in (*FULL, HOSTILE)]
    with transaction.atomic():
        for number in set(FULL) & set(range(start, stop)):
            text = render(a_post(number))
            store(PostFile(path=None, post=parse(text), text=text, repaired_lines=0, hopeless_lines=(), normalised=False))  # type: ignore[arg-type]
        days = insert(
            Digest,
            ["date", "status", "written_at", "published_at", "changed_at"],
            [(day_of(number), "published", FIRST_TWEET, FIRST_TWEET, FIRST_TWEET) for number in numbers],
            returning=["id"],
        )
        places = [(number, place) for number in numbers for place in range(FEW_PAPERS)]
        papers = insert(
            Paper,
            ["arxiv_id", "title", "abstract", "authors", "listing_date"],
            [(arxiv_id(*one), f"Paper {one}", "Short.", ["Ada Example"], day_of(one[0])) for one in tqdm(places, disable=None)],
            returning=["id"],
        )
        insert(PaperCategory, ["paper", "position", "code"], [(pk, 0, "cs.LG") for (pk,) in papers])
        insert(
            Entry,
            ["digest", "position", "paper", "read_at"],
            [(days[n // FEW_PAPERS][0], n % FEW_PAPERS + 1, pk, FIRST_TWEET) for n, (pk,) in enumerate(papers)],
        )
    render_changed()
    if connection.vendor == "postgresql":  # what its autovacuum does by and by; SQLite never has statistics
        connection.cursor().execute("ANALYZE")


def print_hostile_day() -> None:
    """Measure a day whose abstracts are formulas that the converter would never finish, before and after they are rendered."""
    day = day_of(HOSTILE)
    worst = "$f" + "(" * 60 + "$"
    papers = tuple(paper._replace(arxiv_id=f"9001.{n:05}", abstract=worst) for n, paper in enumerate(a_post(0).papers))
    text = render(a_post(0)._replace(day=day, papers=papers))
    store(PostFile(path=None, post=parse(text), text=text, repaired_lines=0, hopeless_lines=(), normalised=False))  # type: ignore[arg-type]
    for moment in ("before", "after"):
        if moment == "after":
            render_changed()
        print(f"a day of 13 hostile abstracts {moment} rendering: {measure(f'/posts/hot-papers-{day}')[0]:.2f} ms")


def measure(path: str) -> tuple[float, int]:
    """Median ms of processor time, the database's included, and the number of queries."""
    client, times, queries = Client(headers={"host": "127.0.0.1"}), [], []

    def count(execute: Callable[..., object], sql: str, *rest: object) -> object:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    for _ in range(ROUNDS):
        started = time.process_time()
        client.get(path)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000, len(queries)


def main() -> int:
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    figures: dict[str, list[tuple[float, int]]] = {}
    filled = 0
    for size, measured in zip(SIZES, FULL[1:], strict=True):
        middle = a_post(measured)
        fill(filled, size)
        filled = size
        pages = {
            "home": "/",
            "digest": f"/posts/hot-papers-{middle.day}",
            "paper": f"/papers/{middle.papers[0].arxiv_id}",
            "category": "/categories/cs.LG",
            "rss": "/rss.xml",
        }
        for name, path in pages.items():
            figures.setdefault(name, []).append(measure(path))
    print_hostile_day()
    for name, ((few_ms, few), (many_ms, many)) in figures.items():
        print(
            f"{name:<10}{SIZES[0]:>6,} digests {few_ms:>7.2f} ms {few:>3} queries   "
            f"{SIZES[1]:>6,} digests {many_ms:>7.2f} ms {many:>3} queries   {many_ms / few_ms:>5.2f} x the time"
        )
    failed = not all(few == many <= 10 for (_, few), (_, many) in figures.values())
    return serving.measure({name: pages[name] for name in ("digest", "home")}) | failed


if __name__ == "__main__":
    sys.exit(main())
