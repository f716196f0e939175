"""`deploy/rehearse`: everything that deploy/README.md tells, done on this machine, from nothing to the same bytes elsewhere."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from papers.sources.arxiv.calendar import AnnouncementCalendar
from tests.deployed.machine import WORKERS, Machine, machine, until
from tests.deployed.servers import BASE
from tests.standins.running import services

PAPERS_A_DAY, TWEETS_A_DAY = 20, 120
DAYS = 2
PAGES = ("/", "/archive", "/papers", "/rss.xml", "/feed.json", "/sitemap.xml")
PROCESSES = 2 + sum(map(len, WORKERS.values())) + 2 + 2


def say(text: str) -> None:
    print(f"[{datetime.now(UTC):%H:%M:%S}] {text}", flush=True)


def past_listing_days(today: date, days: int = DAYS) -> list[date]:
    """The last listing days whose posts are all there, oldest first."""
    calendar, day, found = AnnouncementCalendar(), today - timedelta(days=1), list[date]()
    while len(found) < days:
        if calendar.is_listing_day(day):
            found.insert(0, day)
        day -= timedelta(days=1)
    return found


@dataclass
class Traffic:
    """Asks for pages all the time, and keeps what was not answered well."""

    on: Machine
    path: str
    is_fresh: bool
    """Each request is for an address that nginx has not kept: the web servers have to answer."""
    pause_s: float = 0.05
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    failed_at: list[float] = field(default_factory=list)
    """By time.monotonic()."""
    seconds: list[float] = field(default_factory=list)

    @property
    def failed_for_s(self) -> float:
        """From the first failure to the last."""
        return self.failed_at[-1] - self.failed_at[0] if self.failed_at else 0.0

    @property
    def p99_ms(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] * 1000 if self.seconds else 0.0

    def run(self, ended: threading.Event) -> None:
        while not ended.wait(self.pause_s):
            began = time.monotonic()
            try:
                status = self.on.get(f"{self.path}?n={self.answered}" if self.is_fresh else self.path).status_code
            except Exception as error:  # noqa: BLE001 - whatever it is, a reader had no page
                self._note_failure(repr(error))
                continue
            self.seconds.append(time.monotonic() - began)
            self.answered += 1
            if status != 200:
                self._note_failure(str(status))

    def _note_failure(self, what: str) -> None:
        self.failed.append(what)
        self.failed_at.append(time.monotonic())


@contextmanager
def traffic(on: Machine, path: str, *, is_fresh: bool = False) -> Iterator[Traffic]:
    made, ended = Traffic(on, path, is_fresh), threading.Event()
    thread = threading.Thread(target=made.run, args=[ended], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()


def revision() -> str:
    """What is committed now; somebody may commit more meanwhile."""
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=BASE, check=True, capture_output=True, text=True).stdout.strip()


def release(folder: Path, commit: str) -> Path:
    """A checkout as `git clone` makes it, without what nobody committed."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit], cwd=BASE, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def bytes_of(on: Machine, pages: list[str]) -> dict[str, bytes]:
    """As a web server makes them now."""
    return {page: on.ask(page).content for page in pages}


def collect_and_publish(on: Machine, days: list[date]) -> str:
    """The first days, from nothing to readers; the address of the last one's page."""
    say(on.manage("backfill", "--since", str(days[0])).strip().splitlines()[-1])
    day = days[-1]
    on.manage("shell", "-c", "from hotpapers_site.celery import app; app.send_task('digests.tasks.propose_drafts')")
    draft = f"from digests.models import Digest; print(Digest.objects.filter(date='{day}').exists())"
    until(lambda: on.manage("shell", "-v", "0", "-c", draft).strip().endswith("True"), 90, "a draft is proposed")
    said = on.manage("publish_digest", str(day), "--despite-findings").strip()
    took_s = until(lambda: (on.mirror / f"{day}---Hot-Papers.md").exists(), 60, "the mirror has the day")
    say(f"{said}; in the mirror after {took_s:.1f} s")
    return f"/posts/hot-papers-{day}"


def upgrade(on: Machine, to: Path, page: str) -> None:
    """Migrate, then restart one process after the other, while readers read."""
    with traffic(on, page, is_fresh=True) as readers:
        on.app = to
        on.manage("migrate", "--verbosity", "0")
        on.manage("collectstatic", "--no-input", "--verbosity", "0")
        for name in on.commands:
            if name not in ("redis", "nginx"):
                on.stop(name)
                on.start(name)
                if name.startswith("web"):
                    until(lambda: len(web_ready(on)) == len(on.web_ports), 90, f"{name} answers again")
    if readers.failed:
        raise RuntimeError(f"{len(readers.failed)} of {readers.answered} requests failed: {readers.failed[:3]}")
    say(f"Every process runs {to.name}; {readers.answered} requests meanwhile, none failed")


