"""A target in a git repository."""

from collections.abc import Callable

from digests.mirror.targets import Target
from digests.mirror.writing import Report


class GitError(Exception):
    """Git failed; the message says what to do."""

    passes = False


def bring(target: Target, update: Callable[[], Report]) -> Report:
    raise NotImplementedError
