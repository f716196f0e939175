"""What is wrong with the running product at this moment: a sentence each, under a name that stays the same while it lasts."""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from django.utils.text import Truncator

from digests.mirror import running
from digests.models import Digest, MirrorHealth
from digests.page_cache import triggers
from hotpapers_site import sending_notices
from hotpapers_site.databases.versions import of_newer_version, waiting_migrations
from hotpapers_site.health import broker, heartbeats
from hotpapers_site.models import Heartbeat, TaskRecord, Trouble
from hotpapers_site.queues import QUEUES, Queue
from papers import clock, collection_report
from papers.access import networks
from papers.networks.registry import streams
from papers.plurals import counted
from papers.rendered import columns
from papers.search import schema

FAILS_IN_A_ROW = 3
_done: set[str] = set()
TRIGGER_SETS = (triggers.TRIGGERS, schema.TRIGGERS, columns.TRIGGERS)
PUBLISH_WITHIN = timedelta(minutes=10)
MIRROR_WITHIN = timedelta(minutes=30)
START = {
    "web": "Start `manage.py web`.",
    "beat": "Nothing is collected, published on time or mirrored. Start `celery --app hotpapers_site beat`.",
    "follower": "Bluesky's posts are missed. Start `manage.py follow_bluesky`.",
}


@dataclass(frozen=True)
class Found:
    key: str
    sentence: str


def found() -> list[Found]:
    """Return everything, the worst first, each as long as a row holds. Raises DatabaseError."""
    now = clock.now()
    live, silent = heartbeats.split()
    processes = [*missing(live, silent), *late(silent), *clocks(live)]
    database = [*migrations(), *newer_tables()]
    told = [*processes, *queues(), *disks(), *mirrors(now), *database, *overdue(now), *failing_tasks(), *untold(now)]
    told += [Found(key, sentence) for key, sentence in collection_report.needs(now).items()]
    return [Found(one.key[:120], Truncator(one.sentence).chars(1000)) for one in told]  # reasons are others' words


def unacknowledged(all_found: list[Found]) -> list[Found]:
    """Return the troubles that nobody has acknowledged."""
    accepted = set(Trouble.objects.filter(ended_at=None, acknowledged_at__isnull=False).values_list("key", flat=True))
    return [one for one in all_found if one.key not in accepted]


def missing(live: list[Heartbeat], silent: list[Heartbeat]) -> Iterator[Found]:
    """Yield kinds of processes of which none runs. A site that was only ever used by commands misses none."""
    if not (live or silent or TaskRecord.objects.exists()):
        return
    kinds = {one.kind for one in live}
    served = {queue for one in live for queue in one.queues.split(",")}
    wanted = ["web", "beat", *(["follower"] if _follows() else [])]
    titles = {"web": "web server", "follower": "follower of Bluesky"}
    for kind in wanted:
        if kind not in kinds:
            last = _last_heard(one for one in silent if one.kind == kind)
            yield Found(f"no {kind}", f"No {titles.get(kind, kind)} is running{last}. {START[kind]}")
    for queue in QUEUES.values():
        if queue.name not in served:
            start = f"Start `celery --app hotpapers_site worker --queues {queue.name}`."
            last = _last_heard(one for one in silent if queue.name in one.queues.split(","))
            said = f"No worker of the queue {queue.name} is running, which {queue.what}{last}. {start}"
            yield Found(f"no worker {queue.name}", said)


def _last_heard(silent: Iterable[Heartbeat]) -> str:
    last = max((one.beaten_at for one in silent), default=None)
    return f" (the last was heard of on {moment(last)})" if last else ""


def late(silent: list[Heartbeat]) -> Iterator[Found]:
    """Yield processes that did not end in order and were not replaced; a follower only if a stream is to be followed."""
    for one in silent:
        if one.kind == "follower" and not _follows():
            continue
        yield Found(
            f"late {one.name}"[:120], f"Nothing is heard of the {one.name} since {moment(one.beaten_at)}. Start it again."
        )


def _follows() -> bool:
    return any(not networks.why_off(name) for name in streams())


def clocks(live: list[Heartbeat]) -> Iterator[Found]:
    """Yield machines whose clock differs from the database's: beat's ticks say by when they are to be done."""
    for host, by in heartbeats.wrong_clocks(live).items():
        told = f"{abs(by).total_seconds():,.0f} s {'ahead of' if by > timedelta() else 'behind'} the database's"
        yield Found(
            f"clock {host}"[:120],
            f"The clock of {host} is {told}, so work may be dropped or come late there. Set it (`timedatectl set-ntp true`).",
        )


