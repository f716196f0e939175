"""`manage.py restore FILE`: make the database what a backup holds."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from digests.mirror.disk import FolderError
from hotpapers_site.databases import backups, copying
from papers.management.collecting import a_path
from papers.plurals import counted


class Command(BaseCommand):
    help = "Make the database what a backup holds, on SQLite or PostgreSQL. Stop the site first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=a_path, metavar="FILE", help="a file that `manage.py backup` wrote")
        parser.add_argument("--check", action="store_true", help="compare the backup with its checksums; change nothing")
        parser.add_argument("--replace", action="store_true", help="delete everything that the database holds now")

    def handle(self, *, path: Path, check: bool, replace: bool, **options: Any) -> None:
        erased = 0
        try:
            if check:
                backup, done = backups.checked(path), "whole"
            else:
                with tqdm(unit=" rows", disable=None) as bar:
                    backup, erased = backups.restore(path, lambda _, rows: bar.update(rows), replace=replace)
                done = "restored"
        except (copying.NotCopied, FolderError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{path}: {done}, {counted(backup.rows, 'row')} as of {backup.made_at}.")
        if erased:
            again = counted(erased, "post was", "posts were")
            self.stdout.write(f"{again} erased again: somebody had asked for it after the backup was made.")
        elif not check and not replace:
            self.stdout.write("Posts erased on request after that moment are back: erase them again (`manage.py erase_posts`).")
