"""`manage.py backfill`: all days from a date on, by hand."""

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from papers import clock
from papers.access.connections import no_key, sources
from papers.collecting.announced import collect_papers
from papers.collecting.swept import collect_tweets
from papers.management.collecting import add_date, past_or_today, summary, today, told
from papers.models import CollectionDay


class Command(BaseCommand):
    help = "Collect the papers and posts of all days from a date to today, oldest first. Complete days cost nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "--since", required=True, help="the first day")

    def handle(self, *args: Any, since: date, **options: Any) -> None:
        first, last = past_or_today(since), today()
        unfinished = []
        with told(), sources() as opened:
            if opened.paid is None:
                raise no_key()
            span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            for day in tqdm(span, unit=" days", disable=None, file=sys.stderr):
                collect_papers(day, now=clock.now(), sources=opened)
                row = collect_tweets(day, now=clock.now(), sources=opened)
                if day < last and row.state not in (CollectionDay.State.COMPLETE, CollectionDay.State.QUIET):
                    unfinished.append(summary(row))
        if unfinished:
            raise CommandError("\n".join([*unfinished, "Run it again later to collect what is missing."]))
        self.stdout.write(f"All days from {first} to {last} are complete.")
