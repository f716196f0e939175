"""`make run`: a newcomer's first minute."""

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import redis
from django.conf import settings
from django.test import Client

from hotpapers_site.management.commands.serve import site_url
from hotpapers_site.queues import QUEUES
from tests.conftest import SHARED
from tests.processes import processes_naming
from tests.servers import free_port
from tests.tables import migrated

pytestmark = pytest.mark.timeout(300)
WORKERS = sum(1 + queue.processes for queue in QUEUES.values())
"""The processes of all queues: a parent each, and those that do the work."""
STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module", autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """What a test that failed did not stop ends with the others."""
    yield
    for process in STARTED:
        process.kill()
        process.wait()


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}}
    return kept | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings"}


def serve(folder: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    port = free_port()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    STARTED.append(process)
    return process, f"http://127.0.0.1:{port}"


def wait_for(address: str, process: subprocess.Popen[str]) -> httpx.Response:
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx.get(address, trust_env=False, verify=False, timeout=60)
        except httpx.TransportError:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            assert time.monotonic() < deadline
            time.sleep(0.1)


def stop(process: subprocess.Popen[str], folder: Path) -> str:
    os.killpg(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert processes_naming(str(folder)) == []
    assert not (folder / "redis.sock").exists()
    assert process.returncode == 0
    return output


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        assert time.monotonic() < deadline
        time.sleep(0.1)


def workers(folder: Path) -> int:
    return sum(" celery --app hotpapers_site --quiet worker " in command for command in processes_naming(str(folder)))


def running(address: str) -> list[str]:
    """The processes that say that they run."""
    told = httpx.get(f"{address}/status.json", trust_env=False, verify=False, timeout=60).json()
    return [" ".join([one["kind"], *one["queues"]]) for one in told["processes"] if not one["is_late"]]


def queued(folder: Path, task: str) -> None:
    """Puts a task on the queue, as beat does."""
    code = f"import django; django.setup(); from hotpapers_site.celery import app; app.send_task({task!r})"
    subprocess.run([sys.executable, "-c", code], env=environment(folder), cwd=settings.BASE_DIR, check=True)


def children(number: int) -> set[int]:
    """The numbers of the programs that a serve runs."""
    return {int(one) for one in Path(f"/proc/{number}/task/{number}/children").read_text().split()}


def takes_tasks(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a worker has taken a task."""
    with redis.Redis(unix_socket_path=str(folder / "redis.sock")) as client:
        queued(folder, "celery.backend_cleanup")
        wait_until(lambda: client.llen("upkeep") == 0, process)


@dataclass(frozen=True)
class FirstStart:
    folder: Path
    address: str
    page: str
    post: bytes
    running: list[str]
    """The processes that said that they run."""
    output: str


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """The first start, with old posts where we have them, stopped by SIGTERM once all its programs run. That without anything, and
    Ctrl-C, is in test_first_run.py."""
    folder, archive = tmp_path_factory.mktemp("first"), SHARED / "archive"
    migrated(folder / "db.sqlite3")
    process, address = serve(folder, *(["--archive", str(archive)] if archive.is_dir() else []))
    page = wait_for(address, process).text
    post = httpx.get(f"{address}/posts/hot-papers-2021-05-12.md", trust_env=False, verify=False, timeout=60).content
    wait_until(lambda: len(running(address)) == 6, process)
    takes_tasks(folder, process)
    return FirstStart(folder, address, page, post, sorted(running(address)), stop(process, folder))


@dataclass(frozen=True)
class SecondStart:
    folder: Path
    signed_in: str
    """What the account of the first start was shown."""
    third: subprocess.CompletedProcess[str]
    """One more start meanwhile."""
    number: int
    programs: int
    """How many it ran."""
    output: str
    left: list[str]
    """The processes that were there in the end."""
    has_socket: bool


