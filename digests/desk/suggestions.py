"""What the machine would do now, for the editor to accept or to ignore. Pure.

Nothing here changes a list. A suggestion is a rise: a hot paper that is not in the list, or an entry that by its live counts has
passed entries above it. Entries that an editor pinned or moved stand where the editor wants them: they are neither suggested nor
compared with.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.templatetags.reading import ordinal
from papers.ranking.ranking import RankedPaper, heat_order


@dataclass(frozen=True)
class Suggestion:
    arxiv_id: str
    position: int
    """Where it would stand in the list."""
    is_new: bool
    """It is not in the list."""

    @property
    def text(self) -> str:
        return f"would be {ordinal(self.position)} now"


@dataclass(frozen=True)
class Place:
    """An entry, as far as suggestions go."""

    arxiv_id: str
    position: int
    is_settled: bool
    """Pinned or moved by an editor."""


def suggestions(
    candidates: Iterable[RankedPaper],
    listed: Sequence[Place],
    live: Mapping[str, RankedPaper],
    dismissed: Collection[str],
) -> list[Suggestion]:
    """For a list in its order, with the live counts of all papers in it; newcomers first, the hottest first."""
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
