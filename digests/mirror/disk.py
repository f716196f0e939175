"""A folder that one run at a time writes, and in which no reader ever sees half a file."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
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
UNMADE = f"{OURS}/unmade"
"""Pages or days that the last run could not make (failed_pages.py)."""
MANY = 20
"""From so many files on, one call makes all durable. An fsync of each costs the file system a commit of its journal, and takes
eight times as long as writing a small file."""
NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO}
"""What opening something else ends in: nothing, a folder, links in a circle, a socket."""
PART = 1 << 20
"""So many bytes of a file are read at once."""
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
    errno.ENOTDIR: "a file or a link stands where a folder should be; move it away, then run it again",
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
    with _file(path) as descriptor:
        return None if descriptor is None else _sum(descriptor)


def holds(path: Path, size: int, sha256: str) -> bool:
    """Say whether there is a file of these bytes. One of another size is not read: somebody may have put anything there."""
    with _file(path) as descriptor:
        return descriptor is not None and os.fstat(descriptor).st_size == size and _sum(descriptor) == sha256


def _sum(descriptor: int) -> str:
    found = hashlib.sha256()
    while some := os.read(descriptor, PART):
        found.update(some)
    return found.hexdigest()


def content_of(path: Path, most: int) -> bytes | None:
    """Return the file's bytes; of a file that is longer than `most`, only the first ones, and more than that. None if there is no
    such file."""
    with _file(path) as descriptor:
        if descriptor is None:
            return None
        content = b""
        while len(content) <= most and (some := os.read(descriptor, most + 1 - len(content))):
            content += some
        return content


@contextlib.contextmanager
def _file(path: Path) -> Iterator[int | None]:
    """Yield the file's descriptor; None if there is no such file, or something that may never end, such as a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno not in NO_FILE:
            raise
        yield None
        return
    try:
        yield descriptor if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    finally:
        os.close(descriptor)


def empty_waiting_room(folder: Path) -> None:
    """Remove what a killed run left half done."""
    # What a link leads to is not ours to empty.
    with _opened(folder / OURS, os.O_DIRECTORY | os.O_NOFOLLOW) as descriptor, os.scandir(descriptor) as found:
        leftovers = [one.name for one in found if f"{OURS}/{one.name}" not in (STATE, WRITTEN, UNMADE)]
    for name in leftovers:
        (folder / OURS / name).unlink()


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
    for number in count(1):
        kept = path.with_name(f"{path.name}.theirs{f'.{number}' if number > 1 else ''}")
        if not os.path.lexists(kept):
            break
        if _are_same(path, kept):
            return kept.name
    if not path.is_symlink() and not path.is_file():  # a folder, a pipe and the like
        path.rename(kept)
        return kept.name
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:  # a file system without links
        if path.is_symlink():
            kept.symlink_to(path.readlink())
        else:
            _copy(path, kept)
    return kept.name


def _copy(path: Path, copy: Path) -> None:
    with path.open("rb") as source, copy.open("wb") as target:
        try:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        except OSError:
            copy.unlink()
            raise


def _are_same(one: Path, other: Path) -> bool:
    """Say whether both are links to the same place, or files of the same bytes."""
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    found = other.is_file() and one.is_file() and one.stat().st_size == other.stat().st_size
    return found and sha256_of(one) == sha256_of(other)
