"""The orders that results may have, and the newest first, for which the index has no order of its own."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from papers import clock
from papers.search.index import DAY_BITS, TIER_BITS
from papers.search.levels import hottest
from papers.search.understanding import Reading, within_days

SPAN_DAYS = (7, 60, 500)
"""Before the newest day, looked at one after the other until they have enough."""


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    HOTTEST = "hottest"


def newest(reading: Reading, found: Sequence[int], most: int, limit: int, before: int) -> list[int]:
    """The papers that are found by their day and number, those below `before` (0 for all), the newest first.

    Where no more than `most` are found, `found` are their standings, and these are sorted; else the `most` hottest of the
    shortest span before `before` that has enough. Four queries at most.
    """
    if len(found) <= most:
        return _sorted(found, before)[:limit]
    last = (
        date.fromordinal(min(before >> DAY_BITS, date.max.toordinal() - 1)) if before else clock.now().date() + timedelta(days=1)
    )
    query = reading.query
    until = min(query.until or last, last)
    for days in SPAN_DAYS:
        since = max(query.since or date.min, until - timedelta(days=days))
        some = _sorted(hottest(within_days(reading, since, until), most), before)
        if len(some) >= limit:
            return some[:limit]
    return _sorted(hottest(within_days(reading, query.since, until), most), before)[:limit]


def _sorted(standings: Sequence[int], before: int) -> list[int]:
    places = sorted((standing & (1 << TIER_BITS) - 1 for standing in standings), reverse=True)
    return [place for place in places if not before or place < before]
