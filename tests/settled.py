"""PostgreSQL's log of changes waits for all transactions on the server, those of other tests' databases among them."""

import os
import time

import psycopg
from django.db import connection

WITHIN_S = 120


def settled() -> None:
    """Wait until every transaction that is open now has ended; on SQLite there is nothing to wait for."""
    if connection.vendor != "postgresql":
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        [(now,)] = server.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()
        deadline = time.monotonic() + WITHIN_S
        while server.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchall()[0][0] <= now:
            if time.monotonic() > deadline:
                raise TimeoutError("another test's transaction did not end")
            time.sleep(0.02)
