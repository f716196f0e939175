"""The orders that results may have, and the newest first, for which the index has no order of its own."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from papers import clock
from papers.search.index import DAY_BITS, TIER_BITS
from papers.search.levels import hottest
from papers.search.understanding import Meaning, within_days
from papers.text.identifiers import FIRST_YEAR

FIRST_SPAN_DAYS, GROWTH = 7, 4
"""Days before the newest one that are looked at first, and how much further back each time that they do not have enough."""


MOST_OF_SPAN = 1_000
FIRST_DAY = date(FIRST_YEAR, 1, 1)


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    HOTTEST = "hottest"


def newest(meaning: Meaning, found: Sequence[int] | None, limit: int, before: int) -> list[int]:
    """The papers that are found by their day and number, those below `before` (0 for all), the newest first.

    Where they are few, `found` are their standings, and these are sorted; else those of a span of days before `before` that has
    enough and not too many. Some twenty queries at most. Of a day that has more than MOST_OF_SPAN, these hottest are shown.
    """
    if found is not None:
        return _sorted(found, before)[:limit]
    tomorrow = clock.now().date() + timedelta(days=1)
    last = date.fromordinal(before >> DAY_BITS) if 0 < before >> DAY_BITS < tomorrow.toordinal() else tomorrow
    until = min(meaning.query.until or last, last)
    first = max(meaning.query.since or FIRST_DAY, FIRST_DAY)
    too_few, too_many, days = 0, 0, FIRST_SPAN_DAYS
    while True:
        since = max(first, until - timedelta(days=days))
        some = hottest(within_days(meaning, since, until), MOST_OF_SPAN + 1)
        places = _sorted(some, before)
        if len(some) > MOST_OF_SPAN and days - too_few > 1:
            too_many = days
        elif len(places) >= limit or since == first:
            return places[:limit]
        elif too_many - too_few == 1:
            return places + newest(meaning, None, limit - len(places), since.toordinal() << DAY_BITS)
        else:
            too_few = days
        days = max(too_few + 1, (too_few + too_many) // 2) if too_many else GROWTH * days


def _sorted(standings: Sequence[int], before: int) -> list[int]:
    places = sorted((standing & (1 << TIER_BITS) - 1 for standing in standings), reverse=True)
    return [place for place in places if not before or place < before]
