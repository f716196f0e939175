"""Decides which errors mean that the database is not available at this moment, so that the same request may succeed in the
next."""

import shutil
import sqlite3
from pathlib import Path

from django.db import Error, InterfaceError, OperationalError, connection

SERVER_AWAY = ("08", "53", "57P", "25006")
"""Beginnings of the SQLSTATEs for a failed connection, for a server without room or connections, for one that stops or starts,
and for one that has become the standby (https://www.postgresql.org/docs/15/errcodes-appendix.html)."""
FILE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
LEAST_ROOM = 1 << 20
"""In bytes; a disk with less is full."""
DISK_FULL = "the disk is full"


def why_away(error: BaseException | None) -> str:
    """Return the first line of the driver's message; empty for any other error, which is one of ours."""
    if not isinstance(error, Error):
        return ""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        is_away = getattr(cause, "sqlite_errorname", "").startswith(FILE_AWAY)
        if is_away and connection.vendor == "sqlite" and is_full(Path(connection.settings_dict["NAME"]).parent):
            return DISK_FULL  # SQLite has many words for it
    elif code := getattr(cause, "sqlstate", None):
        is_away = code.startswith(SERVER_AWAY)
    else:  # psycopg has no code for a server that does not answer
        is_away = isinstance(error, InterfaceError | OperationalError) and _is_psycopgs(cause)
    return (str(error).strip().partition("\n")[0] or type(error).__name__) if is_away else ""


def is_full(folder: Path) -> bool:
    """Say whether the folder's disk is full."""
    try:
        return shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:  # no such folder
        return False


def _is_psycopgs(error: BaseException | None) -> bool:
    import psycopg  # on SQLite no program needs to load it

    return isinstance(error, psycopg.Error)
