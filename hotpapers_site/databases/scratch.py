"""A folder for unfinished copies of the database. They hold secrets and erased texts: none stays, however a command ends."""

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEFT_AFTER_S = 12 * 3600
"""A folder in which nothing was written for so long belongs to no command that runs. The next night's backup finds it."""


@contextmanager
def scratch(place: Path, prefix: str) -> Iterator[Path]:
    """Yield a new folder in the place, for this user alone. It goes at the end, also after SIGTERM or SIGHUP; what a
    killed command left in the place goes now. Raises OSError."""
    for left in place.glob(f"{prefix}*"):
        if time.time() - _written_at(left) > LEFT_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)
    with _exits_when_asked(), tempfile.TemporaryDirectory(dir=place, prefix=prefix) as folder:
        yield Path(folder)


def _written_at(folder: Path) -> float:
    return max((path.lstat().st_mtime for path in (folder, *folder.glob("*"))), default=time.time())


@contextmanager
def _exits_when_asked() -> Iterator[None]:
    """Within the block, these signals raise SystemExit instead of ending the process at once."""
    before = {kind: signal.signal(kind, lambda number, _: sys.exit(128 + number)) for kind in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
