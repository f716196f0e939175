"""What several pages show is made once, where somebody makes many pages: the site as files."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Made = TypeVar("Made")
COMING = "coming"
_made: ContextVar[dict[Any, Any] | None] = ContextVar("made", default=None)


@contextmanager
def keeping(made: dict[Any, Any], coming: Collection[str] = ()) -> Iterator[None]:
    """Let what follows keep what it makes in `made`, and find it there. `coming` are the arXiv ids of the papers whose
    pages are made soon."""
    token = _made.set(made)
    made[COMING] = coming
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


def of_coming(load: Callable[[Collection[str]], Mapping[str, Made]], arxiv_id: str) -> Made | None:
    """Return what `load` finds for the paper, which it loads together with those whose pages come next. Of what it found before,
    nothing is kept, so that memory does not grow."""
    made = _made.get()
    if made is None:
        return load([arxiv_id]).get(arxiv_id)
    loaded, found = made.get(load, ((), {}))
    if arxiv_id not in loaded:
        loaded = made[COMING] if arxiv_id in made[COMING] else [arxiv_id]
        made[load] = loaded, (found := load(loaded))
    one: Made | None = found.get(arxiv_id)
    return one


def kept(name: str) -> dict[Any, Any]:
    """Return a dictionary that stays from page to page; for a reader's request, a new one."""
    made = _made.get()
    return {} if made is None else made.setdefault(name, {})
