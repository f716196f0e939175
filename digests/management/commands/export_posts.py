"""`manage.py export_posts --out DIR`: the published days as Markdown."""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from digests.mirror.disk import FolderError, FolderInUse, told
from digests.mirror.folder import compare, write
from digests.mirror.updating import collecting_rarely
from digests.mirror.writing import FileState
from digests.models import Digest
from digests.parallel import ProcessEnded
from papers.management.collecting import a_path, day
from papers.plurals import counted

MANY = 1000
"""Fewer days than this are written as fast by one process: more would first have to start."""
DIFFERENCES = {
    FileState.NEW: "is missing",
    FileState.CHANGED: "differs",
    FileState.REMOVED: "should not be there: the day has no published digest here (an export removes those of withdrawn days)",
}


class Command(BaseCommand):
    help = "Write every published day as Markdown in the old site's format. Sample data is left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=a_path, metavar="DIR", help="the folder (created if missing)")
        parser.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="the first listing day")
        parser.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="the last listing day")
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the folder differs")

    def handle(self, *args: Any, out: Path, since: date | None, until: date | None, check: bool, **options: Any) -> None:
        try:
            if out.exists() and not out.is_dir():
                raise CommandError(f"{out} is a file; give a folder")
        except OSError as error:  # a name that is too long
            raise CommandError(f"{out}: {error.strerror}; give another folder.") from error
        if since and until and since > until:
            raise CommandError(f"--since {since} is after --until {until}; give the first day, then the last.")
        total = Digest.objects.mirrored().between(since, until).count()
        days = {"since": since, "until": until}
        processes = os.cpu_count() or 1 if total >= MANY else 1
        files = compare(out, **days) if check else write(out, **days, processes=processes)
        counts: Counter[FileState] = Counter()
        try:
            with told(out), collecting_rarely():
                for name, state in tqdm(files, total=total, unit=" posts", disable=None if options["verbosity"] else True):
                    counts[state] += 1
                    if check and state != FileState.SAME:
                        with tqdm.external_write_mode():
                            self.stdout.write(f"{out / name}: {DIFFERENCES[state]}")
        except (FolderError, FolderInUse, ProcessEnded) as error:
            raise CommandError(str(error)) from error
        if check:
            same = counts[FileState.SAME]
            differ = counts.total() - same
            verb = "is" if differ == 1 else "are"
            self.stdout.write(f"{counted(same, 'file is', 'files are')} up to date, {differ:,} {verb} not")
            if counts.total() != counts[FileState.SAME]:
                raise CommandError(
                    "The folder differs from the published digests; run export_posts without --check to update it."
                )
        else:
            self.stdout.write(
                f"{counts[FileState.NEW]} new, {counts[FileState.CHANGED]} changed, {counts[FileState.SAME]} unchanged, "
                f"{counts[FileState.REMOVED]} removed"
            )
