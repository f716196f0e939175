"""Which processes of the product run, and which have been silent for too long."""

import os
import socket
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils import timezone

from hotpapers_site.models import Heartbeat

LATE_AFTER = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(days=7)
DIFFERS_BY = timedelta(seconds=30)


@dataclass(frozen=True)
class Process:
    """This process, as the others see it."""

    kind: str
    queues: str = ""
    host: str = field(default_factory=socket.gethostname)
    number: int = field(default_factory=os.getpid)

    @property
    def name(self) -> str:
        return f"{self.kind}{f' of {self.queues}' if self.queues else ''} {self.number} on {self.host}"[:200]


def beat(process: Process) -> None:
    """Record that it runs. Raises DatabaseError."""
    now = {"beaten_at": Now(), "clock": timezone.now()}
    if Heartbeat.objects.filter(name=process.name).update(**now):
        return
    about = {"kind": process.kind, "queues": process.queues[:200], "host": process.host, "process": process.number}
    Heartbeat.objects.update_or_create(name=process.name, defaults=about | now | {"started_at": Now()})


def end(process: Process) -> None:
    """Record that it ends as requested, so that nobody misses it."""
    Heartbeat.objects.filter(name=process.name).delete()


def split() -> tuple[list[Heartbeat], list[Heartbeat]]:
    """Return the processes that run, and those that are late, by the database's clock; the longest silent first. One whose place
    another has taken is neither."""
    live, silent = _by_silence()
    replaced = _replaced(live, silent)
    return live, [one for one in silent if one not in replaced]


def _by_silence() -> tuple[list[Heartbeat], list[Heartbeat]]:
    """Return who was heard of within LATE_AFTER, and who was not, each with its age and how long it has been silent: a process
    heard of in an hour spoke before the clock was set back, and counts as silent for an hour."""
    age, silent = (ExpressionWrapper(Now() - F(moment), DurationField()) for moment in ("started_at", "beaten_at"))
    rows = list(Heartbeat.objects.annotate(age=age, silent=silent).order_by("beaten_at"))
    for row in rows:
        row.silent = abs(row.silent)
    return [row for row in rows if row.silent <= LATE_AFTER], [row for row in rows if row.silent > LATE_AFTER]


def _replaced(live: list[Heartbeat], silent: list[Heartbeat]) -> list[Heartbeat]:
    """Return the silent processes for each of which another one of the same kind has started since."""
    starts, found = sorted(live, key=lambda one: one.started_at), []
    for one in silent:
        successors = (other for other in starts if _work(other) == _work(one) and other.age < one.silent)  # type: ignore[attr-defined]
        if successor := next(successors, None):
            starts.remove(successor)
            found.append(one)
    return found


def _work(one: Heartbeat) -> tuple[str, str]:
    return one.kind, one.queues


def wrong_clocks(live: list[Heartbeat]) -> dict[str, timedelta]:
    """Return by how much a machine's clock is ahead of the database's (negative: behind), if by more than DIFFERS_BY.

    Only with a server: SQLite uses the machine's own clock.
    """
    if connection.vendor != "postgresql":
        return {}
    hosts = sorted(  # the process that differs most speaks for its machine
        (abs(one.clock - one.beaten_at), one.host, one.clock - one.beaten_at) for one in live if one.clock
    )
    return {host: by for _, host, by in hosts if abs(by) > DIFFERS_BY}


def forget_succeeded() -> None:
    """Forget late processes whose place another one of the same kind has taken since, and those from long ago. While one of the
    kind is missed, they are kept: each start counts once."""
    live, silent = _by_silence()
    replaced = _replaced(live, silent)
    missed = {_work(one) for one in silent if one not in replaced}
    for one in silent:
        if (one in replaced and _work(one) not in missed) or one.silent > FORGOTTEN_AFTER:  # type: ignore[attr-defined]
            # Unless it was heard of since. SQLite compares moments as texts: what it wrote itself ends with the milliseconds, so
            # it equals no moment of ours.
            Heartbeat.objects.filter(name=one.name, beaten_at__lt=one.beaten_at + timedelta(milliseconds=1)).delete()
