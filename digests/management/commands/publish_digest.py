from typing import Any

from django.core.management.base import CommandError, CommandParser

from digests.management.digest_command import DigestCommand
from digests.models import Digest
from digests.publishing.checking import findings, refusal
from digests.publishing.status import PUBLISHED, publish
from papers import clock


class Command(DigestCommand):
    help = "Show the digest of a listing day to readers, unless the check before a publication stops it."
    change = publish
    done = "published"
    left_alone = "published already, left alone"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--despite-findings", action="store_true", help="publish it whatever the check finds")

    def check_digest(self, digest: Digest, options: dict[str, Any]) -> None:
        found = findings(digest, clock.now()) if digest.status != PUBLISHED else []
        for one in found:
            self.stdout.write(f"{one.text}{' (waved through)' if one.waived else ''}")
        if (stopped := refusal(found)) and not options["despite_findings"]:
            raise CommandError(f"{stopped} It is on the desk of {digest.date}; --despite-findings publishes all the same.")
