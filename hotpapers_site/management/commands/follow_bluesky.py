"""`manage.py follow_bluesky`, which also reports that it runs."""

import signal
import sys
from typing import Any

from hotpapers_site.health import pulse
from papers.management.commands import follow_bluesky


class Command(follow_bluesky.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["until_live"]:
            return super().handle(*args, **options)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what follows is done
        pulse.start("follower")
        try:
            return super().handle(*args, **options)
        finally:
            pulse.stop()
