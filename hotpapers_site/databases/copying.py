"""Copies a whole database into another one, of the same kind or not, and proves that both hold the same.

The search index is left out: it is made again from the papers. Copied are all rows of all other models, read in one snapshot
and written in one transaction, so the target holds everything or what it held before.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.db.utils import load_backend

from digests.models import Digest
from hotpapers_site.databases import numbering
from hotpapers_site.databases.addresses import configured
from papers import triggers
from papers.database_errors import why_away
from papers.models import Paper

BATCH = 2_000
"""Rows that are read and written at a time."""
Progress = Callable[[str, int], object]
"""Called with the table and the number of its rows that were just copied."""


class NotCopied(Exception):
    """Nothing was changed; the text is one sentence that says why, and what to do."""


@dataclass(frozen=True)
class Table:
    """What a table holds: the number of its rows, and a SHA-256 over their values in the order of the primary keys."""

    name: str
    rows: int
    sha256: str


@contextmanager
def opened(url: str, alias: str) -> Iterator[BaseDatabaseWrapper]:
    """Open the database at the address (empty: the site's own), under an alias of its own until the `with` ends."""
    described = connections.databases[DEFAULT_DB_ALIAS] | ({"OPTIONS": {}} | configured(url) if url else {}) | {"CONN_MAX_AGE": 0}
    described["OPTIONS"] = dict(described["OPTIONS"])
    connections[alias] = load_backend(described["ENGINE"]).DatabaseWrapper(described, alias)
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]


@contextmanager
def snapshot(url: str = "", alias: str = "snapshot") -> Iterator[BaseDatabaseWrapper]:
    """Show the database as it is at this moment, whatever is written to it meanwhile. Nobody waits for it."""
    with opened(url, alias) as database:
        if database.vendor == "sqlite":
            database.settings_dict["OPTIONS"] |= {"transaction_mode": "DEFERRED"}
        with transaction.atomic(using=alias):
            with database.cursor() as cursor:
                if database.vendor == "postgresql":
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT count(*) FROM django_migrations")  # a snapshot begins with the first statement
            yield database


def models() -> list[type[Model]]:
    """Return all models whose rows are copied."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy and not getattr(model, "is_derived", False)]


def migrate(url: str = "") -> None:
    """Bring the database's tables to this version."""
    _manage(url, "migrate", verbosity=0)


def index(url: str = "") -> None:
    """Make the search index again, with its progress bar."""
    _manage(url, "index_papers", rebuild=True)


def _manage(url: str, command: str, **options: Any) -> None:
    """Run a command on the database. If it is not the site's own, this takes a process: migrations know only one database."""
    if not url:
        call_command(command, stdout=StringIO(), **options)
        return
    # The address, which may hold a password, is in the environment and not among the arguments, which everybody can see.
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
    arguments = [f"--{name}" if value is True else f"--{name}={value}" for name, value in options.items()]
    program = [sys.executable, str(settings.BASE_DIR / "manage.py"), command, *arguments]
    error = subprocess.PIPE if command == "migrate" else None  # the index shows its progress there
    done = subprocess.run(program, env=environment, stdout=subprocess.DEVNULL, stderr=error, text=True, check=False)
    if done.returncode:
        raise NotCopied(f"`{command}` failed on the other database: {_reason(done.stderr or '')}")


def _reason(printed: str) -> str:
    """Return why a command failed: its last sentence, or its error's with what to do."""
    if errors := re.findall(r"^[\w.]+Error: (.{1,300})", printed, re.MULTILINE):
        return f"{errors[-1].rstrip('.')}. Look at that database, and at what its user may do, then run this again."
    return printed.strip().rpartition("\n")[2][:300] or "its message is above."


def holds_something(database: BaseDatabaseWrapper) -> bool:
    """Say whether the database has papers, lists or accounts."""
    some: tuple[type[Model], ...] = (Paper, Digest, apps.get_model("auth", "User"))
    return any(model._base_manager.using(database.alias).exists() for model in some)


