from typing import Any

from django.core.management.base import CommandError, CommandParser

from digests.management.digest_command import DigestCommand
from digests.models import Digest
from digests.publishing.checking import findings, refusal
from digests.publishing.status import PUBLISHED, publish
from papers import clock


class Command(DigestCommand):
    help = "Publish the digest of a listing day, unless the check finds problems."
    change = publish
    done = "published"
    left_alone = "already published, left alone"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--despite-findings", action="store_true", help="publish it even if the check finds problems")

    def check_digest(self, digest: Digest, options: dict[str, Any]) -> None:
        found = findings(digest, clock.now()) if digest.status != PUBLISHED else []
        for one in found:
            self.stdout.write(f"{one.text}{' (ignored)' if one.is_ignored else ''}")
        if (stopped := refusal(found)) and not options["despite_findings"]:
            raise CommandError(f"{stopped} See the desk of {digest.date}, or publish anyway with --despite-findings.")
