"""50 requests a second beside a busy day, in the large setup (nginx, 2 web servers, 6 workers): p99 beside that of an idle site.

A reader's request begins at its moment, whether or not earlier ones were answered. A fifth of the addresses nobody asked for
before: the web servers make them. Meanwhile three days of arXiv and their posts are collected, ranked, proposed and indexed, and
a list is withdrawn and published again and again.
"""

import argparse
import asyncio
import itertools
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.deployed.machine import Machine, machine, until
from tests.deployed.rehearsal import PROCESSES, past_listing_days, say, web_ready
from tests.deployed.servers import NAME
from tests.standins.running import services

RATE = 50
MOST = 3.0
FRESH_EVERY = 5
"""One request in so many asks for an address that no other asks for."""
DAYS, PAPERS_A_DAY, TWEETS_A_DAY = 3, 200, 1500
READING = ("redis", "nginx", "web a", "web b", "worker publishing a", "worker mirror a")
"""What runs while the site is idle."""


@dataclass
class Asked:
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def quantile_ms(self, share: float) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * share)] * 1000


async def ask(on: Machine, pages: list[str], for_s: float) -> Asked:
    asked, tasks = Asked(), set[asyncio.Task[None]]()
    context = ssl.create_default_context(cafile=str(on.folder / "nginx" / "certificate.pem"))
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    base = f"https://127.0.0.1:{on.https_port}"
    async with httpx.AsyncClient(verify=context, trust_env=False, timeout=30, limits=limits) as client:

        async def one(path: str, due: float) -> None:
            try:
                answer = await client.get(f"{base}{path}", headers={"Host": NAME}, extensions={"sni_hostname": NAME})
            except httpx.HTTPError as error:
                asked.failed.append(repr(error))
                return
            asked.seconds.append(time.monotonic() - due)
            if answer.status_code != 200:
                asked.failed.append(f"{path}: {answer.status_code}")

        began = time.monotonic()
        for number, page in zip(range(int(for_s * RATE)), itertools.cycle(pages), strict=False):
            due = began + number / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            path = f"{page}?n={began}-{number}" if number % FRESH_EVERY == 0 else page
            task = asyncio.create_task(one(path, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
    return asked


def busy(on: Machine, day: str, ended: threading.Event) -> None:
    """The editor of a busy day."""
    while not ended.wait(5):
        on.manage("withdraw_digest", day)
        on.manage("publish_digest", day, "--despite-findings")


def measure(on: Machine, for_s: float) -> int:
    first, *_, last = past_listing_days(datetime.now(UTC).date(), DAYS)
    on.start(*READING)
    until(lambda: len(web_ready(on)) == 2, 180, "both web servers are ready")
    for day in (first, last):
        on.manage("collect_papers", "--date", str(day))
        on.manage("collect_tweets", "--date", str(day))
    on.manage("shell", "-v", "0", "-c", "from digests.tasks import propose_drafts; propose_drafts()")
    for day in (first, last):
        on.manage("publish_digest", str(day), "--despite-findings")
    pages = ["/", f"/posts/hot-papers-{first}", "/archive", "/papers", "/rss.xml", f"/days/{first}"]
    pages = [page for page in pages if on.get(f"{page}?n=0").status_code == 200]
    figures = {"idle": asyncio.run(ask(on, pages, for_s))}
    say(f"Idle: {len(figures['idle'].seconds):,} answers; now all workers, beats and followers, and an editor")
    # The beats come last: what the others' start costs is no part of a busy day, and without a beat they have no work yet.
    on.start(*[name for name in on.commands if not name.startswith("beat")])
    until(lambda: len(on.status().get("processes", [])) >= PROCESSES - 2, 180, "all but the beats run")
    on.start()
    ended = threading.Event()
    editor = threading.Thread(target=busy, args=[on, str(last), ended], daemon=True)
    editor.start()
    figures["busy"] = asyncio.run(ask(on, pages, for_s))
    ended.set()
    editor.join()
    for name, asked in figures.items():
        quantiles = "  ".join(f"p{share * 100:g} {asked.quantile_ms(share):>7.1f} ms" for share in (0.5, 0.9, 0.99))
        print(
            f"{name:<5} {len(asked.seconds):>7,} answers at {RATE}/s  {quantiles}  {len(asked.failed)} failed {asked.failed[:2]}"
        )
    ratio = figures["busy"].quantile_ms(0.99) / figures["idle"].quantile_ms(0.99)
    papers = on.manage(
        "shell", "-v", "0", "-c", "from papers.models import *; print(Paper.objects.count(), Tweet.objects.count())"
    )
    print(f"p99 beside a busy day: {ratio:.2f} x idle (limit {MOST:g}); papers and posts then: {papers.strip().splitlines()[-1]}")
    return int(ratio > MOST or any(asked.failed for asked in figures.values()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench busy")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each, idle and busy (default 10)")
    for_s = parser.parse_args().minutes * 60
    folder = Path(tempfile.mkdtemp(prefix="hotpapers-busy-"))
    folder.chmod(0o755)  # PostgreSQL's user has to get in
    days = past_listing_days(datetime.now(UTC).date(), DAYS)
    began = {"first_day": days[0], "days": DAYS, "papers_a_day": PAPERS_A_DAY, "tweets_a_day": TWEETS_A_DAY}
    with services(lambda: datetime.now(UTC), **began) as made:  # type: ignore[arg-type]
        settings = made.environment() | {"ARXIV_REQUEST_INTERVAL": "0.1", "OEMBED_REQUEST_INTERVAL": "0.05"}
        with machine(folder, settings) as on:
            status = measure(on, for_s)
    subprocess.run(["rm", "-rf", str(folder)], check=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
