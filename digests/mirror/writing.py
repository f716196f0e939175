"""Files -> a mirror's folder and its manifest: only complete files, a manifest that is always true, and no person's edit lost.

A file is first written to `.mirror/`. When several are complete and on the disk, the manifest says that they are about to
change, they take their places, and the manifest says what they are now. If a run is killed at any moment, the next run knows
from the manifest what was under way.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import NamedTuple

from digests.mirror import disk
from digests.mirror.manifest import NAME, ListedFile, Manifest

BATCH, SHARE = 500, 4
"""So many files change between two writings of the manifest, or the fourth part of those that it has: of many files it takes long
to write."""
numbers = count()


class FileState(StrEnum):
    """What happened to a file."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class File(NamedTuple):
    """What a file should be."""

    name: str
    data: bytes
    digest: str = ""
    revision: int = 0
    shows: tuple[str, ...] | None = ()
    address: str = ""
    compress: Callable[[bytes], bytes] = bytes
    """Makes the file's bytes from `data` when they are written."""


class Staged(NamedTuple):
    """A file that waits to take its place; if it is already there, it has no `waits_at`."""

    name: str
    state: FileState
    listed: ListedFile | None
    waits_at: str = ""
    is_theirs: bool = False
    """Whether what is in its place (a file, a folder, a link) is not what we put there."""


@dataclass
class Report:
    """What a run did."""

    counts: Counter[FileState] = field(default_factory=Counter)
    changed: list[tuple[str, FileState]] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    """One sentence for each file that a person had changed."""
    unmade: list[str] = field(default_factory=list)
    """One sentence for each page or day that could not be made."""

    def add(self, later: "Report") -> None:
        self.counts += later.counts
        self.changed += later.changed
        self.theirs += later.theirs
        self.unmade = later.unmade  # which tried those of the earlier run again


def stage(folder: Path, manifest: Manifest, file: File) -> Staged:
    """Look at what is in the file's place; if it differs, write the new file beside it to wait. Any process may do this."""
    data = file.compress(file.data)
    listed = ListedFile(hashlib.sha256(data).hexdigest(), len(data), file.digest, file.revision, file.shows, file.address)
    before = manifest.get(file.name)
    present = disk.content_of(folder / file.name, max(len(data), before.size if before else 0))
    is_link = present is not None and (folder / file.name).is_symlink()
    if present == data and not is_link:
        return Staged(file.name, FileState.SAME, listed)
    waits_at = f"{disk.OURS}/{os.getpid()}-{next(numbers)}"
    disk.write_file(folder / waits_at, data)
    if present is None:
        return Staged(file.name, FileState.NEW, listed, waits_at, os.path.lexists(folder / file.name))
    is_theirs = is_link or before is None or hashlib.sha256(present).hexdigest() != before.sha256
    return Staged(file.name, FileState.CHANGED, listed, waits_at, is_theirs)


def stage_removal(folder: Path, manifest: Manifest, name: str) -> Staged:
    """Stage the removal of the file."""
    before, path = manifest.get(name), folder / name
    is_ours = before is not None and disk.holds(path, before.size, before.sha256) and not path.is_symlink()
    is_theirs = not is_ours and os.path.lexists(path)
    return Staged(name, FileState.REMOVED, None, is_theirs=is_theirs)


class Writer:
    """Writes to a folder whose lock we hold."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest, self.report = folder, manifest, Report()
        self._batch: list[Staged] = []

    def take_all(self, staged: Iterable[Staged]) -> Iterator[tuple[str, FileState]]:
        for one in staged:
            self.take(one)
            yield one.name, one.state

    def take(self, one: Staged) -> None:
        self.report.counts[one.state] += 1
        if one.state == FileState.SAME:
            if one.listed != self.manifest.get(one.name):
                self.manifest.set(one.name, one.listed)
            return
        self.report.changed.append((one.name, one.state))
        self._batch.append(one)
        if len(self._batch) >= max(BATCH, len(self.manifest) // SHARE):
            self._commit()

    def finish(self) -> Report:
        """Write what is there into the manifest."""
        self._commit()
        self._write_manifest()
        return self.report

    def _commit(self) -> None:
        if not self._batch:
            return
        before = {one.name: self.manifest.get(one.name) for one in self._batch}
        for name in before:
            self.manifest.set(name, None)
        self.manifest.changing = {one.name: (before[one.name], one.listed) for one in self._batch}
        disk.make_durable(self.folder, [self.folder / one.waits_at for one in self._batch if one.waits_at])
        self._write_manifest()
        for one in self._batch:
            self._put(one)
        disk.make_durable(self.folder, {(self.folder / one.name).parent for one in self._batch})
        for one in self._batch:
            self.manifest.set(one.name, one.listed)
        self.manifest.changing = {}
        self._batch = []

    def _put(self, one: Staged) -> None:
        path = self.folder / one.name
        if one.is_theirs and os.path.lexists(path):
            kept = disk.keep_aside(path)
            self.report.theirs.append(
                f"{path} was changed by someone else; their version is kept as {kept}. Compare the two, then remove it."
            )
        if one.waits_at:
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / one.waits_at).replace(path)
            return
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == self.folder:
                break
            with suppress(OSError):  # not empty
                parent.rmdir()

    def _write_manifest(self) -> None:
        if parts := self.manifest.to_write():
            waits_at = self.folder / disk.OURS / NAME
            disk.write_durably(waits_at, *parts)
            disk.remember_written(self.folder, waits_at)
            waits_at.replace(self.folder / NAME)
            disk.make_durable(self.folder, [self.folder])


def recover(folder: Path, manifest: Manifest) -> dict[str, ListedFile]:
    """Finish or undo what a run had under way when it was killed or failed, according to what is there. Return these files, also
    those that are not there now, with the entries that they had or were to have."""
    touched = {}
    for name, (before, after) in manifest.changing.items():
        present = disk.sha256_of(folder / name)
        known = {one.sha256: one for one in (before, after) if one}
        manifest.set(name, known.get(present or "", before if present else None))
        if listed := after or before:
            touched[name] = listed
    manifest.changing = {}
    return touched
