"""The reader site as files."""

from collections.abc import Iterator
from datetime import date

from digests.mirror.targets import Target
from digests.mirror.updating import Tell
from digests.mirror.writing import FileState, Report


def update(target: Target, *, since: date | None = None, rebuild: bool = False, tell: Tell | None = None) -> Report:
    raise NotImplementedError


def check(target: Target) -> Iterator[tuple[str, FileState]]:
    raise NotImplementedError
