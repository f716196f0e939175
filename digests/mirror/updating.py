"""Brings a target's files up to date, or compares them with what they should be."""

import contextlib
import gc
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from digests.mirror import disk, failed_pages
from digests.mirror.manifest import NAME, ListedFile, Manifest, ManifestError
from digests.mirror.outside_changes import State, look, read_state
from digests.mirror.writing import File, FileState, Report, Staged, Writer, recover
from digests.page_cache.log import changed_since
from digests.page_cache.subjects import CLOCK
from papers import clock

COLLECTING = (50_000, 20, 50)
"""See gc.set_threshold."""
Tell = Callable[[str, FileState], object]


class Source(Protocol):
    """What a target's files are made from."""

    folder: Path
    options: dict[str, str]
    """Options that decide how all files look."""
    unmade: dict[str, str]
    """Pages (by their addresses) or days that could not be made so far, with their errors."""

    def everything(self, manifest: Manifest, since: date | None, processes: int) -> Generator[Staged]:
        """Yield each file, and the names of our files that should not be there."""

    def changed(self, manifest: Manifest, subjects: frozenset[str], touched: Mapping[str, ListedFile]) -> Generator[Staged]:
        """Yield the files that show the subjects, and those of these names, which the manifest may lack."""

    def files(self, since: date | None) -> Iterator[File]:
        """Yield each file as it should be."""

    def surplus(self, manifest: Manifest, wanted: set[str], since: date | None) -> Iterator[str]:
        """Return the names of our files that are not wanted."""


def update(
    source: Source,
    *,
    since: date | None = None,
    rebuild: bool = False,
    looks_at_all: bool = True,
    processes: int = 1,
    tell: Tell | None = None,
) -> Report:
    """Make the files what readers see. `rebuild` checks each file, `since` those of that day and later.

    Otherwise, only these files are checked: those that show something that changed since the last run, by the database's log,
    once an hour those that depend on the time, and those that somebody wrote to since. Without `looks_at_all`, files of the last
    kind may be found by a later run (outside_changes.py); none is written over unseen.

    Raises FolderError, FolderInUse, ManifestError, ProcessEnded.
    """
    folder = source.folder
    with _told(folder), collecting_rarely():
        (folder / disk.OURS).mkdir(parents=True, exist_ok=True)
        with disk.locked(folder):
            disk.empty_waiting_room(folder)
            manifest = read_manifest(source)
            # Every file is another one, or the manifest may tell of other files: edited, or brought by a checkout or a backup.
            if manifest.options != source.options or not disk.is_as_written(folder, folder / NAME):
                manifest.options = source.options
                (folder / disk.STATE).unlink(missing_ok=True)
            touched = recover(folder, manifest)
            left = read_state(folder)
            subjects, now = changed_since(left.position)
            is_another_hour = left.is_of_another_hour(clock.now())
            if subjects is not None and is_another_hour:
                subjects |= {CLOCK}
            changed, looked = look(folder, manifest, left, at_all=looks_at_all)
            touched |= {name: listed for name in changed if (listed := manifest.get(name))}
            writer, staged = Writer(folder, manifest), None
            if subjects is None or not len(manifest) or rebuild:
                looked = State()  # each file is compared
            elif not since:
                staged = source.changed(manifest, subjects, touched)
            with closing(staged or source.everything(manifest, since, processes)) as found:
                for name, state in writer.take_all(found):
                    if tell:
                        tell(name, state)
            report = writer.finish()
            report.unmade = failed_pages.told(source.unmade)
            left_over = failed_pages.left_by_last_run(folder) if since else []  # older days, which were not tried
            failed_pages.remember(folder, {*source.unmade, *left_over})
            if since is None and (touched or is_another_hour or now != left.position or looked.after != left.after):
                disk.write_state(folder, looked._replace(position=now).text())
    return report


def check(source: Source, *, since: date | None = None) -> Iterator[tuple[str, FileState]]:
    """Return how each file compares with what it should be; writes nothing. Raises FolderError, ManifestError."""
    with _told(source.folder):
        manifest = read_manifest(source)
        wanted = set()
        for file in source.files(since):
            wanted.add(file.name)
            listed, data = manifest.get(file.name), file.compress(file.data)
            present = disk.content_of(source.folder / file.name, len(data))
            if present is None:
                yield file.name, FileState.NEW
                continue
            is_same = present == data and listed is not None and listed.sha256 == sha256(data).hexdigest()
            is_same = is_same and not (source.folder / file.name).is_symlink()
            yield file.name, FileState.SAME if is_same else FileState.CHANGED
        for name in source.surplus(manifest, wanted, since):
            yield name, FileState.REMOVED


@contextlib.contextmanager
def collecting_rarely() -> Iterator[None]:
    """Spare Python looking for garbage: a run makes many objects, and hardly any circles. What the start made is not looked at
    anyway (hotpapers_site/apps.py)."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTING)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn a refusal of the system into FolderError, and say where a manifest is that cannot be read."""
    with disk.told(folder):
        try:
            yield
        except ManifestError as error:
            raise ManifestError(f"{error} (it is in {folder})") from error


def read_manifest(source: Source) -> Manifest:
    """Return the folder's manifest; an empty one if there is none. Raises ManifestError."""
    try:
        written = (source.folder / NAME).read_bytes()
    except FileNotFoundError:
        return Manifest(source.options)
    return Manifest.parse(written, is_ours=disk.is_as_written(source.folder, source.folder / NAME))
