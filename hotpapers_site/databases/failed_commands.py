"""What a command says if the database or a disk is in no state for it."""

import errno
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection

from digests.mirror.disk import WHAT_TO_DO
from hotpapers_site.databases.versions import waiting_migrations
from papers.database_errors import DISK_FULL, why_away
from papers.plurals import counted


def what_to_do(error: BaseException, command: str) -> str:
    """Return a line for the person who ran the command that failed; empty for an error of ours, as in a migration."""
    if isinstance(error, OSError) and (what := WHAT_TO_DO.get(error.errno or 0)):
        return f"{error.filename2 or error.filename or settings.VAR_DIR}: {what}."
    if reason := next(filter(None, map(why_away, _with_reasons(error))), ""):
        return _of_database(reason)
    is_older = command != "migrate" and isinstance(error, OperationalError | ProgrammingError)
    if is_older and (number := waiting_migrations()):
        return f"The database is of an older version and lacks {counted(number, 'migration')}. Run `manage.py migrate` first."
    return ""


def _with_reasons(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, and those that led to it: Django's command `migrate` tells some of them in an error of its own."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _of_database(reason: str) -> str:
    name = connection.settings_dict["NAME"]
    if reason == DISK_FULL:
        return f"{Path(name).parent}: {WHAT_TO_DO[errno.ENOSPC]}."
    look = f"the file {name} and its disk" if connection.vendor == "sqlite" else "its server and at DATABASE_URL"
    return f"The database cannot be used now ({reason}). Look at {look}, then run this again."
