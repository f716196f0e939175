"""What several pages show is made once, where somebody makes many pages: the site as files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Made = TypeVar("Made")
_made: ContextVar[dict[Any, Any] | None] = ContextVar("made", default=None)


@contextmanager
def keeping(made: dict[Any, Any]) -> Iterator[None]:
    """Let `once` keep what it makes in `made`, and find it there."""
    token = _made.set(made)
    try:
        yield
    finally:
        _made.reset(token)


def once(make: Callable[[], Made]) -> Made:
    """Return what `make` returns. A reader's request makes it anew."""
    made = _made.get()
    if made is None:
        return make()
    if make not in made:
        made[make] = make()
    found: Made = made[make]
    return found
