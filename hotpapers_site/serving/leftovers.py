"""Nothing outlives `manage.py serve`: its children end with it, and the next start still looks for what was left (Linux)."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
LISTENS = "0A"
END_WITHIN_S = 10.0
FROM, BY = "SERVED_FROM", "SERVED_BY"
"""Variables of every process that `serve` starts: its VAR_DIR, and its own number."""


@dataclass(frozen=True)
class Running:
    """A process on this machine."""

    number: int
    command: str
    served_from: str
    served_by: int
    """0 if no `serve` started it."""

    @property
    def is_left(self) -> bool:
        """Say whether the `serve` that started it is gone."""
        return bool(self.served_by) and "serve" not in _command(self.served_by).split()


def ends_with_parent(kind: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the signal when the process that starts this one ends, however that happens."""
    return _ask_for(kind, os.getpid())


def _ask_for(kind: signal.Signals, parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(kind))
        if os.getppid() != parent:  # it ended just now
            os.kill(os.getpid(), kind)

    return ask_the_kernel


def end_with_parent() -> None:
    """From now on, have this process killed when the one that started it ends."""
    if (ask_the_kernel := _ask_for(signal.SIGKILL, os.getppid())) is not None:
        ask_the_kernel()


def marks(folder: Path) -> dict[str, str]:
    return {FROM: str(folder.absolute()), BY: str(os.getpid())}


def holder_of(port: int) -> Running | None:
    """Return who listens on the port; None if nobody does, or if it cannot be seen."""
    inodes = {inode for name in ("tcp", "tcp6") for inode in _listening(Path("/proc/net") / name, port)}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    return next((one for one in _running() if wanted & _sockets(one.number)), None) if wanted else None


def serving(folder: Path) -> int | None:
    """Return the number of the `serve` that runs from the folder."""
    return next((one.served_by for one in _running() if one.served_from == str(folder.absolute()) and not one.is_left), None)


def end_left(folder: Path) -> list[Running]:
    """End what an earlier `serve` of this folder, killed since, has left; return what was ended."""
    left = [one for one in _running() if one.served_from == str(folder.absolute()) and one.is_left]
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for one in left:
            _send(one.number, kind)
        deadline = time.monotonic() + END_WITHIN_S
        while any(_command(one.number) for one in left) and time.monotonic() < deadline:
            time.sleep(0.05)
    return left


def _running() -> Iterator[Running]:
    for folder in Path("/proc").glob("[0-9]*"):
        number = int(folder.name)
        try:
            environment = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            environment = []  # another user's, or gone
        values = dict(entry.split("=", 1) for entry in environment if "=" in entry)
        served_by = values.get(BY, "0")
        yield Running(number, _command(number), values.get(FROM, ""), int(served_by) if served_by.isdigit() else 0)


def _command(number: int) -> str:
    """Return the command; empty if there is no such process, or it is dead and waits to be collected."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _listening(table: Path, port: int) -> Iterator[str]:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return
    for fields in map(str.split, lines):
        if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
            yield fields[9]


def _sockets(number: int) -> set[str]:
    found = set()
    with suppress(OSError):  # another user's, or gone
        for entry in Path(f"/proc/{number}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.add(str(entry.readlink()))
    return found


def _send(number: int, kind: signal.Signals) -> None:
    try:
        os.kill(number, kind)
    except OSError:
        pass  # it has ended
