"""Finds files that somebody wrote to or removed, without a run that costs more the more files there are.

To ask the system about a file takes 2 µs: among 30,000 that would be two thirds of all that a changed day costs. So a run looks
at some files, the next run at the next ones. What a run is about to write is compared by its bytes, whatever was looked at.
"""

import os
import re
import stat
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from digests.mirror import disk
from digests.mirror.manifest import Manifest

SOME = 1000
"""The most files at which a run looks, where it need not look at all."""


HOUR_NS = 3600 * 10**9


class State(NamedTuple):
    """What `.mirror/state` says, and when it was written."""

    position: str = ""
    """Up to where the folder was brought (page_cache/log.py)."""
    since: int = 0
    """Files that changed (ctime, ns) from this moment on are sought. 0: since the state was written; each file was compared."""
    began: int = 0
    """The next round's `since`: in this round, no file was looked at earlier."""
    after: str = ""
    """The last file that was looked at in this round."""
    written_at: int = 0
    """ctime, ns. Later than all that the run itself wrote."""

    def is_of_another_hour(self, now: datetime) -> bool:
        """Say whether pages that depend on the time are to be made again."""
        return self.written_at // HOUR_NS != int(now.timestamp()) * 10**9 // HOUR_NS

    def text(self) -> str:
        return f"{self.position}\n{self.since} {self.began} {self.after}"


def read_state(folder: Path) -> State:
    """Return what the last run left; a folder without it is compared as a whole."""
    try:
        written_at = (folder / disk.STATE).stat().st_ctime_ns
        position, _, looked = (folder / disk.STATE).read_text(errors="replace").partition("\n")
    except FileNotFoundError:
        return State()
    if found := re.fullmatch(r"([0-9]{1,19}) ([0-9]{1,19}) (.*)", looked, re.DOTALL):
        return State(position, int(found[1]) or written_at, int(found[2]), found[3], written_at)
    return State(position, written_at, written_at, "", written_at)  # that of an older version, which looked at all


def look(folder: Path, manifest: Manifest, state: State, *, at_all: bool) -> tuple[list[str], State]:
    """Return the names of files in the manifest that changed or are gone, and what to remember about it.

    With `at_all`, and in a small folder, these are all such files. Otherwise files that are gone from the folder itself are
    found at once, others in some later run.
    """
    if not state.since:
        return [], state
    began = state.began if state.after else state.written_at
    if at_all or len(manifest) <= SOME:
        some, after = list(manifest.names()), ""
    else:
        some = list(islice(manifest.names_after(state.after), SOME))
        after = some[-1] if len(some) == SOME else ""
    found = _changed(folder, some, manifest, state.since)
    if after and folder.stat().st_ctime_ns >= state.written_at:
        there = {one.name for one in folder.iterdir()}
        found += [name for name in manifest.names() if "/" not in name and name not in there and name not in found]
    return found, state._replace(since=state.since if after else began, began=began, after=after)


def _changed(folder: Path, names: list[str], manifest: Manifest, since: int) -> list[str]:
    found = []
    descriptor = os.open(folder, os.O_RDONLY)  # from which a file's times are a tenth cheaper than by its whole path
    try:
        for name in names:
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                is_as_before, is_file = status.st_ctime_ns < since, stat.S_ISREG(status.st_mode)
            except (FileNotFoundError, NotADirectoryError):
                is_as_before = is_file = False
            if is_as_before or not (listed := manifest.get(name)):
                continue
            if not is_file or not disk.holds(folder / name, listed.size, listed.sha256):
                found.append(name)
    finally:
        os.close(descriptor)
    return found
