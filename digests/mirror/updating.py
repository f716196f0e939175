"""A target's files are brought up to date, or compared with what they should be."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import connection, connections

from digests.markdown.composing import CHUNK
from digests.mirror import days, disk
from digests.mirror.manifest import NAME, Manifest
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Target
from digests.mirror.writing import File, FileState, Report, Staged, Writer, recover, stage, stage_removal
from digests.models import Digest, DigestQuerySet
from digests.page_cache.log import changed_since
from digests.processes import shared_out

WRITERS = 4
"""Threads that write files; they mostly wait for the disk."""
Tell = Callable[[str, FileState], object]


@dataclass(frozen=True)
class Plan:
    """What a run has to look at."""

    position: str
    """In the log of changes, from where the next run asks."""
    days: frozenset[date] | None
    """None for all days."""


def update(
    target: Target, *, since: date | None = None, rebuild: bool = False, processes: int = 1, tell: Tell | None = None
) -> Report:
    """Make the target's files what readers see; `rebuild` looks at each file, `since` at those
    of that day and later.

    Otherwise only the days are looked at that changed since the last run, by the database's log, and files that somebody wrote
    to since. Raises FolderError, FolderInUse, ManifestError, ProcessEnded.
    """
    folder = target.files
    with disk.told(folder):
        (folder / disk.OURS).mkdir(parents=True, exist_ok=True)
        with disk.locked(folder):
            disk.empty_waiting_room(folder)
            manifest, written = read_manifest(folder, target)
            touched = recover(folder, manifest)
            scanning = Scan(folder)
            plan = make_plan(target, manifest, None if rebuild or since else read_position(folder))
            writer = Writer(folder, manifest, written)
            touched += scanning.changed(manifest)
            if plan.days is None:
                staged = _all_days(target, manifest, since, processes)
            else:
                staged = _some_days(target, manifest, plan.days | _days_in(manifest, touched))
            with closing(staged):
                for name, state in writer.take_all(staged):
                    if tell:
                        tell(name, state)
            report = writer.finish()
            if since is None and (touched or plan.position != read_position(folder)):
                disk.write_durably(folder / disk.OURS / "fresh", plan.position.encode())
                (folder / disk.OURS / "fresh").replace(folder / disk.STATE)
    return report


def check(target: Target, *, since: date | None = None) -> Iterator[tuple[str, FileState]]:
    """How each file stands to what it should be; writes nothing."""
    folder = target.files
    manifest, _ = read_manifest(folder, target)
    wanted = set()
    for file in _files(target, Digest.objects.mirrored().between(since, None), days.withdrawn().between(since, None)):
        wanted.add(file.name)
        entry, present = manifest.get(file.name), disk.sha256_of(folder / file.name)
        is_same = entry is not None and entry.sha256 == present and (folder / file.name).read_bytes() == file.data
        yield file.name, FileState.SAME if is_same else FileState.NEW if present is None else FileState.CHANGED
    for name in _surplus(folder, manifest, wanted, target, since):
        yield name, FileState.REMOVED


def read_manifest(folder: Path, target: Target) -> tuple[Manifest, bytes]:
    """The folder's manifest and its bytes; an empty one where there is none. Raises ManifestError."""
    options = {"profile": target.profile, "posts": str(target.posts), "withdrawn": str(target.withdrawn)}
    try:
        written = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return Manifest(options), b""
    manifest = Manifest.parse(written)
    if manifest.options != options:
        manifest.options = options
        (folder / disk.STATE).unlink(missing_ok=True)  # every file is another one
    return manifest, written


def read_position(folder: Path) -> str:
    try:
        return (folder / disk.STATE).read_text()
    except FileNotFoundError:
        return ""


def make_plan(target: Target, manifest: Manifest, position: str | None) -> Plan:
    """None for a position: look at everything."""
    subjects, now = changed_since(position or "")
    found = None if subjects is None or not len(manifest) else days.days_of(subjects)
    return Plan(now, None if found is None else frozenset(found))


