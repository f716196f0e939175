"""`manage.py move_database --to URL`: copy everything into another database, from SQLite to PostgreSQL or back."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from hotpapers_site import values
from hotpapers_site.databases import copying
from hotpapers_site.databases.stopped import expect_stopped
from hotpapers_site.environment import shown
from hotpapers_site.serving.ports import OF_SETTINGS

VARIABLE = "MOVE_DATABASE_TO"


class Command(BaseCommand):
    help = (
        "Copy everything into another database, and compare number and checksum of each table's rows. Stop the site first. "
        f"An address with a password belongs in the variable {VARIABLE}: everybody on the machine sees a command's arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", metavar="URL", help=f"the new database, for example {values.DATABASE.example} (default: {VARIABLE})"
        )
        parser.add_argument("--replace", action="store_true", help="delete everything that the new database holds now")

    def handle(self, **options: Any) -> None:
        url = options["to"] or os.environ.get(VARIABLE, "")
        try:
            values.DATABASE.parse(url)
        except (ValueError, OSError) as error:
            found = f"--to is {shown(url)}" if options["to"] else f"{VARIABLE} is {shown(url) if url else 'not set'}"
            what = str(error) if isinstance(error, values.Unsafe) else values.DATABASE.expected
            expected = f"expected {what}, for example {values.DATABASE.example}"
            raise CommandError(f"{found}; {expected}", returncode=OF_SETTINGS) from None
        try:
            tables = self._move(url, replace=options["replace"])
        except copying.NotCopied as error:
            raise CommandError(str(error)) from None
        for table in tables:
            self.stdout.write(f"{table.rows:>12,}  {table.sha256[:16]}  {table.name}")
        self.stdout.write(
            f"Both databases hold the same {sum(table.rows for table in tables):,} rows. Set DATABASE_URL to the new one."
        )

    def _move(self, url: str, *, replace: bool) -> list[copying.Table]:
        copying.migrate()
        expect_stopped()
        copying.expect_another(url)
        copying.migrate(url)
        with copying.opened("", "watched") as watched, copying.opened(url, "target") as target:
            if not replace and copying.holds_something(target):
                raise copying.NotCopied(
                    "It already holds papers, lists or accounts. Choose an empty database, or delete all of it with --replace."
                )
            connection.close()  # PostgreSQL counts what our own migrations wrote when the session ends, or some time later
            before = copying.writes(watched)
            with copying.snapshot() as source, tqdm(total=copying.total(source), unit=" rows", disable=None) as bar:
                tables = copying.copy(source, target, lambda _, rows: bar.update(rows))
            if copying.writes(watched) != before:
                raise copying.NotCopied(
                    "The old database was written to while it was copied. Stop the site (all web, worker and beat processes), "
                    "then run this again with --replace."
                )
        copying.index(url)
        return tables
