"""Counts of papers over time: their readings, and what they gained recently."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from papers.models import PaperMeasurement, Provenance
from papers.networks.registry import OLD_NETWORK
from papers.rows import select

DAY = timedelta(days=1)
MOMENT = ("read_at", "retweets", "favorites", "counts", "extra_points")
"""Columns of a reading, in the order of Moment’s fields."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A paper's counts, summed over its posts, at a moment."""

    at: datetime
    retweets: int
    favorites: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What networks other than X counted."""
    extra_points: int = 0

    @property
    def score(self) -> int:
        """The score by the rules of that moment."""
        return self.retweets + self.favorites + self.extra_points

    @property
    def counted(self) -> Mapping[str, Mapping[str, int]]:
        """The counts by network and its own names."""
        return {OLD_NETWORK: {"retweets": self.retweets, "favorites": self.favorites}, **self.counts}


@dataclass(frozen=True, slots=True)
class Gain:
    """How much a score grew (or shrank) since a moment."""

    amount: int
    since: datetime

    @property
    def signed(self) -> str:
        """`+1,312`; a loss has a real minus sign, not a hyphen."""
        return f"{self.amount:+,}".replace("-", "−") if self.amount else "±0"


@dataclass(frozen=True, slots=True)
class History:
    """A paper’s readings from one source, oldest first; never empty."""

    readings: tuple[Moment, ...]

    @property
    def last(self) -> Moment:
        return self.readings[-1]

    @property
    def gain(self) -> Gain | None:
        """The growth since the last reading that is a day older than the newest, or since the first; None after one reading."""
        if len(self.readings) < 2:
            return None
        older = [reading for reading in self.readings if reading.at <= self.last.at - DAY]
        before = older[-1] if older else self.readings[0]
        return Gain(self.last.score - before.score, before.at)


def histories(paper_ids: Iterable[int]) -> dict[int, History]:
    """By primary key, the readings of those papers that have any: from the networks, or from the old site if there are no others.

    The two are never in one history. One query.
    """
    found: defaultdict[tuple[int, str], list[Moment]] = defaultdict(list)
    for paper_id, provenance, *reading in select(PaperMeasurement, ["paper", "provenance", *MOMENT], "paper", paper_ids):
        found[paper_id, provenance].append(Moment(*reading))
    for readings in found.values():
        readings.sort(key=attrgetter("at"))
    papers = {paper_id for paper_id, _ in found}
    return {
        paper_id: History(tuple(found.get((paper_id, Provenance.NETWORK)) or found[paper_id, Provenance.POST]))
        for paper_id in papers
    }
