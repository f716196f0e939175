"""The desk at 200 and 1,000 candidates: bytes and processor time of changes, polls and the page, and a browser’s time.

A list of 64 papers is edited with every candidate on the page, after a year of lists. Fails over the bounds.
"""

import gc
import json
import logging
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from bench import desk_page  # noqa: E402
from bench.databases import run  # noqa: E402
from digests.models import Digest, Entry  # noqa: E402
from papers.models import Paper  # noqa: E402
from tests.digests.desk.desk_days import DAY, make_day, make_draft  # noqa: E402

LISTED = 64
ROUNDS = 15
PAST_LISTS, PAPERS_OF_A_LIST = 260, 15
MOST_KB = {200: 30, 1000: 60}
MOST_MS = 150
SHOWN = "?all=1&show=all"
"""Shows every candidate, the listed ones too: the longest page."""
VERSION = re.compile(r'id="(c|in)-([^"]+)"[^>]*?data-v="(\w+)"')


class Desk:
    """An editor's page, which knows the versions of its rows."""

    def __init__(self) -> None:
        self.client = Client(headers={"host": "127.0.0.1", "accept-encoding": "gzip"})
        self.client.force_login(User.objects.create_superuser("bench"))
        page = Client(headers={"host": "127.0.0.1"})
        page.cookies = self.client.cookies
        self.rows: dict[str, str] = {}
        self.take(page.get(f"/admin/desk/{DAY}/{SHOWN}").content.decode())
        gc.collect()
        gc.freeze()  # as a web process does when it begins

    def take(self, html: str) -> None:
        for column, paper, version in VERSION.findall(html):
            self.rows[f"in-{paper}" if column == "in" else paper] = version

    def change(self, action: str, **body: Any) -> tuple[int, float]:
        """The answer’s bytes as sent, and its milliseconds of processor time."""
        have = " ".join(f"{row}:{version}" for row, version in self.rows.items())
        sent = json.dumps({**body, "revision": Digest.objects.get(date=DAY).revision, "have": have})
        began = time.process_time()
        answer = self.client.post(f"/admin/desk/{DAY}/{action}{SHOWN}", sent, content_type="application/json")
        took = (time.process_time() - began) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{action} answered {answer.status_code}")
        return len(answer.content), took


def make_past_lists() -> None:
    """Make past lists whose titles share words; some of their authors write often."""
    words = "sparse graph deep neural attention language model robust learning vision diffusion speech".split()  # noqa: SIM905
    for n in range(PAST_LISTS):
        day = DAY - timedelta(days=n + 1)
        papers = Paper.objects.bulk_create(
            Paper(
                arxiv_id=f"{2500 + n // 100}.{20000 + n % 100 * 100 + k}",
                title=" ".join(words[(n * k + step * (k + 1)) % len(words)] for step in range(7)) + f" w{n} w{k}",
                authors=[f"Author {(n * 31 + k * 7 + one) % 3000}" for one in range(6)] + ["Fatma Instance"] * (k == 3),
                listing_date=day,
            )
            for k in range(PAPERS_OF_A_LIST)
        )
        moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        digest = Digest.objects.create(date=day, status="published", written_at=moment, published_at=moment)
        Entry.objects.bulk_create(
            Entry(digest=digest, paper=paper, position=place, read_at=moment) for place, paper in enumerate(papers, 1)
        )


def measure(candidates: int) -> list[str]:
    """The figures that exceed their bounds."""
    call_command("flush", verbosity=0, interactive=False)
    made = make_day(candidates, hot=LISTED)
    make_draft(made[:LISTED])
    make_past_lists()
    papers = [paper.arxiv_id for paper in made]
    desk = Desk()
    figures: dict[str, list[tuple[int, float]]] = {}
    for n in range(ROUNDS):
        figures.setdefault("pin", []).append(desk.change("pin", paper=papers[n], pinned=True))
        figures.setdefault("note", []).append(desk.change("note", paper=papers[n], text="A word on it", base=""))
        figures.setdefault("move", []).append(desk.change("move", paper=papers[n], position=40, moves=0))
        figures.setdefault("remove", []).append(desk.change("remove", paper=papers[n]))
        figures.setdefault("add", []).append(desk.change("add", paper=papers[LISTED + n]))
    over = []
    for action, measured in figures.items():
        size, took = max(size for size, _ in measured) / 1000, median(took for _, took in measured)
        is_over = size > MOST_KB[candidates] or took > MOST_MS
        told = f"{size:6.1f} kB at most  {took:6.0f} ms of processor time{'   OVER' if is_over else ''}"
        print(f"{candidates:>5,} candidates  {action:<10} {told}")
        over += [f"{action} at {candidates}"] if is_over else []
    removals = [{"action": "remove", "body": {"paper": one, "revision": 0}} for one in papers[ROUNDS:LISTED]]
    size, took = desk.change("changes", changes=removals)
    print(f"{candidates:>5,} candidates  {len(removals)} removals in one request: {size / 1000:.1f} kB, {took:.0f} ms")
    over += [f"removals at {candidates}"] if size / 1000 > MOST_KB[candidates] else []
    print_reads(desk, candidates)
    return over + desk_page.measure(candidates, SHOWN)


def print_reads(desk: Desk, candidates: int) -> None:
    """Measure the page, and a poll that finds nothing new."""
    state = desk.client.get(f"/admin/desk/{DAY}/state").json()
    for name, address in {
        "page": f"/admin/desk/{DAY}/{SHOWN}",
        "idle poll": f"/admin/desk/{DAY}/state?seen={state['revision']}&pulse={state['pulse']}&here=",
    }.items():
        began = time.process_time()
        answer = desk.client.get(address)
        took = (time.process_time() - began) * 1000
        told = f"{len(answer.content) / 1000:6.1f} kB          {took:6.0f} ms, status {answer.status_code}"
        print(f"{candidates:>5,} candidates  {name:<10} {told}")


def compare(_: int) -> int:
    logging.getLogger("papers.rendered.queueing").setLevel("ERROR")  # there is no queue here, and none is needed
    call_command("migrate", verbosity=0)
    over = [one for candidates in MOST_KB for one in measure(candidates)]
    print(f"over the bounds: {', '.join(over)}" if over else "all within the bounds")
    return bool(over)


if __name__ == "__main__":
    sys.exit(run("desk", compare, rows="candidates", default=1_000))
