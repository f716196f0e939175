"""`manage.py acknowledge_day`: take note of a day that failed."""

import getpass
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers import clock
from papers.collecting.acknowledging import NotAcknowledged, acknowledge
from papers.management.collecting import add_date


class Command(BaseCommand):
    help = "Acknowledge a failed or partial day, so that `status` no longer reports it. Collecting goes on trying."

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "day", help="the day as `status` lists it")
        parser.add_argument("--reason", required=True, help="why it can stay as it is")
        parser.add_argument("--by", default="", help="your name (default: your account on this machine)")

    def handle(self, *args: Any, day: date, reason: str, by: str, **options: Any) -> None:
        try:
            row = acknowledge(day, by=by or getpass.getuser(), reason=reason, now=clock.now())
        except NotAcknowledged as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{row} acknowledged by {row.acknowledged_by}: {row.acknowledged_reason}")
