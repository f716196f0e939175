"""While the database is away: one line in the log for each request, and a page that says what to do."""

import errno
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, Error, IntegrityError, OperationalError, ProgrammingError

from hotpapers_site.databases.failed_commands import what_to_do
from papers.database_errors import why_away
from tests.servers import free_port
from tests.small_disk import small_disk

KEY = "a-long-random-text-of-0123456789"


def test_every_page_says_when_to_try_again_and_the_log_has_a_line_each(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    nowhere = f"postgres://somebody@127.0.0.1:{free_port()}/none"
    ours = os.environ | {
        "VAR_DIR": str(tmp_path / "var"),
        "LOG_FORMAT": "json",
        "DATABASE_URL": nowhere,
        "SECRET_KEY": KEY,
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "web", "--port", str(port)]
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=ours, stderr=file, stdout=file)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=60) as client:
            until_it_answers(client, server)
            pages = ["/", "/papers?q=words", "/posts/hot-papers-2021-05-12", "/admin/login/", "/rss.xml"]
            answers = [client.get(page, headers={"X-Request-ID": f"request-{n}"}) for n, page in enumerate(pages)]
            desk = client.get(
                "/admin/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={'a' * 32}", "X-Request-ID": "request-5"}
            )
    finally:
        server.terminate()
        server.wait(60)
    away = [one for one in answers if one.request.url.path != "/admin/login/"]
    assert [(one.status_code, one.headers["Retry-After"], one.headers["Cache-Control"]) for one in [*away, desk]] == [
        (503, "30", "no-store")
    ] * 5
    assert all("Reload it in a minute" in one.text and "Content-Security-Policy" in one.headers for one in away)
    assert "What you typed on the desk waits in your browser" in desk.text
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    told = [line for line in lines if line["logger"] == "hotpapers_site.errors"]
    assert [line["request_id"] for line in told] == [f"request-{n}" for n in (0, 1, 2, 4, 5)]
    assert {line["level"] for line in told} == {"WARNING"}
    assert [line for line in lines if "exception" in line] == []


@pytest.mark.parametrize("command", [["status"], ["migrate"], ["publish_digest", "2026-11-24"]])
def test_a_command_says_in_a_line_that_the_database_is_away(tmp_path: Path, command: list[str]) -> None:
    port = free_port()
    ours = os.environ | {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://somebody@127.0.0.1:{port}/none",
        "SECRET_KEY": KEY,
    }
    told = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=ours, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout, len(told.stderr.splitlines())) == (1, "", 1)
    assert told.stderr.startswith("The database cannot be used now (connection")
    assert told.stderr.endswith("Look at its server and at DATABASE_URL, then run this again.\n")


def test_for_a_database_that_is_a_file_the_file_is_named(tmp_path: Path) -> None:
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(tmp_path)}
    (tmp_path / "db.sqlite3").mkdir()
    told = subprocess.run(
        [sys.executable, "manage.py", "status"], cwd=settings.BASE_DIR, env=ours, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (
        1,
        "The database cannot be used now (unable to open database file). "
        f"Look at the file {tmp_path}/db.sqlite3 and its disk, then run this again.\n",
    )


@pytest.mark.parametrize("command", [["status"], ["backup"], ["publish_digest", "2026-11-24"]])
def test_a_command_says_in_a_line_that_migrations_are_missing(tmp_path: Path, command: list[str]) -> None:
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=ours, capture_output=True, text=True, check=False
    )
    assert (told.returncode, len(told.stderr.splitlines())) == (1, 1)
    assert told.stderr.startswith("The database is of an older version and lacks ")
    assert told.stderr.endswith(" migrations. Run `manage.py migrate` first.\n")


@pytest.mark.parametrize("kilobytes", [8, 60, 300])
def test_migrate_says_in_a_line_that_the_disk_is_full_and_the_next_run_succeeds(tmp_path: Path, kilobytes: int) -> None:
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        (disk / "static").mkdir(mode=0o700)
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(disk)}

        def migrate() -> tuple[int, str]:
            command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            told = subprocess.run(command, cwd=settings.BASE_DIR, env=ours, capture_output=True, text=True, check=False)
            return told.returncode, told.stderr

        assert migrate() == (1, f"{disk}: the disk is full; make room, then run it again.\n")
        if kilobytes == 300:  # some of its tables are there
            subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
            assert migrate() == (0, "")


def test_a_command_names_the_file_that_the_system_refuses() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    assert what_to_do(full, "collectstatic") == f"{settings.VAR_DIR}: the disk is full; make room, then run it again."
    refused = PermissionError(errno.EACCES, "Permission denied", "/srv/static/all.css")
    may_not = "this user may not read or write there; give it the right to, then run it again"
    assert what_to_do(refused, "collectstatic") == f"/srv/static/all.css: {may_not}."
    assert what_to_do(OSError(errno.ECONNREFUSED, "Connection refused"), "backfill") == ""


def test_a_migration_that_fails_tells_its_own_error(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.execute("CREATE TABLE papers_paper (id integer)")
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=settings.BASE_DIR, env=ours, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert 'table "papers_paper" already exists' in told.stderr


def until_it_answers(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/healthz")
            return
        except httpx.TransportError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)


def caused(error: Error, cause: Exception) -> Error:
    error.__cause__ = cause
    return error


def of_sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("it said so\nand more")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (caused(OperationalError("no\nroute"), psycopg.OperationalError()), "no"),
        (caused(OperationalError("stopping"), psycopg.errors.AdminShutdown()), "stopping"),
        (caused(OperationalError("crashed"), psycopg.errors.CrashShutdown()), "crashed"),
        (caused(OperationalError("starting"), psycopg.errors.CannotConnectNow()), "starting"),
        (caused(OperationalError("too many"), psycopg.errors.TooManyConnections()), "too many"),
        (caused(OperationalError("full"), psycopg.errors.DiskFull()), "full"),
        (caused(DatabaseError("second"), psycopg.errors.ReadOnlySqlTransaction()), "second"),
        (caused(OperationalError("locked\nrow"), of_sqlite("SQLITE_BUSY")), "locked"),
        (caused(OperationalError(""), of_sqlite("SQLITE_CANTOPEN")), "OperationalError"),
        (caused(OperationalError("disk"), of_sqlite("SQLITE_IOERR_WRITE")), "disk"),
        # Errors of ours, which somebody has to read whole.
        (caused(OperationalError("no such table: papers"), of_sqlite("SQLITE_ERROR")), ""),
        (caused(OperationalError("deadlock"), psycopg.errors.DeadlockDetected()), ""),
        (caused(OperationalError("slow"), psycopg.errors.QueryCanceled()), ""),
        (caused(ProgrammingError("no table"), psycopg.errors.UndefinedTable()), ""),
        (caused(IntegrityError("twice"), psycopg.errors.UniqueViolation()), ""),
        (OperationalError("of Django alone"), ""),
        (OSError("no space left"), ""),
        (None, ""),
    ],
    ids=str,
)
def test_what_passes_is_told_from_what_is_wrong(error: Exception | None, reason: str) -> None:
    assert why_away(error) == reason
