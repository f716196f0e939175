"""Decides which errors mean that the database is not available at this moment, so that the same request may succeed in the
next; and what a command says then."""

import sqlite3

from django.db import Error, InterfaceError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

SERVER_AWAY = ("08", "53", "57P", "25006")
"""Beginnings of the SQLSTATEs for a failed connection, for a server without room or connections, for one that stops or starts,
and for one that has become the standby (https://www.postgresql.org/docs/15/errcodes-appendix.html)."""
OURS = ("papers", "digests", "hotpapers_site")
FILE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def why_away(error: BaseException | None) -> str:
    """Return the first line of the driver's message; empty for any other error, which is one of ours."""
    if not isinstance(error, Error):
        return ""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        is_away = getattr(cause, "sqlite_errorname", "").startswith(FILE_AWAY)
    elif code := getattr(cause, "sqlstate", None):
        is_away = code.startswith(SERVER_AWAY)
    else:  # psycopg has no code for a server that does not answer
        is_away = isinstance(error, InterfaceError | OperationalError) and _is_psycopgs(cause)
    return (str(error).strip().partition("\n")[0] or type(error).__name__) if is_away else ""


def _is_psycopgs(error: BaseException | None) -> bool:
    import psycopg  # on SQLite no program needs to load it

    return isinstance(error, psycopg.Error)


def what_to_do(error: BaseException, command: str) -> str:
    """Return a line for the person who ran the command that failed; empty for an error of ours, as in a migration."""
    if reason := why_away(error):
        name = connection.settings_dict["NAME"]
        look = f"the file {name} and its disk" if connection.vendor == "sqlite" else "its server and at DATABASE_URL"
        return f"The database cannot be used now ({reason}). Look at {look}, then run this again."
    is_older = command != "migrate" and isinstance(error, OperationalError | ProgrammingError)
    if is_older and (number := waiting_migrations()):
        return f"The database is of an older version: {number} migrations have not been applied. Run `manage.py migrate` first."
    return ""


def waiting_migrations() -> int:
    """Return how many migrations of this version the site's database lacks. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def of_newer_version() -> str:
    """Return a sentence if a newer version of this site has changed the database's tables; empty if not. Raises DatabaseError."""
    loader = MigrationLoader(connection)
    unknown = sorted(one for one in loader.applied_migrations if one[0] in OURS and one not in loader.disk_migrations)
    if not unknown:
        return ""
    app, name = unknown[-1]
    return (
        f"The database is of a newer version of Hot Papers ({app} {name}). Install that version, or take the database back "
        "(Upgrade and rollback, in deploy/README.md)."
    )
