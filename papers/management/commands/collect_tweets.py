"""`manage.py collect_tweets`: the tweets of a day that link papers."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from papers import clock
from papers.access.connections import sources
from papers.collecting.swept import collect_tweets
from papers.management.collecting import add_date, past_or_today, progress_bar, summary, told


class Command(BaseCommand):
    help = (
        "Collect a UTC day's posts on X that link to papers; exits 0 only when all up to half a minute ago have been collected."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "--date", help="the day (default: today, UTC)")

    def handle(self, *args: Any, date: date | None, **options: Any) -> None:
        day = past_or_today(date)
        with told(), sources() as opened, progress_bar("tweets") as progress:
            row = collect_tweets(day, now=clock.now(), sources=opened, progress=progress)
        self.stdout.write(summary(row))
