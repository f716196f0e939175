"""By how much the web server's memory grows over 100,000 requests with all that a client can vary, with PAGE_CACHE_MIB=64.

One real process (`manage.py web`), whose archive has several times as many pages as fit. Most requests are for pages that readers
see, under many spellings of the host, content codings and conditions; every tenth has a query that nobody asked before.
"""

import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import django

os.environ["PAGE_CACHE_MIB"] = "64"
django.setup()

from django.core.management import call_command  # noqa: E402
from tqdm import tqdm  # noqa: E402

from bench import serving  # noqa: E402
from bench.pages import fill  # noqa: E402
from digests.models import Digest  # noqa: E402
from papers.models import Paper  # noqa: E402

DIGESTS = 1500
REQUESTS, WARMING = 100_000, 1000
"""Requests sent before the first figure, so that modules, templates, connections and threads are loaded."""
FEW = 20
"""The number of pages that they ask for, so that almost none is cached when the measurement begins."""
CONNECTIONS = 8
LARGEST_GROWTH = 85
"""MiB."""
CODINGS = ("br", "gzip", "identity", "", "gzip;q=0, br", "*", "gzip, deflate, br, zstd")


def spelling(chance: random.Random, port: int) -> str:
    """One of the spellings of the server's own name, and sometimes a name that is not its own."""
    name = chance.choice(("localhost", "127.0.0.1", "localhost."))
    name = "".join(chance.choice((letter, letter.upper())) for letter in name)
    stranger = f"{chance.randrange(10**9)}.example{'x' * chance.choice((0, 200, 5000))}"
    return chance.choice((name, name, f"{name}:{port}", f"{name}:{chance.randrange(1, 65536)}", stranger))


def headers(chance: random.Random, port: int) -> dict[str, str]:
    coding = chance.choice(CODINGS)
    if chance.random() < 0.2:
        coding += f", x-{chance.randrange(10**9)};q=0.{chance.randrange(10)}" * chance.choice((1, 10, 300))
    chosen = {"Host": spelling(chance, port), "Accept-Encoding": coding}
    condition = chance.randrange(4)
    if condition == 1:
        chosen["If-None-Match"] = f'"{chance.getrandbits(128):032x}-br"' * chance.choice((1, 100))
    elif condition == 2:
        chosen["If-Modified-Since"] = f"Tue, {chance.randrange(1, 29):02} Nov 2026 09:00:{chance.randrange(60):02} GMT"
    return chosen


def targets(chance: random.Random, pages: list[str]) -> Iterator[str]:
    while True:
        if chance.random() < 0.1:  # invented, short and long; robots.txt is what costs the server least to make
            path = chance.choice(("/robots.txt", "/robots.txt", "/robots.txt", "/", chance.choice(pages)))
            yield f"{path}?{chance.randrange(10**9)}={'x' * chance.choice((1, 100, 3000))}"
        else:
            yield pages[int(len(pages) * chance.random() ** 8)]  # some are asked often, each is


def ask(port: int, pages: list[str], count: int, seed: int, tell: Callable[[], object]) -> None:
    """Send so many requests one after the other. The connection is opened again whenever the server closes it."""
    chance = random.Random(seed)
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for _, target in zip(range(count), targets(chance, pages), strict=False):
        connection.request(chance.choice(("GET", "GET", "GET", "HEAD")), target, headers=headers(chance, port))
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 304, 400):
            raise RuntimeError(f"{target} answered {answer.status}")
        tell()
    connection.close()


def ask_all(port: int, pages: list[str], count: int, seed: int) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        progress = tqdm(total=count, unit="request", disable=None)
        asked = [threads.submit(ask, port, pages, count // CONNECTIONS, seed + n, progress.update) for n in range(CONNECTIONS)]
        for one in asked:
            one.result()
        progress.close()


def resident(pid: int) -> float:
    """MiB of memory that this process and those it started hold."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return own / 1024 + sum(resident(int(child)) for child in children)


def main() -> int:
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    fill(0, DIGESTS)
    pages = [digest.get_absolute_url() for digest in Digest.objects.all()] + ["/", "/rss.xml", "/robots.txt", "/papers"]
    pages += [paper.get_absolute_url() for paper in Paper.objects.all()]
    random.Random(0).shuffle(pages)
    with serving.shipped(quiet=True, PAGE_CACHE_MIB="64") as server:
        ask_all(server.port, pages[:FEW], WARMING, seed=0)
        before = resident(server.pid)
        ask_all(server.port, pages, REQUESTS, seed=CONNECTIONS)
        grown = resident(server.pid) - before
    verdict = "within" if grown <= LARGEST_GROWTH else "OVER"
    print(
        f"{REQUESTS:,} requests for {len(pages):,} pages, PAGE_CACHE_MIB=64: from {before:.0f} MiB grown by {grown:.0f} MiB, "
        f"at most {LARGEST_GROWTH}: {verdict}"
    )
    return int(grown > LARGEST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
