"""`manage.py thin`: thin the history of counts now, as the workers do every six hours."""

from typing import Any

from django.core.management.base import BaseCommand

from papers import clock
from papers.counts.thinning import thin
from papers.plurals import counted


class Command(BaseCommand):
    help = (
        "Thin the history of counts with its age: all readings of two days stay, then one an hour, a day, a week. Workers do "
        "this every six hours. It is safe to run at any time, costs what is due, and continues where it stopped."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Deleted {counted(thin(clock.now()), 'reading')} whose span has a later one.")
