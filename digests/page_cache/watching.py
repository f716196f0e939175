"""Hears what changed since it was last asked, on a connection of its own and without a query while nothing changed."""

import sqlite3
from collections.abc import Callable, Collection
from typing import Any, Protocol

import psycopg
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import ExecStatus

from digests.page_cache import triggers
from digests.page_cache.triggers import CHANGE


class Watch(Protocol):
    """Not thread-safe. If it raises a database error, changes may have been missed."""

    def changes(self) -> Collection[str]:
        """The subjects that changed since the last call, or since the watch began."""

    def close(self) -> None: ...


class SQLiteWatch:
    """Asks the file for its version (PRAGMA data_version, two words of shared memory), which each commit changes."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database
        self._execute = database.connection.execute
        self._version = self._data_version()
        (self._seen,) = self._execute(f"SELECT coalesce(max(id), 0) FROM {CHANGE}").fetchone()  # noqa: S608

    def changes(self) -> Collection[str]:
        version = self._data_version()
        if version == self._version:
            return ()
        changed = self._execute(f"SELECT id, subject FROM {CHANGE} WHERE id > ? ORDER BY id", [self._seen]).fetchall()  # noqa: S608
        self._version = version
        if changed:
            self._seen = changed[-1][0]
        return {subject for _, subject in changed}

    def close(self) -> None:
        self._database.connection.close()  # the driver's: Django's own close asks for a thread without an event loop

    def _data_version(self) -> int:
        return int(self._execute("PRAGMA data_version").fetchone()[0])


class PostgreSQLWatch:
    """Listens. An empty statement makes sure that all notifications of committed changes have arrived: the server alone sends
    them when it finds the time, which was 20 ms on a busy machine."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database
        database.connection.execute(f"LISTEN {CHANGE}")
        self._libpq = database.connection.pgconn

    def changes(self) -> Collection[str]:
        answer = self._libpq.exec_(b"")
        if answer.status != ExecStatus.EMPTY_QUERY:
            raise psycopg.OperationalError(answer.error_message.decode(errors="replace"))
        heard = set()
        while notification := self._libpq.notifies():
            heard.add(notification.extra.decode())
        return heard

    def close(self) -> None:
        self._database.connection.close()


WATCHES: dict[str, Callable[[BaseDatabaseWrapper], Watch]] = {"sqlite": SQLiteWatch, "postgresql": PostgreSQLWatch}
OPTIONS: dict[str, dict[str, Any]] = {
    "postgresql": {
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
}
"""A server that does not answer for eleven seconds is gone."""
ERRORS = (Error, sqlite3.Error, psycopg.Error)
"""What a watch raises: Django's errors, and the drivers' own."""


def watch() -> Watch | None:
    """A watch of the site's database from now on; None if there can be none now."""
    ours = connections[DEFAULT_DB_ALIAS]
    if ours.vendor not in WATCHES:
        return None
    database = ours.copy()
    options = {name: value for name, value in database.settings_dict["OPTIONS"].items() if name != "pool"}
    database.settings_dict["OPTIONS"] = options | OPTIONS.get(ours.vendor, {})
    database.inc_thread_sharing()
    try:
        database.connect()
        made = WATCHES[ours.vendor](database)
        if triggers.present(database):
            return made
    except ERRORS:
        pass
    database.close()
    return None
