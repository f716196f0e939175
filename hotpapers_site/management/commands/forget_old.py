"""`manage.py forget_old`: delete what is older than the settings allow."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from hotpapers_site.retention import forget
from papers import clock


class Command(BaseCommand):
    help = "Delete what is older than the KEEP_…_DAYS settings allow. A worker does this daily; run it at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        for kept, rows in forget(clock.now(), dry_run=dry_run):
            days = getattr(settings, kept.setting)
            self.stdout.write(f"{rows:>10,} {kept.what} {'would go' if dry_run else 'deleted'} ({kept.setting}={days})")