class Scan:
    """Which files somebody wrote to since the last run; the disk is asked while the database is."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._found = folder, (0, list[str]())
        try:
            self._since = (folder / disk.STATE).stat().st_ctime_ns
        except FileNotFoundError:
            self._since = 0
        self._thread = threading.Thread(target=self._scan)
        self._thread.start()

    def changed(self, manifest: Manifest) -> list[str]:
        """The names that the manifest has and that changed or are gone."""
        self._thread.join()
        count, changed = self._found
        if not self._since:
            return []  # everything is looked at
        gone = [] if count == len(manifest) else [name for name in manifest.names() if not (self._folder / name).exists()]
        return gone + [
            name for name in changed if (entry := manifest.get(name)) and disk.sha256_of(self._folder / name) != entry.sha256
        ]

    def _scan(self) -> None:
        if self._since:
            with contextlib.suppress(OSError):
                self._found = disk.scan(self._folder, self._since)


def _days_in(manifest: Manifest, names: Iterable[str]) -> set[date]:
    entries = (manifest.get(name) for name in names)
    return {date.fromisoformat(entry.digest) for entry in entries if entry and entry.digest}


def _files(target: Target, published: DigestQuerySet, withdrawn: DigestQuerySet) -> Iterator[File]:
    yield from days.files(target, published)
    yield from days.tombstones(target, withdrawn)


def _some_days(target: Target, manifest: Manifest, wanted: frozenset[date]) -> Generator[Staged]:
    folder, made = target.files, set()
    some = iter(sorted(wanted))
    while chunk := list(islice(some, CHUNK)):
        published, withdrawn = Digest.objects.mirrored().filter(date__in=chunk), days.withdrawn().filter(date__in=chunk)
        for file in _files(target, published, withdrawn):
            made.add(file.name)
            yield stage(folder, manifest, file)
    for day in sorted(wanted):
        name = PROFILES[target.profile].file_of(day)
        if name not in made and manifest.get(name):
            yield stage_removal(folder, manifest, name)


def _all_days(target: Target, manifest: Manifest, since: date | None, processes: int) -> Generator[Staged]:
    folder, made = target.files, set()
    published = Digest.objects.mirrored().between(since, None)
    if processes > 1 and not connection.in_atomic_block and published.count() > CHUNK:
        spans = list(_spans(published))
        connections.close_all()  # each makes its own
        staged = shared_out(partial(_stage_spans, target, manifest), [spans[number::processes] for number in range(processes)])
    else:
        staged = _stage(target, manifest, published)
    with closing(staged):
        for one in staged:
            made.add(one.name)
            yield one
    for file in days.tombstones(target, days.withdrawn().between(since, None)):
        made.add(file.name)
        yield stage(folder, manifest, file)
    for name in list(_surplus(folder, manifest, made, target, since)):
        yield stage_removal(folder, manifest, name)


def _surplus(folder: Path, manifest: Manifest, wanted: set[str], target: Target, since: date | None) -> Iterator[str]:
    """Files of ours that no day has; also those of withdrawn days that an older version of this site left here."""
    for name, entry in manifest.items():
        if name not in wanted and (since is None or entry.digest >= str(since)):
            yield name
    for digest in days.withdrawn().between(since, None).order_by("date").values_list("date", flat=True).iterator():
        name = PROFILES[target.profile].file_of(digest)
        if name not in wanted and not manifest.get(name) and os.path.lexists(folder / name):
            yield name


def _spans(digests: DigestQuerySet) -> Iterator[tuple[date, date]]:
    """First and last day of every so many digests."""
    found = digests.order_by("date").values_list("date", flat=True).iterator()
    while some := list(islice(found, CHUNK)):
        yield some[0], some[-1]


def _stage_spans(target: Target, manifest: Manifest, spans: list[tuple[date, date]]) -> Iterator[Staged]:
    for span in spans:
        yield from _stage(target, manifest, Digest.objects.mirrored().between(*span))


def _stage(target: Target, manifest: Manifest, digests: DigestQuerySet) -> Generator[Staged]:
    """Some at once: each waits for the disk, and the waits overlap."""
    # Closed here, also after an error: its database cursor must not outlive the connection.
    with closing(days.files(target, digests)) as found, ThreadPoolExecutor(WRITERS) as pool:
        waiting: deque[Future[Staged]] = deque()
        for file in found:
            waiting.append(pool.submit(stage, target.files, manifest, file))
            if len(waiting) == CHUNK:
                yield waiting.popleft().result()
        yield from (one.result() for one in waiting)
