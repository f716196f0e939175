"""A benchmark that runs on both databases, each in a process of its own."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from tests.servers import postgresql


def run(benchmark: str, measure: Callable[[int], int], *, rows: str, default: int) -> int:
    """Do what `python -m bench.<benchmark>` does: call `measure` with the number of rows. Returns 0 if all is within its limits.

    `--rows N` (under the name given, `papers` for example) asks for another number, which BENCH_<ROWS> can be too.
    """
    parser = argparse.ArgumentParser(prog=f"bench {benchmark}")
    parser.add_argument(f"--{rows}", dest="count", type=int, default=int(os.environ.get(f"BENCH_{rows.upper()}", default)))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    parser.add_argument("--here", action="store_true", help="on the database of DATABASE_URL, which is filled")
    options = parser.parse_args()
    if options.here:
        return measure(options.count)
    again = [sys.executable, "-m", f"bench.{benchmark}", "--here", f"--{rows}", str(options.count)]
    failed = 0
    if options.database != "postgresql":
        failed |= subprocess.run(again, env=os.environ | {"DATABASE_URL": ""}, check=False).returncode
    if options.database != "sqlite":
        with postgresql() as url:
            failed |= subprocess.run(again, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
    return failed


def processor_clock() -> Callable[[], float]:
    """Seconds of processor time of this process and, on Linux, of the server's process that answers it."""
    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not server.exists():
        return time.process_time
    return lambda: time.process_time() + int(server.read_text().split()[0]) / 1e9
