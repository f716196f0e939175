"""Rows and queues of a product that runs, for tests of what it says of itself."""

from hotpapers_site.health import heartbeats
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.queues import QUEUES


def run_product() -> None:
    """A web server, a beat and a worker for each queue; no task waits, since none is left of another test."""
    for process in [Process("web"), Process("beat"), *(Process("worker", name) for name in QUEUES)]:
        heartbeats.beat(process)
