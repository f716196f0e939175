"""Rows and queues of a product that runs, for tests of what it says of itself."""

from django.db.models import F

from hotpapers_site.health import heartbeats
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.models import Heartbeat
from hotpapers_site.queues import QUEUES


def run_product() -> None:
    """A web server, a beat and a worker for each queue, whose clocks are the database's also where a test sets ours; no task
    waits, since none is left of another test."""
    for process in [Process("web"), Process("beat"), *(Process("worker", name) for name in QUEUES)]:
        heartbeats.beat(process)
    Heartbeat.objects.update(clock=F("beaten_at"))
