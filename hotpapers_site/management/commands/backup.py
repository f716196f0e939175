"""`manage.py backup`: the whole database in one file, while the site runs."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from digests.mirror.disk import FolderError, told
from hotpapers_site.databases import backups, copying
from papers import clock
from papers.management.collecting import a_path
from papers.plurals import counted

SUFFIX = ".tar.gz"
DATED = re.compile(r"hotpapers-[0-9]{8}-[0-9]{6}" + re.escape(SUFFIX))


class Command(BaseCommand):
    help = "Write the whole database to one file, as it is at this moment. The site may go on running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            type=a_path,
            help="a new file, or a folder for one named by the time (default: the folder backups in VAR_DIR)",
        )
        parser.add_argument("--keep", type=int, metavar="N", help="keep N backups named by their time; delete the oldest")

    def handle(self, **options: Any) -> None:
        path: Path = options["path"] or settings.VAR_DIR / "backups"
        if (keep := options["keep"]) is not None and keep < 1:
            raise CommandError(f"--keep is {keep}; give the number of backups to keep, 1 or more.")
        if keep and path.name.endswith(SUFFIX):
            raise CommandError(f"--keep goes with a folder, and {path} is one file. Give its folder, or leave out --keep.")
        try:
            if not path.name.endswith(SUFFIX):
                with told(path):
                    path.mkdir(mode=0o700, parents=True, exist_ok=True)
                path /= f"hotpapers-{clock.now():%Y%m%d-%H%M%S}{SUFFIX}"
            if path.exists():
                raise CommandError(f"{path} is already there. Choose another name.")
            if not path.parent.is_dir():
                raise CommandError(f"There is no folder {path.parent}. Make it first, or choose another one.")
            with copying.snapshot() as source:
                total = copying.total(source)
            with tqdm(total=total, unit=" rows", disable=None) as bar:
                backup = backups.make(path, lambda _, rows: bar.update(rows))
            for old in _older(path)[keep - 1 :] if keep else ():
                old.unlink()
        except (copying.NotCopied, FolderError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from None
        size = path.stat().st_size / 2**20
        self.stdout.write(f"{path}: {counted(backup.rows, 'row')} as of {backup.made_at}, {size:.1f} MiB.")


def _older(path: Path) -> list[Path]:
    """Return the other backups beside this one that were named by their time, the latest first: what a person named stays."""
    dated = [one for one in path.parent.iterdir() if DATED.fullmatch(one.name) and one != path]
    return sorted(dated, reverse=True)
