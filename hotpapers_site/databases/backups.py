"""A backup is one file: a SQLite copy of the database, whichever kind the site has, and a page that says what is in it.

`hotpapers.tar.gz` holds `database.sqlite3` and `backup.json`: when it was made, by which tables (migrations), the number and
checksum of each table's rows, and the names of the settings that were set. No setting's value is in it, so keep `.env` yourself.
"""

import errno
import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from digests.mirror.disk import WHAT_TO_DO, FolderError, told
from hotpapers_site.databases import copying
from hotpapers_site.databases.addresses import file_address
from hotpapers_site.databases.copying import NotCopied, Progress, Table
from hotpapers_site.databases.scratch import scratch
from hotpapers_site.databases.stopped import expect_stopped
from hotpapers_site.databases.versions import of_newer_version
from papers import clock
from papers.counts.erased_on_request import erase_again
from papers.database_errors import is_full
from papers.models import Erasure

DATABASE, CONTENTS = "database.sqlite3", "backup.json"
FORMAT = 1
BLOCK = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What a backup says about itself."""

    made_at: str
    """ISO 8601, UTC."""
    migrations: list[tuple[str, str]]
    tables: list[Table]
    settings: list[str]
    """Names of the variables that were set."""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def make(path: Path, progress: Progress) -> Backup:
    """Write the database, as it is at this moment, to a new file that only this user can read. The site may keep running.

    The file appears when it is complete. Raises NotCopied, and FolderError if the folder cannot be written.
    """
    with told(path.parent), scratch(path.parent, ".backup-") as folder, _with_room(path.parent):
        url = file_address(folder / DATABASE)
        copying.migrate(url)
        with copying.snapshot() as source, copying.opened(url, "backup") as target:
            made_at = clock.now()
            tables = copying.copy(source, target, progress)
            applied = sorted(copying.applied_migrations(source))
            with target.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        backup = Backup(made_at.isoformat(timespec="seconds"), applied, tables, sorted(settings.SET_VARIABLES))
        (folder / CONTENTS).write_text(json.dumps(asdict(backup), indent=1))
        packed = folder / "packed"
        packed.touch(mode=0o600)
        with packed.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
                for name in (CONTENTS, DATABASE):
                    archive.add(folder / name, name)
            file.flush()
            os.fsync(file.fileno())
        packed.rename(path)
    return backup


def restore(path: Path, progress: Progress, *, replace: bool = False) -> tuple[Backup, int]:
    """Make the site's database what the backup holds. The backup is checked first, and brought to this version's tables.

    What somebody asked to erase since the backup was made is erased again, as far as the database that is replaced knows it; the
    number of these posts is returned with the backup.

    Raises NotCopied if the file is no backup, is damaged or was made by a newer version, if the site runs, and if the database is
    not empty, unless `replace` is set, or is of a newer version; FolderError if VAR_DIR, where it is unpacked, cannot be written.
    Nothing has changed then.
    """
    if newer := of_newer_version():
        raise NotCopied(f"{newer} Or restore into an empty database.")
    copying.migrate()
    expect_stopped()
    with _unpacked(path) as (backup, copy_url):
        copying.migrate(copy_url)
        with copying.opened("", "target") as target, copying.snapshot(copy_url) as source:
            if not replace and copying.holds_something(target):
                raise NotCopied("The database already holds papers, lists or accounts. Add --replace to delete all of it first.")
            requests = list(Erasure.objects.all())
            copying.copy(source, target, progress)
            erased = erase_again(requests, now=clock.now())
    copying.index()
    return backup, erased


def checked(path: Path) -> Backup:
    """Compare the backup's rows with what it says about itself, and return that. Raises NotCopied and FolderError."""
    with _unpacked(path) as (backup, _):
        return backup


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Backup, str]]:
    """Yield the backup, and the address of its database, whose rows were checked."""
    if not path.is_file():
        raise NotCopied(f"There is no file {path}. Choose a file that `manage.py backup` wrote.")
    place = settings.VAR_DIR
    with told(place), scratch(place, ".restore-") as folder, _with_room(place):
        try:
            with gzip.open(path) as unzipped:
                with tarfile.open(fileobj=unzipped, mode="r:") as archive:
                    for name in (CONTENTS, DATABASE):
                        archive.extract(archive.getmember(name), folder, filter="data")
                while unzipped.read(BLOCK):
                    pass  # the checksum of all of it is at the end
            backup = _read(folder / CONTENTS)
        except (tarfile.TarError, zlib.error, KeyError, EOFError, ValueError, TypeError, OSError) as error:
            raise NotCopied(
                f"{path} is not a backup that can be read: {error}. Choose a file that `manage.py backup` wrote."
            ) from None
        url = file_address(folder / DATABASE)
        try:
            _check(path, backup, url)
        except (Error, UnicodeDecodeError) as error:
            raise NotCopied(f"{path} is damaged: {error}. Choose another file that `manage.py backup` wrote.") from error
        yield backup, url


def _check(path: Path, backup: Backup, url: str) -> None:
    """Compare the rows with what the backup says about them. Raises NotCopied, and DatabaseError for what is no database."""
    with copying.snapshot(url, "unpacked") as database:
        applied = {(app, name) for app, name in backup.migrations}
        if unknown := applied - copying.known_migrations():
            newest = "; ".join(f"{app} {name}" for app, name in sorted(unknown)[:3])
            raise NotCopied(f"{path} was made by a newer version of Hot Papers ({newest}). Install that version first.")
        for table in backup.tables:
            if not _holds(database, table, same_version=applied == copying.applied_migrations(database)):
                raise NotCopied(f"{path} is damaged: {table.name} does not hold the {table.rows:,} rows it should.")


@contextmanager
def _with_room(folder: Path) -> Iterator[None]:
    """Raise FolderError if something failed because the disk is full, whatever failed: SQLite has many words for it."""
    try:
        yield
    except (NotCopied, OSError, Error) as error:
        if is_full(folder):
            raise FolderError(f"{folder}: {WHAT_TO_DO[errno.ENOSPC]}") from error
        raise


def _holds(database: BaseDatabaseWrapper, table: Table, *, same_version: bool) -> bool:
    by_name = {model._meta.db_table: model for model in copying.models()}
    if same_version and table.name in by_name:
        return copying.contents(by_name[table.name], database) == table
    with database.cursor() as cursor:  # of an older version, whose models are not here
        cursor.execute(f"SELECT count(*) FROM {database.ops.quote_name(table.name)}")  # noqa: S608 - quoted
        return bool(cursor.fetchone()[0] == table.rows)


def _read(path: Path) -> Backup:
    said = json.loads(path.read_text())
    if said["format"] != FORMAT:
        raise ValueError(f"its format is {said['format']}, expected {FORMAT}")
    migrations = [(app, name) for app, name in said["migrations"]]
    return Backup(said["made_at"], migrations, [Table(**one) for one in said["tables"]], said["settings"])
