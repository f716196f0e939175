"""`manage.py collect_tweets`: the posts of a day that link papers, of all networks that are on."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers import clock
from papers.access import networks
from papers.access.connections import sources
from papers.collecting.day_states import told_gaps
from papers.collecting.open_days import collect_posts
from papers.collecting.paid_days import collect_tweets
from papers.management.collecting import add_date, past_or_today, progress_bar, summary, told
from papers.networks.registry import KINDS, open_kinds
from papers.plurals import counted
from papers.sources.http import SourceError


class Command(BaseCommand):
    help = "Collect the posts of a UTC day that link papers, of all networks that are on; exits 0 only when all of them answered."

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "--date", help="the day (default: today, UTC)")
        parser.add_argument("--network", choices=KINDS, help="only this network")

    def handle(self, *args: Any, date: date | None, network: str | None, **options: Any) -> None:
        day = past_or_today(date)
        failed = []
        for name in [network] if network else KINDS:
            if why := networks.why_off(name):
                if network:
                    raise CommandError(why)
                continue
            try:
                self.stdout.write(self.open_network(day, name) if name in open_kinds() else self.paid(day))
            except SourceError as error:
                failed.append(error)
        if not network:
            self.stdout.writelines(f"{why}\n" for why in networks.off().values())
        for earlier in failed[:-1]:
            self.stderr.write(str(earlier))
        with told():
            if failed:
                raise failed[-1]

    def paid(self, day: date) -> str:
        with sources() as opened, progress_bar("tweets") as progress:
            return summary(collect_tweets(day, now=clock.now(), sources=opened, progress=progress))

    def open_network(self, day: date, name: str) -> str:
        title = KINDS[name].title
        with networks.opened(name) as network:
            row = collect_posts(day, network, now=clock.now())
        return f"{title}: {counted(row.found, 'post')} of {day}. {told_gaps(row)}".rstrip()
