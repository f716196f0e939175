"""A folder that one run at a time writes, and in which no reader ever sees half a file."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Collection, Iterator
from itertools import count
from pathlib import Path

LOCK_WAIT_S = 5.0
"""How long to wait for the lock: after a run was killed, its processes hold the folder until they notice."""
OURS = ".mirror"
"""The folder inside the folder where files wait until they are complete."""
STATE = f"{OURS}/state"
WRITTEN = f"{OURS}/written"
"""Which `mirror.json` we wrote last (remember_written)."""
MANY = 20
"""From so many files on, one call makes all durable. An fsync of each costs the file system a commit of its journal, and takes
eight times as long as writing a small file."""
NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO}
"""What opening something else ends in: nothing, a folder, links in a circle, a socket."""
STEPS = 20
"""How often to wait a millisecond for the file system's clock; a step of it has 4 on most machines."""


class FolderInUse(Exception):
    """Another run is writing to the folder."""


class FolderError(Exception):
    """The folder cannot be written or read; the message says what to do."""


WHAT_TO_DO = {
    errno.ENOSPC: "the disk is full; make room, then run it again",
    errno.EDQUOT: "the disk quota is used up; make room, then run it again",
    errno.EROFS: "the file system is read-only; mount it writable, then run it again",
    errno.EACCES: "this user may not read or write there; give it the right to, then run it again",
    errno.EPERM: "this user may not read or write there; give it the right to, then run it again",
    errno.ENOTDIR: "a file stands where a folder should be; move it away, then run it again",
    errno.EISDIR: "a folder stands where a file should be; move it away, then run it again",
    errno.EEXIST: "a file, or a link that leads nowhere, stands where a folder should be; move it away, then run it again",
}


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn a refusal of the system into FolderError."""
    try:
        yield
    except OSError as error:
        what = WHAT_TO_DO.get(error.errno or 0, f"{error.strerror}; see to it, then run it again")
        raise FolderError(f"{error.filename2 or error.filename or folder}: {what}") from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Hold the folder for one run and yield its descriptor; the lock ends with its holders, however they end.

    Raises FolderInUse.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    give_up_at = time.monotonic() + LOCK_WAIT_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up_at:
                    raise FolderInUse(f"another run is writing to {folder}; wait for it to finish, then try again") from None
                time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)


def is_in_use(folder: Path) -> bool:
    """Say whether a run is writing to the folder."""
    with _opened(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_file(path: Path, data: bytes) -> None:
    """Write a file, which is not yet durable. Uses the system's calls directly: Python's files would double the time."""
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        _write(descriptor, data)


def write_durably(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file and wait until its bytes are on the disk."""
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        for part in parts:
            _write(descriptor, part)
        os.fsync(descriptor)


def _write(descriptor: int, data: bytes | memoryview) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def make_durable(folder: Path, paths: Collection[Path]) -> None:
    """Wait until these files' bytes, and the names in these folders, are on the disk; what is gone needs nothing. All are in the
    file system of `folder`. If they are many, what others wrote there is waited for, too."""
    if len(paths) >= MANY and (sync_all := getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)):  # Linux has it
        with _opened(folder) as descriptor:
            if sync_all(descriptor):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(folder))
        return
    for path in paths:
        with contextlib.suppress(FileNotFoundError), _opened(path) as descriptor:
            os.fsync(descriptor)


@contextlib.contextmanager
def _opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str | None:
    """Return the file's SHA-256; None if there is no such file."""
    content = content_of(path)
    return None if content is None else hashlib.sha256(content).hexdigest()


def content_of(path: Path) -> bytes | None:
    """Return the file's bytes; None if there is no such file, or something that may never end, such as a pipe or a device."""
    try:
        with _opened(path, os.O_RDONLY | os.O_NONBLOCK) as descriptor:
            status, content = os.fstat(descriptor), b""
            if not stat.S_ISREG(status.st_mode):
                return None
            while some := os.read(descriptor, max(status.st_size - len(content), 4096)):
                content += some
            return content
    except OSError as error:
        if error.errno in NO_FILE:
            return None
        raise


def empty_waiting_room(folder: Path) -> None:
    """Remove what a killed run left half done."""
    with os.scandir(folder / OURS) as found:
        leftovers = [one.path for one in found if f"{OURS}/{one.name}" not in (STATE, WRITTEN)]
    for path in leftovers:
        Path(path).unlink()


def write_state(folder: Path, text: str) -> None:
    """Write what the next run needs to know (looking.State). Its time is later than that of all that we wrote: what somebody does
    from then on can be told from it, though a file system's clock moves in steps."""
    ours, state = folder.stat().st_ctime_ns, folder / STATE
    write_durably(folder / OURS / "fresh", text.encode())
    (folder / OURS / "fresh").replace(state)
    for _ in range(STEPS):
        if state.stat().st_ctime_ns > ours:
            break
        time.sleep(0.001)
        os.utime(state)


def remember_written(folder: Path, written: Path) -> None:
    """Note that this file is our manifest, or will be in a moment. Who edits it, or brings another one, makes another file of it.
    Not durable: without the note, each file is compared."""
    (folder / WRITTEN).write_text(_identity(written))


def is_as_written(folder: Path, path: Path) -> bool:
    """Say whether the file is the one that we wrote."""
    try:
        return (folder / WRITTEN).read_text(errors="replace") == _identity(path)
    except FileNotFoundError:
        return False


def _identity(path: Path) -> str:
    found = path.stat()
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


def keep_aside(path: Path) -> str:
    """Keep what somebody put in the file's place under another name beside it, and return that name. The same version is kept
    once, however often it comes back."""
    theirs = _held(path)
    for number in count(1):
        kept = path.with_name(f"{path.name}.theirs{f'.{number}' if number > 1 else ''}")
        if not os.path.lexists(kept):
            break
        if theirs is not None and _held(kept) == theirs:
            return kept.name
    if theirs is None:  # no file
        path.rename(kept)
        return kept.name
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:  # a file system without links
        if isinstance(theirs, str):
            kept.symlink_to(theirs)
        else:
            write_durably(kept, theirs)
    return kept.name


def _held(path: Path) -> str | bytes | None:
    """Return a file's bytes or where a link leads; None for a folder, a pipe and the like."""
    return str(path.readlink()) if path.is_symlink() else content_of(path)
