"""`manage.py index_papers`: let searches find what changed, or make their index anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from papers.models import Paper, UnindexedPaper
from papers.plurals import counted
from papers.search.index import index_changed, rebuild


class Command(BaseCommand):
    help = "Index the papers that changed since the last run. Workers do this every minute; it is safe to run at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="index all papers again; searches find less until it is done")

    def handle(self, **options: Any) -> None:
        total = (Paper if options["rebuild"] else UnindexedPaper).objects.count()
        with tqdm(total=total, unit=" papers", disable=None) as bar:
            done = rebuild(bar.update) if options["rebuild"] else index_changed(bar.update)
        self.stdout.write(f"{counted(done, 'paper')} indexed.")
