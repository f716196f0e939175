"""A target in a folder, and what stands there."""

import hashlib
import json
from pathlib import Path

from digests.mirror.running import source_of
from digests.mirror.targets import Target
from digests.mirror.updating import check
from digests.mirror.updating import update as bring
from digests.mirror.writing import FileState, Report


def files(folder: Path) -> dict[str, bytes]:
    """All that generators and readers find there, without the manifest."""
    found = (
        path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] not in (".mirror", ".git")
    )
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if path.name != "mirror.json"}


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    told = json.loads((folder / "mirror.json").read_text())
    assert told["changing"] == {}
    return dict(told["files"])


def is_true(folder: Path) -> bool:
    """Whether the manifest tells the truth of each file that it names; some may be under way."""
    told = json.loads((folder / "mirror.json").read_text())["files"]
    return all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"] for name, entry in told.items())


def update(target: Target, **options: object) -> Report:
    return bring(source_of(target), **options)  # type: ignore[arg-type]


def changes(target: Target, **options: object) -> list[tuple[str, str]]:
    """What an update changed."""
    return [(name[:10], str(state)) for name, state in update(target, **options).changed]


def wrong(target: Target) -> list[tuple[str, str]]:
    return [(name, str(state)) for name, state in check(source_of(target)) if state != FileState.SAME]
