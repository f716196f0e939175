"""`manage.py follow_bluesky`: Bluesky's stream of new posts, followed for ever by one process of all machines."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from papers.access import networks
from papers.collecting.following import follow
from papers.management.collecting import told
from papers.networks.bluesky.client import Bluesky

AGAIN_S = 5.0


class Command(BaseCommand):
    help = "Follow Bluesky's stream and keep the posts that link papers. Several may run: one follows, the others wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-live", action="store_true", help="exit 0 once all from before this start is in, 1 where no host answers"
        )

    def handle(self, *args: Any, until_live: bool, verbosity: int, **options: Any) -> None:
        self.is_quiet = not verbosity
        if why := networks.why_off(Bluesky.name):
            raise CommandError(why)
        with told():
            stream = networks.stream(Bluesky.name)
            while True:
                try:
                    return follow(Bluesky.name, stream, until_live=until_live, say=self.say)
                except DatabaseError as error:
                    if until_live:
                        raise CommandError(f"The database could not store what was received: {error}.") from error
                    self.say(f"The database could not store what was received ({error}); retrying in {AGAIN_S:.0f} s.")
                    connection.close()
                    time.sleep(AGAIN_S)

    def say(self, text: str) -> None:
        if not self.is_quiet:
            self.stderr.write(text)
