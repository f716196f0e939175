"""Makes sure that the site is stopped while its database is replaced or moved."""

from hotpapers_site.databases.copying import NotCopied
from hotpapers_site.health import heartbeats

NAMED = 3


def expect_stopped() -> None:
    """Raise NotCopied if a process of the site still uses its database. One that was killed counts as running for a minute."""
    if live := sorted(one.name for one in heartbeats.split()[0]):
        names = ", ".join(live[:NAMED]) + (f" and {len(live) - NAMED} more" if len(live) > NAMED else "")
        raise NotCopied(f"The site still runs on this database ({names}). Stop it first; if it was killed, wait a minute.")
