"""A command that follows a network's stream: each has a name of its own, `follow_<network>`, which `serve` starts."""

import logging
import signal
import sys
import time
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from papers.access import networks
from papers.collecting.following import follow
from papers.database_errors import why_away
from papers.management.collecting import told
from papers.management.signals import follower_begins, follower_ends

AGAIN_S = 5.0
NOTHING_TO_FOLLOW = 3
"""The exit status where the network is off: to start it again changes nothing (deploy/systemd)."""
logger = logging.getLogger(__name__)


class FollowCommand(BaseCommand):
    requires_system_checks: list[str] = []  # they load all pages; `check` and the web server make them
    network: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-live",
            action="store_true",
            help="stop with 0 once everything from before this start is stored, or 1 if no host answers",
        )

    def handle(self, *args: Any, until_live: bool, verbosity: int, **options: Any) -> None:
        self.is_quiet, self.until_live = not verbosity, until_live
        if why := networks.why_off(self.network):
            raise CommandError(why, returncode=NOTHING_TO_FOLLOW)
        if until_live:
            return self.follow()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what follows is done
        follower_begins.send(type(self))
        try:
            self.follow()
        finally:
            follower_ends.send(type(self))

    def follow(self) -> None:
        with told():
            stream = networks.stream(self.network)
            while True:
                try:
                    return follow(self.network, stream, until_live=self.until_live, say=self.say)
                except DatabaseError as error:
                    reason = why_away(error)
                    if self.until_live and reason:
                        raise
                    if self.until_live:
                        raise CommandError(f"The database could not store what was received: {error}.") from error
                    reason = reason or str(error).partition("\n")[0]
                    logger.warning("The database could not store what was received (%s); retrying in %.0f s", reason, AGAIN_S)
                    connection.close()
                    time.sleep(AGAIN_S)

    def say(self, text: str) -> None:
        """To whoever waits for the end; else to the log."""
        if self.is_quiet:
            return
        if self.until_live:
            self.stderr.write(text)
        else:
            logger.info(text)
