"""`manage.py sandbox`: the whole product, with a fast clock, against invented services. `make sandbox` calls it.

The services are the stand-ins of the tests, so this works in a checkout of the project and not in a bare installation.
"""

import fcntl
import itertools
import math
import os
import shutil
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotpapers_site.management.commands import serve, web
from hotpapers_site.serving import ports, supervisor
from papers import clock
from papers.sources.arxiv.calendar import AnnouncementCalendar

FIRST_DAY = date(2026, 10, 12)
LISTING_DAYS = 20
EARLY = timedelta(hours=3)
"""The clock begins this long before the first announcement."""
SPEED = 1440
MOST = 100_000
"""Of papers or posts a day; all are made before the start."""
FAULT_EVERY = timedelta(hours=6)
STOP_WITHIN_S = 2 * serve.STOP_WITHIN_S
OURS = frozenset({"PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "PYTHONPATH"})
"""Everything that the sandbox takes from our environment: no key, address or account of a real site may get into it."""


class Command(BaseCommand):
    help = "Run the whole product in a sandbox, where weeks pass in minutes. Needs no keys and no internet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--speed", type=float, default=SPEED, help=f"how many times faster than real (default {SPEED})")
        parser.add_argument("--papers", type=int, default=100, help="new papers a day (default 100)")
        parser.add_argument(
            "--tweets", type=int, default=500, help="posts about them on X, and a fifth of that on Bluesky (default 500)"
        )
        parser.add_argument("--faults", action="store_true", help="let a service fail now and then, each in its own ways")
        parser.add_argument("--port", default=web.PORT, help=f"the port to listen at (default {web.PORT})")

    def handle(self, *args: Any, speed: float, papers: int, tweets: int, faults: bool, **options: Any) -> None:
        port = ports.port_number(options["port"])
        if not 0 < speed < math.inf or not 1 <= papers <= MOST or not 0 <= tweets <= MOST:
            raise CommandError(f"--speed must be above 0, --papers from 1 to {MOST:,}, and --tweets from 0 to {MOST:,}.")
        from tests.standins.failing import fail  # absent from a bare installation
        from tests.standins.running import services

        with (settings.VAR_DIR / "sandbox.lock").open("a") as lock, supervisor.stop_requests() as asked:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError("A sandbox is already running. Stop it first.") from None
            folder = settings.VAR_DIR / "sandbox"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            fast = (datetime.now(UTC), AnnouncementCalendar().expected_at(FIRST_DAY) - EARLY, speed)
            with services(
                lambda: clock.shown_by(fast), first_day=FIRST_DAY, days=LISTING_DAYS, papers_a_day=papers, tweets_a_day=tweets
            ) as made:
                self.stdout.write(
                    f"A sandbox: invented papers, and posts on all networks, its own database in {folder}, no keys.\n"
                    f"A day passes in {86_400 / speed:.0f} s; it starts on {fast[1]:%A, %-d %B %Y}, and arXiv stops announcing "
                    f"after {made.world.days[-1]:%-d %B}."
                )
                self.stdout.flush()
                environment = sandbox_environment(folder, fast, port) | made.environment()
                command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port)]
                program = supervisor.Program("The product", command, environment=environment)
                if faults:
                    failing = (fail, made, asked, FAULT_EVERY.total_seconds() / speed)
                    threading.Thread(target=let_fail, args=failing, daemon=True).start()
                if ended := supervisor.run([program], asked=asked, stop_within_s=STOP_WITHIN_S):
                    raise CommandError(ended)


def let_fail(fail: Callable[[Any, int], None], services: Any, ended: threading.Event, every_s: float) -> None:
    """Cause one failure after the other, until the run is over."""
    for turn in itertools.count(1):
        if ended.wait(every_s):
            return
        fail(services, turn)


def sandbox_environment(folder: Path, fast: clock.FastClock, port: int) -> dict[str, str]:
    """Return the environment of a product that keeps all its files in `folder` and follows the fast clock."""
    real_start, start, speed = fast
    return {name: value for name, value in os.environ.items() if name in OURS} | {
        "VAR_DIR": str(folder.absolute()),
        "SITE_URL": f"http://{web.HOST}:{port}",
        "SANDBOX_CLOCK": f"{real_start.isoformat()} {start.isoformat()} {speed}",
        "ARXIV_REQUEST_INTERVAL": str(3 / speed),
        "OEMBED_REQUEST_INTERVAL": str(1 / speed),
    }
