"""The networks that can be read for free, built from the settings."""

import contextlib
from collections.abc import Iterator

from django.conf import settings

from papers import clock
from papers.networks.base import Network, Stream
from papers.networks.registry import KINDS, PAID, open_kinds, streams
from papers.sources.http import client


def why_off(name: str) -> str:
    """One sentence on why the network isn't read; empty if it is."""
    kind = KINDS[name]
    return kind.off(settings) if name in settings.NETWORKS else f"{kind.title} is not among NETWORKS."


def off() -> dict[str, str]:
    """The networks that NETWORKS names but that cannot be read, and why: that is no failure, not even where no other is on."""
    return {name: why for name in KINDS if name in settings.NETWORKS and (why := why_off(name))}


def paid_is_on() -> bool:
    """Whether the network that charges is read."""
    return not why_off(PAID.name)


def on() -> list[str]:
    """The free networks that are on."""
    return [name for name in open_kinds() if not why_off(name)]


def asks(service: str) -> bool:
    """Whether a service by this name is asked: a network that is off is not, nor a part of it (`bluesky-stream`)."""
    network = service.partition("-")[0]
    return network not in KINDS or not why_off(network)


@contextlib.contextmanager
def opened(name: str, *, attempts: int = 3) -> Iterator[Network]:
    """Open the network for as long as the `with` lasts. Raises Misconfigured, which names the setting that is wrong."""
    with client(contact_email=settings.CONTACT_EMAIL) as http:
        yield open_kinds()[name].open(http, settings, attempts=attempts, now=clock.now)


def stream(name: str) -> Stream:
    """Open the network's stream. Raises Misconfigured."""
    return streams()[name].open(settings, now=clock.now)