def web_ready(on: Machine) -> list[str]:
    import httpx

    ready = []
    for name, port in on.web_ports.items():
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, timeout=10).status_code == 200:
                ready.append(name)
        except httpx.TransportError:
            continue
    return ready


def rehearse(folder: Path) -> None:
    days, commit = past_listing_days(datetime.now(UTC).date()), revision()
    say(f"Stand-ins for arXiv, X, Bluesky, Hacker News and Hugging Face, with papers of {days[0]} and {days[-1]}")
    began = {"first_day": days[0], "days": DAYS, "papers_a_day": PAPERS_A_DAY, "tweets_a_day": TWEETS_A_DAY}
    with services(lambda: datetime.now(UTC), **began) as made:  # type: ignore[arg-type]
        settings = made.environment() | {"ARXIV_REQUEST_INTERVAL": "0.1", "OEMBED_REQUEST_INTERVAL": "0.05"}
        with machine(folder, settings) as on:
            on.app = release(folder / "release-1", commit)
            say("PostgreSQL, Redis and nginx (TLS) are set up; the database is migrated, static files are collected")
            on.start()
            until(lambda: len(web_ready(on)) == 2, 120, "both web servers are ready")
            until(lambda: len(on.status().get("processes", [])) == PROCESSES, 120, "all processes say that they run")
            say(f"{PROCESSES} processes run: 2 web, {sum(map(len, WORKERS.values()))} workers, 2 beats, 2 followers")
            page = collect_and_publish(on, days)
            answer = on.get(page)
            if answer.status_code != 200 or "Hot Papers" not in answer.text:
                raise RuntimeError(f"{page}: {answer.status_code}")
            say(f"https://papers.example{page} is there through nginx, {len(answer.content):,} bytes")
            on.stop("web a", "web b")
            until(lambda: on.get(page).headers.get("x-cache") == "STALE", 60, "what nginx holds is older than it likes")
            stale = on.get(page)
            if stale.status_code != 200 or stale.content != answer.content:
                raise RuntimeError(f"no stale page: {stale.status_code}")
            say("With both web servers down readers still see the same page, kept by nginx")
            on.start("web a", "web b")
            until(lambda: len(web_ready(on)) == 2, 120, "both web servers are ready again")
            upgrade(on, release(folder / "release-2", commit), page)
            upgrade(on, folder / "release-1", page)
            say("Rolled back to release-1 in the same way")
            back_up_and_restore(on, [*PAGES, page, f"{page}.md"])
            done = on.try_manage("status")
            say("`status`: " + ("nothing needs attention" if not done.returncode else done.stderr.strip()))
            if done.returncode:
                raise RuntimeError("`status` is not content")


def back_up_and_restore(on: Machine, pages: list[str]) -> None:
    """Into a second database, read by a second site: same bytes."""
    for name in on.commands:
        if name.startswith(("beat", "worker", "follower")):
            on.stop(name)
    file = on.folder / "backup.tar.gz"
    say(on.manage("backup", str(file)).strip())
    before = bytes_of(on, pages)
    on.stop("web a", "web b")
    elsewhere = {"DATABASE_URL": on.postgres.make_database("elsewhere"), "VAR_DIR": str(on.folder / "var-elsewhere")}
    on.manage("restore", str(file), **elsewhere)
    on.manage("collectstatic", "--no-input", "--verbosity", "0", **elsewhere)
    on.settings = {**on.settings, **elsewhere}
    on.start("web a", "web b")
    until(lambda: len(web_ready(on)) == 2, 120, "the restored site is ready")
    after = bytes_of(on, pages)
    if differing := [page for page in pages if before[page] != after[page]]:
        raise RuntimeError(f"restored otherwise: {differing}")
    say(f"Restored elsewhere: {len(pages)} pages and feeds, the same bytes")
    on.start()
    until(lambda: len(on.status().get("processes", [])) >= PROCESSES, 120, "all processes run on the restored database")
    until(lambda: on.status().get("ok", False), 120, "nothing is wrong there")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder for all of it, kept afterwards")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="hotpapers-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL's user has to get in
    began = time.monotonic()
    try:
        rehearse(folder)
    except (RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
        say(f"The rehearsal failed: {error}. Logs are in {folder}.")
        return 1
    say(f"The rehearsal went well, in {time.monotonic() - began:.0f} s.")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    sys.exit(main())
