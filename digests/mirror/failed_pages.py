"""Pages and days that raised an error: what is told about them, and which the next run makes again."""

import json
import logging
from collections.abc import Collection, Mapping
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded

from digests.mirror import disk
from papers.database_errors import why_away

MOST = 10
"""So many are told one by one."""
LONGEST_ERROR = 200
logger = logging.getLogger(__name__)


def is_its_own(error: Exception) -> bool:
    """Say whether the error is one of a page or day, and not of a database that is away or of a task whose time is over."""
    return not isinstance(error, SoftTimeLimitExceeded) and not why_away(error)


def note(unmade: dict[str, str], what: str, error: Exception) -> None:
    """Note the error of a page (by its address) or a day."""
    if len(unmade) < MOST:
        logger.error("%s could not be made", _named(what), exc_info=error)
    unmade[what] = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


def told(unmade: Mapping[str, str]) -> list[str]:
    """Return a sentence for each."""
    so = "so its file stays as it was. The next run tries again; if that goes on, report what the log says."
    sentences = [f"{_named(what)} could not be made ({error}), {so}" for what, error in list(unmade.items())[:MOST]]
    return [*sentences, f"So it is with {len(unmade) - MOST:,} more."] if len(unmade) > MOST else sentences


def _named(what: str) -> str:
    return f"The page {what}" if what.startswith("/") else f"The day {what}"


def remember(folder: Path, unmade: Collection[str]) -> None:
    """Note them in place of those that the last run left."""
    if unmade:
        disk.write_durably(folder / disk.UNMADE, json.dumps(sorted(unmade)).encode())
    else:
        (folder / disk.UNMADE).unlink(missing_ok=True)


def left_by_last_run(folder: Path) -> list[str]:
    """Return what the last run could not make: addresses of pages, or days."""
    try:
        return [str(one) for one in json.loads((folder / disk.UNMADE).read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):
        return []
