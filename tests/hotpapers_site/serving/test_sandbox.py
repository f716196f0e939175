"""`make sandbox`: a world in miniature, without a key."""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import time_machine
from django.conf import settings as configured
from django.test import Client
from pytest_django.fixtures import Settings

from hotpapers_site.management.commands.sandbox import let_fail, sandbox_environment
from papers import clock
from tests.processes import processes_naming
from tests.servers import free_port

REAL = datetime(2026, 11, 22, 12, tzinfo=UTC)
THEN = datetime(2026, 10, 12, tzinfo=UTC)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A running sandbox whose days take 10 s, with the keys of a real site in its parent's environment."""
    port = free_port()
    arguments = ["sandbox", "--port", str(port), "--speed", "8640", "--papers", "20", "--tweets", "60"]
    environment = os.environ | {"VAR_DIR": str(tmp_path), "X_BEARER_TOKEN": "a-real-token", "X_API_BASE": "https://api.x.com"}
    process = subprocess.Popen(
        [sys.executable, str(configured.BASE_DIR / "manage.py"), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}/", tmp_path / "sandbox"
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        assert time.monotonic() < deadline
        time.sleep(0.2)


def answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False, verify=False, timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{folder / 'db.sqlite3'}?mode=ro", uri=True) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


@pytest.mark.slow
def test_sandbox_collects_the_invented_days_says_what_it_is_and_leaves_no_process(
    sandbox: tuple[subprocess.Popen[str], str, Path],
) -> None:
    process, address, folder = sandbox
    wait_until(lambda: answers(address), process)
    assert (
        "Sandbox: papers, posts and people are invented. Its clock shows "
        in httpx.get(address, trust_env=False, verify=False, timeout=60).text
    )
    collected = "SELECT date, found_new FROM papers_collectionday WHERE found_new > 0 ORDER BY date"
    wait_until(lambda: len(rows(folder, collected)) >= 2, process)
    # Which days these are depends on how far the fast clock was when the workers had started.
    assert {found for _, found in rows(folder, collected)} == {20}
    wait_until(lambda: rows(folder, "SELECT count(*) FROM papers_mention") > [(0,)], process)
    networks = "SELECT DISTINCT network FROM papers_mention JOIN papers_tweet ON papers_tweet.id = tweet_id ORDER BY network"
    wait_until(lambda: rows(folder, networks) == [("bluesky",), ("hackernews",), ("huggingface",), ("x",)], process)
    # The key of the real site was not used: the stand-in would have refused it.
    assert rows(folder, "SELECT state FROM papers_sourcehealth WHERE service = 'x'") == [("ok",)]
    assert rows(folder, "SELECT count(*) FROM digests_digest WHERE is_sample") == [(0,)]
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.startswith(f"A sandbox: invented papers, and posts on all networks, its own database in {folder}, no keys.\n")
    assert "Traceback" not in output
    assert processes_naming(str(folder)) == []


def test_sandbox_refuses_to_run_twice_in_one_place(tmp_path: Path) -> None:
    with (tmp_path / "sandbox.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = subprocess.run(
            [sys.executable, str(configured.BASE_DIR / "manage.py"), "sandbox"],
            env=os.environ | {"VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (finished.returncode, finished.stderr) == (1, "CommandError: A sandbox is already running. Stop it first.\n")


def test_sandbox_environment_takes_no_secret_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("X_BEARER_TOKEN", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN"):
        monkeypatch.setenv(name, "of-the-real-site")
    environment = sandbox_environment(tmp_path, (REAL, THEN, 100.0), 8000)
    assert "of-the-real-site" not in environment.values()
    assert environment["SANDBOX_CLOCK"] == "2026-11-22T12:00:00+00:00 2026-10-12T00:00:00+00:00 100.0"
    assert environment["ARXIV_REQUEST_INTERVAL"] == "0.03"


def test_sandbox_lets_one_service_after_the_other_fail_until_it_ends() -> None:
    ended, turns = threading.Event(), list[tuple[object, int]]()

    def fail(services: object, turn: int) -> None:
        turns.append((services, turn))
        if turn == 3:
            ended.set()

    let_fail(fail, "services", ended, 0)
    assert turns == [("services", 1), ("services", 2), ("services", 3)]


@pytest.mark.django_db
def test_banner_shows_the_sandboxs_clock_only_in_the_sandbox(client: Client, settings: Settings) -> None:
    assert "Sandbox" not in client.get("/").content.decode()
    settings.SANDBOX_CLOCK = (REAL, THEN, 100.0)
    with time_machine.travel(REAL + timedelta(minutes=3), tick=False):
        page = client.get("/").content.decode()
    assert '<p class="sandbox" role="note">' in page
    assert "Its clock shows Monday, 12 October 2026, 05:00 UTC." in page


def test_clock_is_the_real_one_but_in_the_sandbox(settings: Settings) -> None:
    with time_machine.travel(REAL, tick=False):
        assert clock.now() == REAL
        assert clock.lease(timedelta(minutes=1)) == timedelta(minutes=1)
        settings.SANDBOX_CLOCK = (REAL - timedelta(seconds=30), THEN, 60.0)
        assert clock.now() == THEN + timedelta(minutes=30)
        assert clock.lease(timedelta(minutes=1)) == timedelta(minutes=10)