def queues() -> Iterator[Found]:
    try:
        waiting = broker.waiting()
    except redis.RedisError as error:
        who = "Redis (REDIS_URL)" if settings.REDIS_URL else "The Redis server of `manage.py serve`"
        yield Found("broker", f"{who} does not answer, so no work is given out: {str(error).partition(chr(10))[0]}")
        return
    for name, one in waiting.items():
        if one.oldest_s > longest_wait_s(QUEUES[name]):
            number, minutes = counted(one.number, "task waits", "tasks wait"), counted(round(one.oldest_s / 60), "minute")
            yield Found(
                f"queue {name}",
                f"{number} in the queue {name}, the oldest for {minutes}. Start more workers of it, or see "
                "at /admin/system/ what its workers do.",
            )


def longest_wait_s(queue: Queue) -> float:
    """Return how long a queue's oldest task may wait before somebody has to look."""
    return 2.0 * queue.killed_after_s if queue.name == "collecting" else 1.0 * queue.within_s


def disks() -> Iterator[Found]:
    yield from own_disk()
    for target in running.targets().values():
        yield from _disk_of_mirror(f"the mirror {target.name}", target.folder)


def own_disk() -> Iterator[Found]:
    """Look at VAR_DIR, to which each process of ours writes."""
    name, path = "VAR_DIR", settings.VAR_DIR
    try:
        yield from _room(name, path)
    except OSError as error:
        yield _unusable(name, path, error)
        return
    if not os.access(path, os.W_OK):
        yield Found(f"folder {name}", f"The folder {path} ({name}) cannot be written to. Give it to the user of the site.")


def _disk_of_mirror(name: str, path: Path) -> Iterator[Found]:
    """Look at a mirror's folder if this machine has it. Whether it can be written to is told by the worker that does so
    (`mirrors`): for other processes it may be on another machine, or closed by their unit."""
    try:
        yield from _room(name, path)
    except FileNotFoundError:
        pass
    except OSError as error:
        yield _unusable(name, path, error)


def _room(name: str, path: Path) -> Iterator[Found]:
    free = shutil.disk_usage(path).free // 2**20
    if free < settings.DISK_FREE_MIB:
        least = f"{settings.DISK_FREE_MIB:,} MiB (DISK_FREE_MIB)"
        yield Found(f"disk {name}", f"The disk of {path} ({name}) has {free:,} MiB left, less than {least}. Free some.")


def _unusable(name: str, path: Path, error: OSError) -> Found:
    return Found(f"folder {name}", f"The folder {path} ({name}) cannot be used: {error.strerror}.")


def untold(now: datetime) -> Iterator[Found]:
    """Yield notices that a channel does not take. They can be read in the product."""
    if number := sending_notices.late(now):
        said = f"{counted(number, 'notice')} to editors could not be sent by mail or webhook. "
        yield Found("notices", f"{said}The log says why; see EMAIL_URL and NOTICE_WEBHOOKS.")


def mirrors(now: datetime) -> Iterator[Found]:
    """Yield targets that wait for a person, or that have failed for a long time."""
    for health in MirrorHealth.objects.filter(name__in=running.targets()).exclude(state=MirrorHealth.State.OK).order_by("name"):
        if health.state == MirrorHealth.State.REFUSED or now - health.since > MIRROR_WITHIN:
            yield Found(f"mirror {health.name}", f"The mirror {health.name} is not up to date: {health.message}")


def migrations() -> Iterator[Found]:
    """Look for missing migrations until there are none: a process never changes its code."""
    if "migrations" in _done:
        return
    if waiting := waiting_migrations():
        yield Found("migrations", f"The database lacks {counted(waiting, 'migration')}. Run `manage.py migrate`.")
    elif not all(one.is_installed(connection) for one in TRIGGER_SETS):
        yield Found("migrations", "The database's triggers are those of another version. Run `manage.py migrate`.")
    else:
        _done.add("migrations")


def newer_tables() -> Iterator[Found]:
    """Look for tables of a newer version, until there are none. `/readyz` does not: most pages can be shown all the same."""
    if "newer" in _done:
        return
    if sentence := of_newer_version():
        yield Found("newer", sentence)
    else:
        _done.add("newer")


def overdue(now: datetime) -> Iterator[Found]:
    """Yield lists whose time has come, and that are not published."""
    late = Digest.objects.filter(publish_at__lt=now - PUBLISH_WITHIN).exclude(status=Digest.Status.PUBLISHED).order_by("date")
    for digest in late:
        yield Found(
            f"overdue {digest.date}",
            f"The list of {digest.date} should have been published at {moment(digest.publish_at)} and is not. See its desk.",
        )


def failing_tasks() -> Iterator[Found]:
    for record in TaskRecord.objects.filter(failures_in_a_row__gte=FAILS_IN_A_ROW).order_by("task"):
        yield Found(
            f"task {record.task}",
            f"The task {record.task} failed {record.failures_in_a_row} times in a row: {record.error}",
        )


def moment(value: datetime | None) -> str:
    return f"{value:%-d %b %Y, %H:%M} UTC" if value else "an unknown time"