def applied_migrations(database: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    return set(MigrationRecorder(database).applied_migrations())


def known_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


def expect_another(url: str) -> None:
    """Raise NotCopied if the address is that of the site's own database, or of one that cannot be used now."""
    with opened(url, "other") as other:
        try:
            other.ensure_connection()
            is_own = _identity(other) == _identity(connections[DEFAULT_DB_ALIAS])
        except Error as error:
            told = str(error).strip().partition("\n")[0]
            look = "its file and its disk" if other.vendor == "sqlite" else "its server and at the address"
            raise NotCopied(f"The other database cannot be used ({told}). Look at {look}.") from error
    if is_own:
        raise NotCopied("That is the site's own database. Choose another, empty one.")


def _identity(database: BaseDatabaseWrapper) -> tuple[object, ...]:
    """Return what two names of one database have in common."""
    if database.vendor == "sqlite":
        return (Path(database.settings_dict["NAME"]).resolve(),)
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time(), current_database()")
        return tuple(cursor.fetchone())


def expect_this_version(database: BaseDatabaseWrapper) -> None:
    """Raise NotCopied for a database with tables of a newer version: this version would leave something out."""
    if unknown := applied_migrations(database) - known_migrations():
        newest = "; ".join(f"{app} {name}" for app, name in sorted(unknown)[:3])
        raise NotCopied(f"The database is of a newer version of Hot Papers ({newest}). Use that version for it.")


def writes(database: BaseDatabaseWrapper) -> int:
    """Return a number that changes when others write to the database. Ask on one connection, outside of a transaction."""
    with database.cursor() as cursor:
        cursor.execute(WRITES[database.vendor])
        return int(cursor.fetchone()[0])


def total(source: BaseDatabaseWrapper) -> int:
    """Return how many rows a copy of the database has to copy."""
    return sum(model._base_manager.using(source.alias).count() for model in models())


def copy(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, progress: Progress) -> list[Table]:
    """Make the target's rows those of the source, a `snapshot`. Both must have this version's tables.

    Raises NotCopied if the target does not read back what was written to it.
    """
    expect_this_version(source)
    if target.vendor == "sqlite":
        target.disable_constraint_checking()
    with transaction.atomic(using=target.alias):
        triggers.drop(target)
        with target.cursor() as cursor:
            for model in models():
                cursor.execute(f"DELETE FROM {target.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our own table
        tables = [_copy_table(model, source, target, progress) for model in models()]
        numbering.go_on(models(), source, target)
        target.check_constraints()
        for table, model in zip(tables, models(), strict=True):
            if (there := contents(model, target)) != table:
                raise NotCopied(f"{table.name}: the copy’s {there.rows:,} rows differ from the original’s {table.rows:,}.")
    if target.vendor == "sqlite":
        target.enable_constraint_checking()
    emit_post_migrate_signal(verbosity=0, interactive=False, db=target.alias, plan=[])  # makes the triggers again
    return tables


def contents(model: type[Model], database: BaseDatabaseWrapper) -> Table:
    """Return what the model's table holds."""
    summed = _Sum()
    for row in _rows(model, database):
        summed.add(row)
    return summed.table(model)


class _Sum:
    """A sum over rows that does not depend on their order, which the two kinds of database sort differently."""

    def __init__(self) -> None:
        self._rows = self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        line = json.dumps(row, default=_as_text, ensure_ascii=False, sort_keys=True)
        self._sum += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())
        self._rows += 1

    def table(self, model: type[Model]) -> Table:
        return Table(model._meta.db_table, self._rows, f"{self._sum % 2**256:064x}")


def _as_text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _copy_table(model: type[Model], source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, progress: Progress) -> Table:
    fields, summed = model._meta.concrete_fields, _Sum()
    with closing(_rows(model, source)) as rows:
        while batch := list(islice(rows, BATCH)):
            for row in batch:
                summed.add(row)
            prepared = (
                [field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)] for row in batch
            )
            taken = list[Any]()
            try:
                _insert(model, _noted(prepared, taken), target)
            except (Error, psycopg.Error) as error:
                raise _refused(model, error, taken) from error
            progress(model._meta.db_table, len(batch))
    return summed.table(model)


def _noted(rows: Iterable[Sequence[Any]], taken: list[Any]) -> Iterator[Sequence[Any]]:
    """Keep the last row that was taken."""
    for row in rows:
        taken[:] = [row]
        yield row


def _refused(model: type[Model], error: Exception, last: list[Sequence[Any]]) -> NotCopied:
    """Return why the row, or one of those before it, could not be written. SQLite takes texts of any length, and zero
    characters."""
    table, told = model._meta.db_table, " ".join(str(error).split())[:300]
    if why_away(error) or isinstance(error, psycopg.OperationalError):
        return NotCopied(
            f"{table}: the other database cannot be used any more ({told}). Nothing was copied. See its disk and server."
        )
    if last and isinstance(error, psycopg.Error) and not error.sqlstate:  # the client refused this very row
        key = next(n for n, field in enumerate(model._meta.concrete_fields) if field.primary_key)
        told += f" ({model._meta.pk.column} {last[0][key]})"
    return NotCopied(
        f"{table}: the other database refuses a row: {told}. Nothing was copied. Correct that row, then run this again."
    )


def _rows(model: type[Model], database: BaseDatabaseWrapper) -> Generator[tuple[Any, ...], None, None]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(database.alias).order_by("pk").values_list(*names)
    yield from rows.iterator(chunk_size=BATCH)


def _insert(model: type[Model], rows: Iterable[Sequence[Any]], target: BaseDatabaseWrapper) -> None:
    quoted = target.ops.quote_name
    columns = [quoted(field.column) for field in model._meta.concrete_fields if field.column]
    into = f"{quoted(model._meta.db_table)} ({', '.join(columns)})"
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as sent:
                for row in rows:
                    sent.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", list(rows))  # noqa: S608


WRITES = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables",
}
