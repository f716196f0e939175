"""`manage.py import_posts PATH…`: old posts come in."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from tqdm import tqdm

from digests.markdown.composing import compose
from digests.markdown.files import PostFile, Tombstone, UnreadablePost, post_files, read_posts, shown
from digests.markdown.format import render
from digests.markdown.importing import Batch, Outcome, batches, fingerprint, store, store_new
from digests.models import Digest
from digests.parallel import ProcessEnded
from papers.database_errors import why_away
from papers.management.collecting import a_path
from papers.plurals import counted

AT_ONCE = 10
"""Posts stored together: more gain little, and others who want to write wait longer."""


class Command(BaseCommand):
    help = "Import old posts (Markdown files, or folders of them). Importing the same posts again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=a_path, metavar="PATH", help="a post, or a folder of posts")
        parser.add_argument("--dry-run", action="store_true", help="show what an import would do, without storing anything")
        parser.add_argument(
            "--check", action="store_true", help="check that each post would be exported unchanged, without storing anything"
        )
        parser.add_argument("--replace", action="store_true", help="also overwrite digests that an editor has changed")

    def handle(self, *args: Any, paths: list[Path], dry_run: bool, check: bool, replace: bool, **options: Any) -> None:
        self.counts: Counter[str] = Counter()
        files: list[Path] = []
        for path in paths:
            try:
                found, unreadable = post_files(path)
            except UnreadablePost as error:
                self.fail(path, str(error))
            else:
                files += found
                for refused, why in unreadable:
                    self.fail(refused, why)
        self.first_of_day: dict[date, tuple[Path, str]] = {}
        readings = zip(files, read_posts(files), strict=True)
        is_dry = dry_run or check
        try:
            with tqdm(total=len(files), unit=" posts", disable=None if options["verbosity"] else True) as bar:
                for batch in batches(readings, 1 if is_dry else AT_ONCE):
                    self.take_all(batch, dry_run=is_dry, check=check, replace=replace)
                    bar.update(len(batch))
        except ProcessEnded as error:
            raise CommandError(str(error)) from error
        summary = ", ".join(f"{self.counts[name]} {name}" for name in [*Outcome, "repaired", "normalised", "failed"])
        self.stdout.write(f"{'Nothing was stored. ' if dry_run or check else ''}{counted(len(files), 'file')}: {summary}")
        if self.counts["failed"]:
            raise CommandError("Some posts failed: fix them as described above, then import them again.", returncode=1)

    def take_all(self, batch: Batch, **how: bool) -> None:
        firsts = [reading for _, reading in batch if isinstance(reading, PostFile) and self.is_first(reading)]
        are_stored = len(firsts) > 1 and store_new(firsts)
        for file, reading in batch:
            try:
                if isinstance(reading, UnreadablePost):
                    raise reading
                self.take(reading, is_stored=are_stored, **how)
            except Tombstone as error:
                self.note(file, str(error))
            except UnreadablePost as error:
                self.fail(file, str(error))
            except DatabaseError as error:
                if why_away(error):
                    raise  # no other post will fare better
                self.fail(file, f"the database rejects it: {str(error).partition(chr(10))[0]}")

    def is_first(self, reading: PostFile) -> bool:
        """Say whether no other file with the day held another post."""
        mark = fingerprint(reading.text)
        return self.first_of_day.setdefault(reading.post.day, (reading.path, mark))[1] == mark

    def take(self, reading: PostFile, *, is_stored: bool, dry_run: bool, check: bool, replace: bool) -> None:
        path, day = reading.path, reading.post.day
        if not self.is_first(reading):
            first, _ = self.first_of_day[day]
            raise UnreadablePost(f"expected one post per day; another one of {day} is in {shown(first)}")
        again = reading.text
        if dry_run:
            with transaction.atomic():
                outcome = store(reading, replace=replace)
                if check:
                    again = render(compose(Digest.objects.get(date=day)))
                transaction.set_rollback(True)
        else:
            outcome = Outcome.NEW if is_stored else store(reading, replace=replace)
        self.counts[outcome] += 1
        if again != reading.text:
            why = f": an editor has changed {day} since" if outcome == Outcome.KEPT else ""
            self.fail(path, f"would not be exported unchanged{why}")
        elif outcome == Outcome.KEPT:
            self.note(path, f"left alone: an editor has changed {day} since; use --replace to overwrite it")
        if reading.repaired_lines:
            self.counts["repaired"] += 1
            self.note(path, f"repaired: {counted(reading.repaired_lines, 'line was', 'lines were')} UTF-8 read as Mac Roman")
        for line in reading.hopeless_lines:
            self.note(path, f"line {line}: still looks damaged and can't be repaired; fix it in the admin")
        if reading.normalised:
            self.counts["normalised"] += 1
            self.note(path, "normalised: the second blank line below the front matter is dropped")

    def fail(self, path: Path, message: str) -> None:
        self.counts["failed"] += 1
        with tqdm.external_write_mode():
            self.stderr.write(f"{shown(path)}: {message}")

    def note(self, path: Path, message: str) -> None:
        with tqdm.external_write_mode():
            self.stdout.write(f"{shown(path)}: {message}")
