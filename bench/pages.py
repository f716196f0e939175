"""Time and query count of the home, digest and paper page at 300 and at 3,000 digests, rendered in this process."""

import io
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import django
from tqdm import tqdm

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from digests.importing import store  # noqa: E402
from digests.post import Post, PostPaper, PostTweet, parse, render  # noqa: E402
from digests.post_files import Reading  # noqa: E402

SIZES = (300, 3000)
PAPERS = 12
ROUNDS = 30
FIRST_DAY = date(2012, 1, 2)


def a_post(number: int) -> Post:
    """One day's post with twelve papers, the same for the same number."""
    day = FIRST_DAY + timedelta(days=number)
    moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    status = (int(moment.timestamp() * 1000) - 1_288_834_974_657) << 22
    papers = []
    for place in range(PAPERS):
        tweet = PostTweet(str(status + place), "en", "ltr", "Look at <br>this &amp; that", "Example Lab", "example_lab", day)
        papers.append(
            PostPaper(
                arxiv_id=f"{number // 9000:02}01.{number % 9000 * 11 + place:05}",
                title=f"A Synthetic Paper, $n = {place}$, of Day {number}",
                authors=("Ada Example", "Bob S\\'ample", "Čeněk Instance"),
                categories=("cs.LG", "stat.ML"),
                abstract="We show that synthetic papers have ``synthetic'' abstracts. " * 15,
                retweets=number % 97 + place,
                favorites=number % 89 + place,
                read_at=moment,
                tweets=(tweet,),
            )
        )
    return Post(day, moment, tuple(papers))


def fill(start: int, stop: int) -> None:
    with transaction.atomic():
        for number in tqdm(range(start, stop), desc="digests", unit="", leave=False, disable=None):
            post = a_post(number)
            text = render(post)
            store(Reading(path=None, post=parse(text), text=text, mended_lines=0, hopeless_lines=(), normalised=False))  # type: ignore[arg-type]


def measure(path: str) -> tuple[float, int]:
    """Median ms and the number of queries."""
    client, times, queries = Client(headers={"host": "127.0.0.1"}), [], []

    def count(execute: Callable[..., object], sql: str, *rest: object) -> object:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000, len(queries)


def main() -> int:
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    figures: dict[str, list[tuple[float, int]]] = {}
    filled = 0
    for size in SIZES:
        fill(filled, size)
        filled = size
        middle = a_post(size // 2)
        pages = {
            "home": "/",
            "digest": f"/posts/hot-papers-{middle.day}",
            "paper": f"/papers/{middle.papers[0].arxiv_id}",
            "category": "/categories/cs.LG",
            "rss": "/rss.xml",
        }
        for name, path in pages.items():
            figures.setdefault(name, []).append(measure(path))
    for name, ((few_ms, few), (many_ms, many)) in figures.items():
        print(
            f"{name:<10}{SIZES[0]:>6,} digests {few_ms:>7.2f} ms {few:>3} queries   "
            f"{SIZES[1]:>6,} digests {many_ms:>7.2f} ms {many:>3} queries   {many_ms / few_ms:>5.2f} x the time"
        )
    return 0 if all(few == many <= 10 for (_, few), (_, many) in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
