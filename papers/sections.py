"""What other parts of the site add to the report of `manage.py status` and to the notes of the editors' pages.

`papers` knows nothing of them: they register here, by the path of a function that is imported when it is asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.utils.module_loading import import_string


class Section(NamedTuple):
    data: Any
    """As JSON has it."""
    lines: list[str]
    """The same for people."""
    needs: list[str]
    """A sentence for each thing that someone has to see to."""


_paths: dict[str, str] = {}


def register(name: str, path: str) -> None:
    """`path` leads to a function that takes the moment and returns a Section."""
    _paths[name] = path


def sections(now: datetime) -> dict[str, Section]:
    """By name, in the order in which they were registered."""
    return {name: cast(Callable[[datetime], Section], import_string(path))(now) for name, path in _paths.items()}
