"""Records of an answer that cannot be read: each costs only itself, and is named."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

MOST_NAMED = 10
FEWEST_UNREAD = 3
"""So few records without what we need may each be odd, whatever part of a page they are."""


@dataclass(frozen=True)
class LeftOut:
    """One record of an answer that cannot be read at all, or not as a whole."""

    name: str
    """The id that the service gave it; empty if that cannot be read."""
    lacks: str
    """What is missing or wrong in it, as in "it lacks …"."""


def told(left_out: Collection[LeftOut]) -> str:
    """The records by name with what they lack, the first ten of them: `2611.90001 lacks a title, 2 others lack an id`."""
    named = [f"{one.name} lacks {one.lacks}" for one in left_out if one.name]
    unnamed = Counter(one.lacks for one in left_out if not one.name)
    parts = [*named[:MOST_NAMED], *([f"{len(named) - MOST_NAMED:,} more"] if len(named) > MOST_NAMED else [])]
    return ", ".join([*parts, *(f"{count:,} without {lacks}" for lacks, count in unnamed.items())])


def is_mostly_unread(unread: int, of: int) -> bool:
    """Whether so many records that cannot be read mean that the service has changed, and not that they are odd."""
    return unread >= FEWEST_UNREAD and 2 * unread > of
