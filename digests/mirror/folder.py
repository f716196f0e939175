"""Digests -> a folder of Markdown files, one for each published day."""

import contextlib
import os
import re
from collections.abc import Generator, Iterator
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import connection, connections

from digests.markdown.composing import CHUNK, compose_all
from digests.markdown.format import file_name, render
from digests.mirror.disk import locked, make_durable, write_file
from digests.mirror.writing import FileState
from digests.models import Digest, DigestQuerySet
from digests.parallel import shared_out

POST_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})---Hot-Papers\.md")
UNFINISHED = ".unfinished"


def compare(folder: Path, *, since: date | None = None, until: date | None = None) -> Iterator[tuple[str, FileState]]:
    """Return how each day's file compares with the published digests; writes nothing."""
    mirrored = Digest.objects.mirrored().between(since, until)
    for name, data in _files(mirrored):
        yield name, _state(folder / name, data)
    yield from ((name, FileState.REMOVED) for name in _surplus(folder, Digest.objects.mirrored(), since, until))


def write(
    folder: Path, *, since: date | None = None, until: date | None = None, processes: int = 1
) -> Iterator[tuple[str, FileState]]:
    """Make the folder's files what the published digests say; the file of a withdrawn day is removed.

    Each file is complete or absent at any moment. Files of days that were never published here are not ours, and stay. With
    more than `processes=1`, the processes share many days, unless a transaction is open, whose rows they would not see. Raises
    FolderInUse, ProcessEnded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder) as descriptor:
        for leftover in folder.glob(f".*{UNFINISHED}"):
            leftover.unlink()
        days = Digest.objects.mirrored().between(since, until)
        if processes > 1 and not connection.in_atomic_block and days.count() > CHUNK:
            yield from _bring_by_processes(folder, list(_spans(days)), processes)
        else:
            yield from _bring(folder, days)
        published_once = Digest.objects.filter(published_at__isnull=False, is_sample=False).between(since, until)
        hidden = published_once.exclude(status=Digest.Status.PUBLISHED)
        for day in hidden.order_by("date").values_list("date", flat=True).iterator():
            if (folder / file_name(day)).exists():
                (folder / file_name(day)).unlink()
                yield file_name(day), FileState.REMOVED
        os.fsync(descriptor)


def _files(digests: DigestQuerySet) -> Generator[tuple[str, bytes]]:
    for post in compose_all(digests):
        yield file_name(post.day), render(post).encode()


def _state(path: Path, data: bytes) -> FileState:
    try:
        with path.open("rb") as file:
            is_same = os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except FileNotFoundError:
        return FileState.NEW
    return FileState.SAME if is_same else FileState.CHANGED


def _surplus(folder: Path, mirrored: DigestQuerySet, since: date | None, until: date | None) -> Iterator[str]:
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    days = {match[1]: match[0] for match in map(POST_NAME.fullmatch, names) if match}
    inside = [day for day in days if (since is None or day >= str(since)) and (until is None or day <= str(until))]
    known = {str(day) for day in mirrored.between(since, until).values_list("date", flat=True).iterator()}
    return (days[day] for day in inside if day not in known)


def _spans(digests: DigestQuerySet) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each batch of digests."""
    days = digests.order_by("date").values_list("date", flat=True).iterator()
    while some := list(islice(days, CHUNK)):
        yield some[0], some[-1]


def _bring_by_processes(folder: Path, spans: list[tuple[date, date]], processes: int) -> Iterator[tuple[str, FileState]]:
    """Write by several processes, which hold the folder's lock with us: if we are killed, it ends when each has finished its
    files."""
    connections.close_all()  # each makes its own
    return shared_out(partial(_bring_spans, folder), [spans[number::processes] for number in range(processes)])


def _bring_spans(folder: Path, spans: list[tuple[date, date]]) -> Iterator[tuple[str, FileState]]:
    for span in spans:
        yield from _bring(folder, Digest.objects.mirrored().between(*span))


def _bring(folder: Path, digests: DigestQuerySet) -> Iterator[tuple[str, FileState]]:
    """Bring the days' files up to date, several together: the disk is waited for once."""
    # Closed here, also after an error: its database cursor must not outlive the connection.
    with contextlib.closing(_files(digests)) as files:
        while some := list(islice(files, CHUNK)):
            states, waiting = dict[str, FileState](), dict[Path, Path]()
            try:
                for name, data in some:
                    states[name] = _state(folder / name, data)
                    if states[name] != FileState.SAME:
                        unfinished = folder / f".{name}{UNFINISHED}"
                        write_file(unfinished, data)
                        waiting[unfinished] = folder / name
            finally:  # also where one of them cannot be written
                make_durable(folder, waiting)
                for unfinished, path in waiting.items():
                    unfinished.replace(path)
            yield from states.items()
