"""`manage.py render_texts`: render new and changed texts, or all of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from papers.models import RenderedText, UnrenderedRow
from papers.plurals import counted
from papers.rendered.waiting import note_everything, render_changed


class Command(BaseCommand):
    help = (
        "Render new and changed texts, and all texts after the renderer changed. Workers do this every few "
        "seconds. It is safe to run at any time, and continues where it stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="render all texts again; pages show the old ones until then")

    def handle(self, **options: Any) -> None:
        if options["again"]:
            RenderedText.objects.update(version=0)
            note_everything()
        with tqdm(total=UnrenderedRow.objects.count(), unit=" rows", disable=None) as bar:
            done = render_changed(bar.update)
        in_trouble = RenderedText.objects.exclude(trouble="").count()
        told = f" {counted(in_trouble, 'text shows its', 'texts show their')} source: the admin lists them." if in_trouble else ""
        self.stdout.write(f"Rendered the texts of {counted(done, 'row')}.{told}")
