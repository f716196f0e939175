"""What the ranking suggests now; the editor accepts or ignores it. Pure.

Nothing here changes a list. A suggestion always moves a paper up: a hot paper that is not on the list, or an entry that by its
live counts has passed entries above it. Entries that an editor pinned or moved stay where they are: they are neither suggested
nor compared with.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.templatetags.reading import ordinal
from papers.ranking.ranking import RankedPaper, heat_order


@dataclass(frozen=True)
class Suggestion:
    arxiv_id: str
    position: int
    """The position that it would get."""
    is_new: bool
    """Whether it is not on the list yet."""

    @property
    def text(self) -> str:
        return f"would be {ordinal(self.position)} now"


@dataclass(frozen=True)
class Place:
    """What suggestions need to know of an entry."""

    arxiv_id: str
    position: int
    is_settled: bool
    """Whether an editor pinned or moved it."""


def suggestions(
    candidates: Iterable[RankedPaper],
    listed: Sequence[Place],
    live: Mapping[str, RankedPaper],
    dismissed: Collection[str],
) -> list[Suggestion]:
    """Return the suggestions for a list in its order, with the live counts of all its papers; new papers first, hottest first."""
    places = {entry.arxiv_id: entry.position for entry in listed}
    keys = [heat_order(live[number]) for number in places]
    newcomers = [
        Suggestion(paper.arxiv_id, 1 + sum(key < heat_order(paper) for key in keys), is_new=True)
        for paper in candidates
        if paper.hot and paper.arxiv_id not in places and paper.arxiv_id not in dismissed
    ]
    free = [entry for entry in listed if not entry.is_settled]
    by_heat = sorted(free, key=lambda entry: heat_order(live[entry.arxiv_id]))
    rises = [
        Suggestion(entry.arxiv_id, free[place].position, is_new=False)
        for place, entry in enumerate(by_heat)
        if free[place].position < entry.position
    ]
    return newcomers + rises
