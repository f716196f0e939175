"""What changed since a position in the database's own log of changes, for whoever keeps copies of readers' pages.

The triggers write the log in the transactions that change rows (triggers.py), so nothing is missed, whoever writes and whatever
became of a queue. A position is a text to keep beside the copy.
"""

from datetime import datetime, timedelta

from django.db import connection

from digests.page_cache.triggers import CHANGE, EVERYTHING

KEPT_FOR = timedelta(days=1)
"""On PostgreSQL, whose log only grows. On SQLite each subject has one row."""
CUT_AT_ONCE = timedelta(minutes=30)
FLOOR = ""
"""The subject of the row that says up to where the log was cut."""
IDENTITY = "SELECT applied FROM django_migrations ORDER BY id LIMIT 1"
"""A moment with microseconds that no other database has."""
END = {
    "sqlite": f"SELECT coalesce(max(id), 0) FROM {CHANGE}",  # noqa: S608 - our own table
    # Every transaction below is over, and its rows can be seen. One that is open stays above: it is read again.
    "postgresql": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
}
VERSION = {
    "sqlite": END["sqlite"],
    # Rows of a transaction that ends late may stand below others, but never below a transaction that was already over everywhere:
    # of those below END the last one tells all, the few above are counted.
    "postgresql": f"SELECT (SELECT coalesce(max(xid), 0) FROM {CHANGE} WHERE xid < ({END['postgresql']})), "  # noqa: S608
    f"count(*), coalesce(sum(xid), 0)::text FROM {CHANGE} WHERE xid >= ({END['postgresql']})",
}
OLDEST = f"SELECT at FROM {CHANGE} WHERE subject <> '{FLOOR}' ORDER BY xid LIMIT 1"  # noqa: S608
SINCE = {
    "sqlite": f"SELECT subject FROM {CHANGE} WHERE id > %s",  # noqa: S608
    "postgresql": f"SELECT DISTINCT subject FROM {CHANGE} WHERE xid >= %s AND subject <> '{FLOOR}'",  # noqa: S608
}


def changed_since(position: str) -> tuple[frozenset[str] | None, str]:
    """The subjects that changed, and the position to ask from next time; None where anything may have changed.

    Three queries, whose cost does not depend on how much there is, only on how much changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        identity = str(cursor.fetchone()[0])
        cursor.execute(END[connection.vendor])
        end = int(cursor.fetchone()[0])
        now = f"{connection.vendor} {identity} {end}"
        kind, _, number = position.rpartition(" ")
        if kind != f"{connection.vendor} {identity}" or not number.isdigit() or not _floor() <= int(number) <= end:
            return None, now
        cursor.execute(SINCE[connection.vendor], [int(number)])
        changed = frozenset(subject for (subject,) in cursor.fetchall())
    return (None if EVERYTHING in changed else changed), now


def version() -> str:
    """Another text after each change of anything that readers see. Unlike a position it waits for no other transaction.

    Its cost does not depend on how long the log is. On PostgreSQL the text changes once more when the transactions end that were
    open beside the last change.
    """
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        identity = str(cursor.fetchone()[0])
        cursor.execute(VERSION[connection.vendor])
        return f"{connection.vendor} {identity} {cursor.fetchone()}"


def prune(now: datetime) -> None:
    """Cut what is older than KEPT_FOR. Who asks from before compares everything.

    Looks along a whole day of changes, so it waits until CUT_AT_ONCE are due; to find that out takes one row.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        if not (oldest := cursor.fetchone()) or oldest[0] > now - KEPT_FOR - CUT_AT_ONCE:
            return
        cursor.execute(f"SELECT max(xid) FROM {CHANGE} WHERE at < %s AND subject <> '{FLOOR}'", [now - KEPT_FOR])  # noqa: S608
        if last := cursor.fetchone()[0]:
            cursor.execute(f"INSERT INTO {CHANGE} (subject, xid) VALUES ('{FLOOR}', %s)", [last + 1])  # noqa: S608
            cursor.execute(f"DELETE FROM {CHANGE} WHERE xid <= %s", [last])  # noqa: S608


def _floor() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(xid), 0) FROM {CHANGE} WHERE subject = '{FLOOR}'")  # noqa: S608
        return int(cursor.fetchone()[0])
