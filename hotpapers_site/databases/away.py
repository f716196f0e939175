"""Which errors mean that the database cannot be asked at this moment, so that the same request may succeed in the next."""

import sqlite3

import psycopg
from django.db import Error, InterfaceError, OperationalError

SERVER_AWAY = ("08", "53", "57P", "25006")
"""How SQLSTATEs begin of a connection that failed, of a server without room or connections, one that stops or starts, and one
that was the first and is the second now (https://www.postgresql.org/docs/15/errcodes-appendix.html)."""
FILE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def why_away(error: BaseException | None) -> str:
    """The first line of what the database's driver says; empty for any other error, which is one of ours."""
    if not isinstance(error, Error):
        return ""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        is_away = getattr(cause, "sqlite_errorname", "").startswith(FILE_AWAY)
    elif code := getattr(cause, "sqlstate", None):
        is_away = code.startswith(SERVER_AWAY)
    else:  # psycopg has no code for a server that does not answer
        is_away = isinstance(error, InterfaceError | OperationalError) and isinstance(cause, psycopg.Error)
    return (str(error).strip().partition("\n")[0] or type(error).__name__) if is_away else ""
