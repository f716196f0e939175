"""`manage.py backfill`: all days from a date on, by hand."""

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from papers import clock
from papers.access import networks
from papers.access.connections import sources
from papers.collecting.announced import collect_papers
from papers.collecting.day_states import open_networks_behind
from papers.collecting.open_days import collect_posts
from papers.collecting.paid_days import collect_tweets
from papers.management.collecting import add_date, past_or_today, summary, today, told
from papers.models import CollectionDay
from papers.sources.http import SourceError


class Command(BaseCommand):
    help = (
        "Collect the papers and posts of all days from a date to today, oldest first, of all networks that are on. Complete days "
        "cost nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "--since", required=True, help="the first day")

    def handle(self, *args: Any, since: date, **options: Any) -> None:
        first, last = past_or_today(since), today()
        unfinished: list[str] = []
        failing: dict[str, str] = {}
        with told(), sources() as opened:
            span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            for day in tqdm(span, unit=" days", disable=None, file=sys.stderr):
                row = collect_papers(day, now=clock.now(), sources=opened)
                self.collect_posts(day, failing)
                if opened.paid:
                    row = collect_tweets(day, now=clock.now(), sources=opened)
                row.refresh_from_db()
                if day < last and row.state not in (CollectionDay.State.COMPLETE, CollectionDay.State.QUIET):
                    unfinished.append(summary(row))
        self.stdout.writelines(f"{why}\n" for why in networks.off().values())
        if unfinished or failing:
            others = [why for why in failing.values() if not any(why in line for line in unfinished)]
            raise CommandError("\n".join([*unfinished, *others, "Run it again later to collect what is missing."]))
        self.stdout.write(f"All days from {first} to {last} are complete.")

    def collect_posts(self, day: date, failing: dict[str, str]) -> None:
        """Collect the day's posts from the free networks. One that fails is not asked for further days."""
        for name in open_networks_behind(day):
            if name in failing:
                continue
            try:
                with networks.opened(name) as network:
                    collect_posts(day, network, now=clock.now())
            except SourceError as error:
                failing[name] = str(error)
