"""`manage.py clear_samples`: the sample days go, nothing else does."""

from typing import Any

from django.core.management.base import BaseCommand

from digests.markdown import samples
from papers.plurals import counted


class Command(BaseCommand):
    help = "Remove the sample data that `make run` loads into an empty database, and nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{counted(samples.clear(), 'sample day')} removed")
