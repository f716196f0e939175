"""What several pages show is made once, where somebody makes many pages: the site as files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

Made = TypeVar("Made")
P = ParamSpec("P")
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


def of_last(make: Callable[P, Made], *asked: P.args, **named: P.kwargs) -> Made:
    """Return what `make` returns for this. Of what it made for pages before, only the last is kept, so that memory does not grow:
    papers of one day follow each other in the site's map."""
    made = _made.get()
    if made is None:
        return make(*asked, **named)
    if make not in made or made[make][0] != (asked, named):
        made[make] = (asked, named), make(*asked, **named)
    found: Made = made[make][1]
    return found
