"""Brings a target's files up to date, or compares them with what they should be."""

import contextlib
import gc
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from digests.mirror import disk
from digests.mirror.manifest import NAME, Manifest, ManifestError
from digests.mirror.writing import File, FileState, Report, Staged, Writer, recover
from digests.page_cache.log import changed_since

COLLECTING = (50_000, 20, 50)
"""See gc.set_threshold."""
Tell = Callable[[str, FileState], object]


class Source(Protocol):
    """What a target's files are made from."""

    folder: Path
    options: dict[str, str]
    """Options that decide how all files look."""

    def everything(self, manifest: Manifest, since: date | None, processes: int) -> Generator[Staged]:
        """Yield each file, and the names of our files that should not be there."""

    def changed(self, manifest: Manifest, subjects: frozenset[str], touched: list[str]) -> Generator[Staged]:
        """Yield the files that show the subjects, and those with these names."""

    def files(self, since: date | None) -> Iterator[File]:
        """Yield each file as it should be."""

    def surplus(self, manifest: Manifest, wanted: set[str], since: date | None) -> Iterator[str]:
        """Return the names of our files that are not wanted."""


def update(
    source: Source, *, since: date | None = None, rebuild: bool = False, processes: int = 1, tell: Tell | None = None
) -> Report:
    """Make the files what readers see. `rebuild` checks each file, `since` those of that day and later.

    Otherwise, only two kinds of files are checked: those that show something that changed since the last run, by the database's
    log, and those that somebody wrote to since. Raises FolderError, FolderInUse, ManifestError, ProcessEnded.
    """
    folder = source.folder
    with _told(folder), _collecting_rarely():
        (folder / disk.OURS).mkdir(parents=True, exist_ok=True)
        with disk.locked(folder):
            disk.empty_waiting_room(folder)
            manifest, written = read_manifest(source)
            if manifest.options != source.options:  # every file is another one
                manifest.options = source.options
                (folder / disk.STATE).unlink(missing_ok=True)
            touched = recover(folder, manifest)
            scanning = Scan(folder)
            position = read_position(folder)
            subjects, now = changed_since(position)
            touched += scanning.changed(manifest)
            writer, staged = Writer(folder, manifest, written), None
            if subjects is not None and len(manifest) and not rebuild and not since:
                staged = source.changed(manifest, subjects, touched)
            with closing(staged or source.everything(manifest, since, processes)) as found:
                for name, state in writer.take_all(found):
                    if tell:
                        tell(name, state)
            report = writer.finish()
            if since is None and (touched or now != position):
                disk.write_state(folder, now)
    return report


def check(source: Source, *, since: date | None = None) -> Iterator[tuple[str, FileState]]:
    """Return how each file compares with what it should be; writes nothing. Raises FolderError, ManifestError."""
    with _told(source.folder):
        manifest, _ = read_manifest(source)
        wanted = set()
        for file in source.files(since):
            wanted.add(file.name)
            entry, data = manifest.get(file.name), file.compress(file.data)
            present = disk.content_of(source.folder / file.name)
            if present is None:
                yield file.name, FileState.NEW
                continue
            is_same = present == data and entry is not None and entry.sha256 == sha256(data).hexdigest()
            yield file.name, FileState.SAME if is_same else FileState.CHANGED
        for name in source.surplus(manifest, wanted, since):
            yield name, FileState.REMOVED


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Spare Python looking for garbage among what stays: a run makes many objects, and hardly any circles."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*COLLECTING)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn a refusal of the system into FolderError, and say where a manifest is that cannot be read."""
    with disk.told(folder):
        try:
            yield
        except ManifestError as error:
            raise ManifestError(f"{error} (it is in {folder})") from error


def read_manifest(source: Source) -> tuple[Manifest, bytes]:
    """Return the folder's manifest and its bytes; an empty manifest if there is none. Raises ManifestError."""
    try:
        written = (source.folder / NAME).read_bytes()
    except FileNotFoundError:
        return Manifest(source.options), b""
    return Manifest.parse(written, is_ours=_is_as_we_left_it(source.folder)), written


def _is_as_we_left_it(folder: Path) -> bool:
    """Say whether nobody has written to the manifest since the last run ended."""
    try:
        return (folder / NAME).stat().st_ctime_ns < (folder / disk.STATE).stat().st_ctime_ns
    except FileNotFoundError:
        return False


def read_position(folder: Path) -> str:
    try:
        return (folder / disk.STATE).read_text(errors="replace")
    except FileNotFoundError:
        return ""


class Scan:
    """Finds the files that somebody wrote to since the last run; reads the disk while the database is queried."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._found = folder, disk.Found(0, [], has_others=True)
        try:
            self._since = (folder / disk.STATE).stat().st_ctime_ns
        except FileNotFoundError:
            self._since = 0
        self._thread = threading.Thread(target=self._scan)
        self._thread.start()

    def changed(self, manifest: Manifest) -> list[str]:
        """Return the names in the manifest whose files changed or are gone."""
        self._thread.join()
        number, changed, has_others = self._found
        if not self._since:
            return []  # everything is looked at
        gone = []
        if has_others or number != len(manifest):
            there = disk.names(self._folder)
            gone = [name for name in manifest.names() if name not in there]
        return gone + [
            name for name in changed if (entry := manifest.get(name)) and disk.sha256_of(self._folder / name) != entry.sha256
        ]

    def _scan(self) -> None:
        if self._since:
            with contextlib.suppress(OSError):
                self._found = disk.scan(self._folder, self._since)