@pytest.fixture(scope="module")
def second_start(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> SecondStart:
    """A start where everything is there, used as its owner would; then all its programs are killed, and once they run again, itself."""
    folder = tmp_path_factory.mktemp("second")
    shutil.copytree(first_start.folder, folder, dirs_exist_ok=True)
    process, address = serve(folder)
    wait_for(address, process)
    wait_until(lambda: workers(folder) == WORKERS and len(running(address)) == 6, process)
    password = re.search(r"User: admin  Password: (\S{16})\n", first_start.output)
    assert password is not None
    with httpx.Client(base_url=address, trust_env=False, verify=False, timeout=60, follow_redirects=True) as browser:
        browser.get("/admin/login/")
        form = {"username": "admin", "password": password[1], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        headers = {"Referer": f"{address}/admin/login/"}
        signed_in = browser.post("/admin/login/?next=/admin/", data=form, headers=headers).text
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", address.rpartition(":")[2]]
    third = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=False)
    programs = children(process.pid)
    # All stand still first: one that outlived the broker for a moment would say so, as it should.
    for a_signal in (signal.SIGSTOP, signal.SIGKILL):
        for program in programs:
            os.kill(program, a_signal)
    wait_until(lambda: len(now := children(process.pid)) == len(programs) and not now & programs, process)
    wait_for(address, process)
    wait_until(lambda: workers(folder) == WORKERS, process)
    takes_tasks(folder, process)
    process.kill()
    output, _ = process.communicate(timeout=60)  # its children held the pipe, too
    deadline = time.monotonic() + 60
    while (left := processes_naming(str(folder))) and time.monotonic() < deadline:
        time.sleep(0.1)
    has_socket = (folder / "redis.sock").exists()
    return SecondStart(folder, signed_in, third, process.pid, len(programs), output, left, has_socket)


@pytest.mark.slow(seconds=40)
def test_every_program_of_serve_that_is_killed_runs_again_and_nothing_is_missed(second_start: SecondStart) -> None:
    assert second_start.programs == 7  # web, four workers, beat, the broker
    for name in ("The web server", "Celery beat", "The embedded Redis server", *(f"The worker of {one}" for one in QUEUES)):
        assert f"{name} ended (killed by SIGKILL). It is started again in 1 s." in second_start.output
    assert "Traceback" not in second_start.output, second_start.output


@pytest.mark.slow
def test_a_killed_serve_leaves_nothing(second_start: SecondStart) -> None:
    assert second_start.left == []
    assert not second_start.has_socket


@pytest.mark.slow
def test_serve_sets_an_empty_machine_up_once(first_start: FirstStart, second_start: SecondStart) -> None:
    output = first_start.output
    assert f"{first_start.address}/admin/" in output
    assert re.search(r"User: admin  Password: \S{16}\n", output)
    assert "Log out" in second_start.signed_in
    assert "Password:" not in second_start.output
    assert "Loaded" not in second_start.output
    assert (second_start.folder / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow(seconds=20)
def test_serve_runs_a_worker_and_beat_until_a_signal(first_start: FirstStart) -> None:
    assert first_start.running == ["beat", "web", *sorted(f"worker {name}" for name in QUEUES)]
    with contextlib.closing(sqlite3.connect(first_start.folder / "db.sqlite3")) as database:
        assert database.execute("SELECT name FROM hotpapers_site_heartbeat").fetchall() == []  # nobody is missed
    assert "X_BEARER_TOKEN is not set, so no posts are collected" in first_start.output
    assert "Traceback" not in first_start.output


@pytest.mark.slow
def test_serve_imports_the_archive_that_it_is_given(first_start: FirstStart, archive: Path) -> None:
    assert "Sample data" not in first_start.page
    assert first_start.post == (archive / "2021-05-12---Hot-Papers.md").read_bytes()
    assert "14 files: 14 new" in first_start.output


def test_serve_says_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(taken.getsockname()[1])]
        finished = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert f"is in use by another program, process {os.getpid()} (" in finished.stderr
    assert "Stop it, or choose another port with --port." in finished.stderr


@pytest.mark.slow
def test_a_start_beside_another_says_who_runs(second_start: SecondStart) -> None:
    assert second_start.third.returncode == 1
    told = f"Hot Papers is already running from {second_start.folder} (process {second_start.number})."
    assert told in second_start.third.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "http://127.0.0.1:8108"),
        (" ", "http://127.0.0.1:8108"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8108"),
        ("http://localhost:8000", "http://127.0.0.1:8108"),
        ("https://papers.example", "https://papers.example"),
    ],
)
def test_an_address_of_this_machine_follows_the_port(given: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", given)
    assert site_url(8108) == expected


def test_serve_starts_nothing_for_an_archive_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--archive", str(tmp_path / "typo")]
    finished = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "There is no folder" in finished.stderr
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.django_db
def test_foreign_host_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = Client(headers={"host": "foreign.example"}).get("/")
    assert response.status_code == 400
    told = [record.exc_info for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert told == [None]
