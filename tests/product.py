"""The product's processes, run by a test on a database and a folder of their own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings as configured
from django.db import connection

from papers import clock
from tests.tables import migrated, template

MANAGE = (sys.executable, str(configured.BASE_DIR / "manage.py"))
ANSWER = """
import contextlib, io, json, sys, django
from django.db import connections
django.setup()
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(json.loads(line), {})
    connections.close_all()
    print(json.dumps(told.getvalue()), flush=True)
"""


@dataclass
class Product:
    """The processes of the product, with a database and a folder of their own."""

    environment: dict[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _asked: "tuple[subprocess.Popen[str], dict[str, str]] | None" = None
    """The process that answers `ask`, and its environment."""

    def set_clock(self, fast: clock.FastClock) -> None:
        real_start, start, speed = fast
        self.environment["SANDBOX_CLOCK"] = f"{real_start.isoformat()} {start.isoformat()} {speed}"

    def start(self, *arguments: str) -> None:
        self._run([sys.executable, "-m", "celery", "--app", "hotpapers_site", "--quiet", *arguments])

    def _run(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=configured.BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def start_all(self, *, workers: int, processes: int) -> None:
        for number in range(workers):
            options = ["--hostname", f"{number}@%h", "--concurrency", str(processes), "--without-gossip", "--without-mingle"]
            self.start("worker", *options)
        self.start("beat", "--pidfile=")

    def follow(self) -> "subprocess.Popen[bytes]":
        """One more follower of Bluesky's stream."""
        return self._run([*MANAGE, "follow_bluesky"])

    def kill_all(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        self._forget_asked()

    def stop_all(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
        self.kill_all()

    def ask(self, code: str) -> Any:
        """What the code prints, as JSON. One process answers all questions: to start one takes longer than most answers."""
        if self._asked is None or self._asked[1] != self.environment or self._asked[0].poll() is not None:
            self._forget_asked()
            command, pipe = [sys.executable, "-c", ANSWER], subprocess.PIPE
            process = subprocess.Popen(command, env=self.environment, cwd=configured.BASE_DIR, stdin=pipe, stdout=pipe, text=True)
            self._asked = process, dict(self.environment)
            weakref.finalize(self, _end, process)
        process = self._asked[0]
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        return json.loads(json.loads(process.stdout.readline()))

    def call(self, *arguments: str) -> None:
        """Run a command in the process that answers: for a step whose own start is not tried."""
        run = "import io, django; django.setup(); from django.core.management import call_command as call\n"
        self.ask(f"{run}call(*{arguments!r}, stdout=io.StringIO())\nprint('null')")

    def _forget_asked(self) -> None:
        if self._asked:
            _end(self._asked[0])
            self._asked = None

    def migrate(self) -> None:
        """Make the tables of the database."""
        database = self.environment["DATABASE_URL"]
        if database.startswith("sqlite:///"):
            migrated(Path(database.removeprefix("sqlite:///")))
        else:
            copied, name = template(), database.rpartition("/")[2]
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
                server.execute(f"DROP DATABASE {name}")
                server.execute(f"CREATE DATABASE {name} TEMPLATE {copied}")

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MANAGE, *arguments], env=self.environment | environment, capture_output=True, text=True, check=False
        )


def _end(process: "subprocess.Popen[str]") -> None:
    with process:  # closes its pipes, and waits
        process.kill()


@contextlib.contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of a new database of the kind that the tests run on."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / 'week.sqlite3'}"
        return
    url, name = os.environ["DATABASE_URL"], f"week_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def until(condition: Callable[[], bool], within_s: float, ask_every_s: float = 0.05) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(ask_every_s)
    return True
