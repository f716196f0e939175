"""Databases with all tables and nothing in them. To make one takes seconds: one is made for all processes of a run, the others are its copies."""

import atexit
import contextlib
import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings

MIGRATE = (sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--verbosity", "0")
TEMPLATE = "migrated"


def migrated(path: Path) -> None:
    """Put a SQLite database there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_file(), path)
    path.chmod(0o600)


@functools.cache
def _file() -> Path:
    made = _folder() / "db.sqlite3"
    with _one_at_a_time():
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=_folder()) as folder:
                ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
                subprocess.run(MIGRATE, env=ours | {"VAR_DIR": folder}, check=True)
                Path(folder, made.name).rename(made)
    return made


@functools.cache
def template() -> str:
    """The name of a PostgreSQL database to be copied; the server is the run's own, and goes with all that is in it."""
    url = os.environ["DATABASE_URL"]
    with _one_at_a_time(), psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchall():
            server.execute("CREATE DATABASE migrating")
            subprocess.run(MIGRATE, env=os.environ | {"DATABASE_URL": f"{url.rpartition('/')[0]}/migrating"}, check=True)
            server.execute(f"ALTER DATABASE migrating RENAME TO {TEMPLATE}")
    return TEMPLATE


@functools.cache
def _folder() -> Path:
    """What `tests.servers` made for the run; without it, this process has one of its own."""
    if shared := os.environ.get("MADE_ONCE"):
        return Path(shared)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return folder


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (_folder() / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
