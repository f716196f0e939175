"""`manage.py collect_papers`: the papers that arXiv announced on a day."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers import clock
from papers.access.connections import sources
from papers.collecting.announced import collect_papers
from papers.management.collecting import add_date, past_or_today, progress_bar, summary, told


class Command(BaseCommand):
    help = "Collect the papers that arXiv announced on a day; exits 0 only when all have been collected."

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "--date", help="the listing day (default: today, UTC)")

    def handle(self, *args: Any, date: date | None, **options: Any) -> None:
        day = past_or_today(date)
        with told(), sources() as opened, progress_bar("papers") as progress:
            row = collect_papers(day, now=clock.now(), sources=opened, progress=progress)
        if row.papers_done_at is None and row.state != row.State.QUIET:
            raise CommandError(summary(row))
        self.stdout.write(summary(row))
