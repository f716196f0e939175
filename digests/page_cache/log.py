"""What changed since a position in the database's own log of changes, for whoever keeps copies of readers' pages.

The triggers write the log in the transactions that change rows (triggers.py), so nothing is missed, whoever writes and whatever
became of a queue. A position is a text to keep beside the copy.
"""

from datetime import datetime, timedelta

from django.db import connection

from digests.page_cache.subjects import EVERYTHING
from digests.page_cache.triggers import CHANGE

KEPT_FOR = timedelta(days=1)
"""On PostgreSQL, whose log only grows. On SQLite each subject has one row."""
CUT_AT_ONCE = timedelta(minutes=30)
IDENTITY = "SELECT applied FROM django_migrations ORDER BY id LIMIT 1"
"""A moment with microseconds that no other database has."""
# Every transaction below is over, and its rows can be seen. One that is open stays above: it is read again.
OVER = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
BOUNDS = {
    "sqlite": f"SELECT ({IDENTITY}), 0, coalesce(max(id), 0) FROM {CHANGE}",  # noqa: S608 - our own table
    "postgresql": f"SELECT ({IDENTITY}), coalesce((SELECT min(xid) FROM {CHANGE}), 0), {OVER}",  # noqa: S608
}
"""The database, and between which positions the log is whole: its oldest transaction is never cut, so that it tells this."""
VERSION = {
    "sqlite": BOUNDS["sqlite"],
    # Rows of a transaction that ends late may stand below others, but never below a transaction that was already over everywhere:
    # of those below OVER the last one tells all, the few above are counted.
    "postgresql": f"SELECT ({IDENTITY}), (SELECT coalesce(max(xid), 0) FROM {CHANGE} WHERE xid < (SELECT {OVER})), "  # noqa: S608
    f"count(*), coalesce(sum(xid), 0)::text FROM {CHANGE} WHERE xid >= (SELECT {OVER})",
}
SINCE = {
    "sqlite": f"SELECT subject FROM {CHANGE} WHERE id > %s",  # noqa: S608
    "postgresql": f"SELECT DISTINCT subject FROM {CHANGE} WHERE xid >= %s",  # noqa: S608
}
OLDEST = f"SELECT at FROM {CHANGE} WHERE xid > (SELECT min(xid) FROM {CHANGE}) ORDER BY xid LIMIT 1"  # noqa: S608
LAST_BEFORE = f"SELECT max(xid) FROM {CHANGE} WHERE at < %s AND xid < (SELECT {OVER})"  # noqa: S608
CUT = f"DELETE FROM {CHANGE} WHERE xid < %s"  # noqa: S608


def changed_since(position: str) -> tuple[frozenset[str] | None, str]:
    """The subjects that changed, and the position to ask from next time; None where anything may have changed.

    Two queries, whose cost does not depend on how much there is, only on how much changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS[connection.vendor])
        identity, first, end = cursor.fetchone()
        database = f"{connection.vendor} {identity}"
        now = f"{database} {end}"
        kind, _, number = position.rpartition(" ")
        if kind != database or not number.isdigit() or not first <= int(number) <= end:
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
        cursor.execute(VERSION[connection.vendor])
        return f"{connection.vendor} {cursor.fetchone()}"


def prune(now: datetime) -> None:
    """Cut what is older than KEPT_FOR. Who asks from before compares everything.

    Looks along a whole day of changes, so it waits until CUT_AT_ONCE are due; to find that out takes two rows.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        if (oldest := cursor.fetchone()) and oldest[0] <= now - KEPT_FOR - CUT_AT_ONCE:
            cursor.execute(LAST_BEFORE, [now - KEPT_FOR])
            cursor.execute(CUT, cursor.fetchone())
