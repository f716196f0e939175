"""A command that follows a network's stream: each has a name of its own, `follow_<network>`, which `serve` starts."""

import time
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from papers.access import networks
from papers.collecting.following import follow
from papers.management.collecting import told

AGAIN_S = 5.0


class FollowCommand(BaseCommand):
    network: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-live", action="store_true", help="exit 0 once all from before this start is in, 1 where no host answers"
        )

    def handle(self, *args: Any, until_live: bool, verbosity: int, **options: Any) -> None:
        self.is_quiet = not verbosity
        if why := networks.why_off(self.network):
            raise CommandError(why)
        with told():
            stream = networks.stream(self.network)
            while True:
                try:
                    return follow(self.network, stream, until_live=until_live, say=self.say)
                except DatabaseError as error:
                    if until_live:
                        raise CommandError(f"The database could not store what was received: {error}.") from error
                    self.say(f"The database could not store what was received ({error}); retrying in {AGAIN_S:.0f} s.")
                    connection.close()
                    time.sleep(AGAIN_S)

    def say(self, text: str) -> None:
        if not self.is_quiet:
            self.stderr.write(text)
