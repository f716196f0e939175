"""One `manage.py serve` a folder: also of two that start at the same moment one goes on and the other says why not."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):
    """Another one has the folder."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        """Its process; 0 where it has not said it yet."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else enters the block for the folder. The kernel frees it where this process is killed. Raises NotAlone."""
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
