"""A web server that is stopped or started anew answers what it was asked before."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.servers import free_port
from tests.tables import migrated

pytestmark = pytest.mark.slow
THREADS = 2


class Server:
    """`manage.py web` with an empty database of its own."""

    def __init__(self, folder: Path) -> None:
        ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
        self.database, self.address = folder / "db.sqlite3", f"http://127.0.0.1:{free_port()}"
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        settings_module = "tests.hotpapers_site.serving.patient_settings"
        environment = ours | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": settings_module}
        migrated(self.database)
        port = self.address.rpartition(":")[2]
        self.process = subprocess.Popen([*manage, "web", "--port", port, "--threads", str(THREADS)], env=environment)

    def answers(self, within_s: float) -> bool:
        """Whether a page is answered that Django makes anew each time."""
        try:
            asked = httpx.get(f"{self.address}/admin/login/", trust_env=False, verify=False, timeout=within_s)
        except httpx.TransportError:
            assert self.process.poll() is None
            return False
        return asked.status_code == 200

    def sign_in(self) -> int:
        """Try a password, which writes to the database; the status."""
        with httpx.Client(base_url=self.address, trust_env=False, verify=False, timeout=60) as client:
            token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/admin/login/").text)[0]
            self.begun.append(token)
            form = {"csrfmiddlewaretoken": token, "username": token, "password": "x", "next": "/admin/"}
            return client.post("/admin/login/", data=form).status_code

    @contextlib.contextmanager
    def kept_waiting(self) -> Iterator[list["Future[int]"]]:
        """As many requests as there are threads, all of which wait for the database until the block ends."""
        self.begun: list[str] = []
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as other, ThreadPoolExecutor() as clients:
            other.execute("BEGIN IMMEDIATE")
            asked = [clients.submit(self.sign_in) for _ in range(THREADS)]
            until(lambda: len(self.begun) == THREADS and not self.answers(within_s=2))
            yield asked
            other.execute("ROLLBACK")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path)
    try:
        until(lambda: started.answers(within_s=60))
        yield started
    finally:
        started.process.terminate()
        assert started.process.wait(60) == 0


def test_requests_that_run_are_answered_before_it_stops(server: Server) -> None:
    with server.kept_waiting() as asked:
        server.process.send_signal(signal.SIGTERM)

    assert [one.result() for one in asked] == [200] * THREADS
    assert server.process.wait(60) == 0


def test_requests_that_run_are_answered_by_the_old_process_while_the_new_one_answers_others(server: Server) -> None:
    with server.kept_waiting() as asked:
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.answers(within_s=2))
        assert not any(one.done() for one in asked)

    assert [one.result() for one in asked] == [200] * THREADS
