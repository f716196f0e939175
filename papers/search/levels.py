"""In which order papers are found: first how well their title fits, then how hot they are.

Levels, from above: the very title; what everybody calls so; what the authors call the paper; a lone rare word as typed, where
it may also go on; all words in the title (or in names), those in a row a little higher; what others call it; the words beside
each other anywhere; the words anywhere. A paper's place is one number, its standing raised by its level, so that a page goes on
where the last one ended. Each level comes from the index in its order, and none is read that the page does not reach: a word
that stands in half of a million papers costs no more than a rare one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from heapq import merge
from typing import NamedTuple

from django.db import connection

from papers import clock
from papers.models import Paper
from papers.search.expressions import FIRST, Clauses, are_so_many, standings, standings_among, standings_among_next
from papers.search.index import STEPS, TIER_BITS
from papers.search.understanding import Meaning

LEVEL = 1 << 11
"""Steps of hotness that one level is above another: more than there are."""
IN_A_ROW = 2 * STEPS
"""Steps that a title gains with the words in a row: two doublings."""
TOP = 8 * LEVEL << TIER_BITS
"""Above every place."""
FEW_DAYS = 62
"""Of fewer days PostgreSQL sorts all that it finds, since by standing it would pass most other papers before them."""
FEW_PAPERS = 5_000
"""Of days with no more papers it sorts them, too, where nothing else is asked for."""
PASSED = 200
"""Papers that PostgreSQL looks through for each one that is wanted, the hottest first. Where it finds too few of them, those that
are wanted are so few that it sorts them all."""
MOST_COUNTED = 100
"""Papers that a search counts; of more it says that there are more. To find ten times as many takes ten times as long, where each
word stands in many papers and all of them in few."""


class Stream(NamedTuple):
    """Papers of one kind, by their standing."""

    raised_by: int
    wanted: Clauses
    unwanted: tuple[Clauses, ...]
    is_of_names: bool = False
    """So papers are few, and may be found by nothing else."""


def places(meaning: Meaning, limit: int, before: int = TOP + FIRST, counted: Sequence[int] | None = None) -> list[int]:
    """The highest places below `before` of the papers that are found; at most ten queries. `counted` are those that `hottest`
    finds, MOST_COUNTED and one more, where they are known already.
    """
    if meaning.is_impossible:
        return []
    counted = hottest(meaning, MOST_COUNTED + 1) if counted is None else counted
    found: list[int] = []
    above: set[int] = set()
    for level in _levels(meaning):
        streams = []
        for stream in level:
            raised_by, left = stream.raised_by << TIER_BITS, limit - len(found)
            others = [standing for standing in counted if standing not in above][:left]
            if not raised_by and before > TOP and (len(others) == left or len(counted) <= MOST_COUNTED):
                below = others  # all that is in higher levels is on this page
            else:
                below = _highest(stream, meaning, before - raised_by, left, counted)
            above |= set(below)
            streams.append([standing + raised_by for standing in below])
        found += list(merge(*streams, reverse=True))[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _highest(stream: Stream, meaning: Meaning, below: int, limit: int, counted: Sequence[int]) -> list[int]:
    """The highest standings below one in the stream, of which `counted` are the hottest with others; four queries at most."""
    are_few = stream.is_of_names or is_of_few_days(meaning)
    if connection.vendor == "postgresql" and not stream.is_of_names:
        # Its statistics do not know how many papers have several words, or any rare one.
        among = standings_among(counted, stream.wanted, stream.unwanted)
        found = [standing for standing in among if standing < below][:limit]
        if len(found) == limit or len(counted) <= MOST_COUNTED:
            return found
        passed = PASSED * limit
        if not are_few and not are_so_many(counted[-1], passed):
            found = standings_among_next(below, passed, stream.wanted, stream.unwanted, limit)
            if len(found) == limit:
                return found
        are_few = True
    return standings(stream.wanted, stream.unwanted, below, limit, are_few=are_few)


def hottest(meaning: Meaning, limit: int, before: int = FIRST) -> list[int]:
    """The highest standings below `before` of the papers that are found, whatever fits best; one query."""
    if meaning.is_impossible:
        return []
    return standings(meaning.anywhere, meaning.unwanted, before, limit, are_few=is_of_few_days(meaning))


def _levels(meaning: Meaning) -> Iterator[list[Stream]]:
    """From the highest; what is in one is in none below it."""
    above = list(meaning.unwanted)
    if not meaning.wanted:
        yield [Stream(0, meaning.filters, tuple(above))]
        return
    highest = (meaning.titled, meaning.well_known, meaning.named, meaning.as_typed or meaning.with_rarest)
    for number, wanted in zip((7, 6, 5, 4), highest, strict=True):
        if wanted:
            yield [Stream(number * LEVEL, wanted, tuple(above), is_of_names=number > 4)]
            above.append(_own(wanted, meaning))
    in_a_row, in_title = meaning.in_a_row, meaning.in_title
    titles = [Stream(3 * LEVEL, in_title, (*above, _own(in_a_row, meaning)) if in_a_row else tuple(above))]
    if in_a_row:
        titles.append(Stream(3 * LEVEL + IN_A_ROW, in_a_row, tuple(above)))
        above.append(_own(in_a_row, meaning))
    yield titles
    above.append(_own(in_title, meaning))
    for number, wanted in ((2, meaning.called), (1, meaning.near)):
        if wanted:
            yield [Stream(number * LEVEL, wanted, tuple(above), is_of_names=number == 2)]
            above.append(_own(wanted, meaning))
    yield [Stream(0, meaning.anywhere, tuple(above))]


def _own(clauses: Clauses, meaning: Meaning) -> Clauses:
    """Without what all levels have in common."""
    return tuple(clause for clause in clauses if clause not in meaning.filters) or clauses


def is_of_few_days(meaning: Meaning) -> bool:
    """So that what is found is soon sorted. Days alone are those of few papers: of many, enough are among the hottest. One query
    of PostgreSQL's, or none."""
    query, today = meaning.query, clock.now().date()
    if query.periods:
        days = sum(1 if len(span) == len("20210512") else 31 for span in query.periods)
        return days < (FEW_DAYS if len(meaning.anywhere) > 1 else 31)
    if query.since is None:
        return False
    if len(meaning.anywhere) > 1:
        return min(query.until or today, today) - query.since < timedelta(days=FEW_DAYS)
    if connection.vendor == "sqlite":
        return False
    papers = Paper.objects.filter(listing_date__range=(query.since, query.until or today)).order_by()
    return not papers[FEW_PAPERS : FEW_PAPERS + 1].exists()
