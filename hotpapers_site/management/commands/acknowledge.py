"""`manage.py acknowledge`: acknowledge a trouble that `status` names."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotpapers_site.health.acknowledging import acknowledge
from papers.collecting.acknowledging import NotAcknowledged


class Command(BaseCommand):
    help = "Acknowledge a trouble, so that `status` and alerts no longer count it until it is over and comes again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="its key, as `status` names it, for example “no beat”")
        parser.add_argument("--reason", required=True, help="why it can stay as it is")
        parser.add_argument("--by", default="", help="your name (default: your account on this machine)")

    def handle(self, *args: Any, key: str, reason: str, by: str, **options: Any) -> None:
        try:
            row = acknowledge(key, by=by or getpass.getuser(), reason=reason)
        except NotAcknowledged as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{row} Acknowledged by {row.acknowledged_by}: {row.acknowledged_reason}")
