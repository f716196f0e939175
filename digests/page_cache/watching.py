"""Hears what changed since it was last asked, on a connection of its own and without a query while nothing changed."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any, ClassVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import ExecStatus

from digests.page_cache.triggers import CHANGE, TRIGGERS


class Watch(ABC):
    """Not thread-safe. If it raises one of ERRORS, changes may have been missed."""

    options: ClassVar[dict[str, Any]] = {}
    """Of its connection, beside those that all have."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._driver = database.connection  # Django's own methods ask for a thread without an event loop

    @abstractmethod
    def changes(self) -> Collection[str]:
        """The subjects that changed since the last call, or since the watch began."""

    def close(self) -> None:
        self._driver.close()


class SQLiteWatch(Watch):
    """Asks the file for its version (PRAGMA data_version, two words of shared memory), which each commit changes."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        super().__init__(database)
        self._version = self._asked("PRAGMA data_version")
        self._seen = self._asked(f"SELECT coalesce(max(id), 0) FROM {CHANGE}")  # noqa: S608

    def changes(self) -> Collection[str]:
        if (version := self._asked("PRAGMA data_version")) == self._version:
            return ()
        rows = self._driver.execute(f"SELECT id, subject FROM {CHANGE} WHERE id > ? ORDER BY id", [self._seen]).fetchall()  # noqa: S608
        self._version, self._seen = version, rows[-1][0] if rows else self._seen
        return {subject for _, subject in rows}

    def _asked(self, question: str) -> int:
        return int(self._driver.execute(question).fetchone()[0])


class PostgreSQLWatch(Watch):
    """Listens. An empty statement makes sure that all notifications of committed changes have arrived: the server alone sends
    them when it finds the time, which was 20 ms on a busy machine. One that does not answer for eleven seconds is gone."""

    options: ClassVar = {
        **{"connect_timeout": 5, "tcp_user_timeout": 10_000},
        **{"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3},
    }

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        super().__init__(database)
        self._driver.execute(f"LISTEN {CHANGE}")

    def changes(self) -> Collection[str]:
        libpq = self._driver.pgconn
        answer = libpq.exec_(b"")
        if answer.status != ExecStatus.EMPTY_QUERY:
            raise psycopg.OperationalError(answer.error_message.decode(errors="replace"))
        return {notification.extra.decode() for notification in iter(libpq.notifies, None)}


WATCHES: dict[str, type[Watch]] = {"sqlite": SQLiteWatch, "postgresql": PostgreSQLWatch}
ERRORS = (Error, sqlite3.Error, psycopg.Error)
"""What a watch raises: Django's errors, and the drivers' own."""


def watch() -> Watch | None:
    """A watch of the site's database from now on; None if there can be none now."""
    database = connections[DEFAULT_DB_ALIAS].copy()
    kind = WATCHES[database.vendor]
    database.settings_dict["OPTIONS"] |= kind.options
    database.inc_thread_sharing()
    try:
        database.connect()
        made = kind(database)
        if TRIGGERS.is_installed(database):
            return made
    except ERRORS:
        pass
    database.close()
    return None
