"""What `publish_digest` and `withdraw_digest` share: find the day's digest, change its status, say what happened."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from digests.editing.conflicts import Conflict
from digests.models import Digest
from papers import clock
from papers.management.collecting import day


class DigestCommand(BaseCommand):
    """A status that is so already is no error: the command may be repeated."""

    change: ClassVar[Callable[..., bool]]
    done: ClassVar[str]
    left_alone: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("date", metavar="DATE", type=day, help="the listing day, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        listing_day: date = options["date"]
        try:
            digest = Digest.objects.get(date=listing_day)
        except Digest.DoesNotExist:
            raise CommandError(f"There is no digest of {listing_day}. Import its post, or add it in the admin.") from None
        self.check_digest(digest, options)
        try:
            changed = type(self).change(digest, now=clock.now(), seen=digest.revision)
        except Conflict:
            raise CommandError(f"{digest} was changed by someone else just now. Run the command again.") from None
        self.stdout.write(f"{digest}: {self.done if changed else self.left_alone}.")

    def check_digest(self, digest: Digest, options: dict[str, Any]) -> None:
        """Raise CommandError if the digest must stay as it is."""
