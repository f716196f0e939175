"""Allows one `manage.py serve` in a folder: of two that start at the same moment, one continues and the other says why it does
not."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):
    """Another process has the folder."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        """Its process number; 0 if it has not written it yet."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let nobody else enter the block for the folder. The kernel frees it if this process is killed. Raises NotAlone."""
    with (folder / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            said = lock.read().strip()
            raise NotAlone(int(said) if said.isdigit() else 0) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
