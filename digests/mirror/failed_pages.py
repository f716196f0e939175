"""Pages that raised an error: what is told about them, and which the next run makes again."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from digests.mirror import disk

MOST = 10
"""So many are told one by one."""


def told(unmade: Mapping[str, str]) -> list[str]:
    """Return a sentence for each page, by its address and its error."""
    what = "so its file stays as it was. The next run tries again; if that goes on, report what the log says."
    sentences = [f"The page {address} could not be made ({error}), {what}" for address, error in list(unmade.items())[:MOST]]
    return [*sentences, f"So it is with {len(unmade) - MOST:,} more pages."] if len(unmade) > MOST else sentences


def remember(folder: Path, unmade: Collection[str]) -> None:
    """Note their addresses in place of those that the last run left."""
    if unmade:
        disk.write_durably(folder / disk.UNMADE, json.dumps(sorted(unmade)).encode())
    else:
        (folder / disk.UNMADE).unlink(missing_ok=True)


def left_by_last_run(folder: Path) -> list[str]:
    """Return the addresses of what the last run could not make."""
    try:
        return [str(address) for address in json.loads((folder / disk.UNMADE).read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):
        return []
