"""Boolean expressions over the words of the index, as SQLite's FTS5 and PostgreSQL's tsquery read them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection

from papers.models import IndexedPaper
from papers.search.index import pair_term
from papers.search.schema import FTS5, GIN

FIRST = (1 << 63) - 1
"""Above every standing."""
Term = tuple[str, ...]
"""Words in a row."""
Clause = tuple[Term, ...]
"""Alternatives."""
Clauses = tuple[Clause, ...]
"""All of them are needed."""


def standings(wanted: Clauses, unwanted: Sequence[Clauses], below: int, limit: int, *, are_few: bool = False) -> list[int]:
    """The highest standings below one, of the papers that meet all clauses and, for no element of `unwanted`, all of its clauses.
    One query. Where the papers are few (`are_few`), PostgreSQL sorts them all, and passes none that is not among them.
    """
    below = min(below, FIRST)
    if below <= 0 or limit <= 0:
        return []
    if not wanted:
        rows = IndexedPaper.objects.filter(standing__lt=below).order_by("-standing")
        return list(rows.values_list("standing", flat=True)[:limit])
    if connection.vendor == "sqlite":
        return _fetched(FTS5.find, [fts5(wanted, unwanted), below, limit])
    rows_in = tuple(clause for clause in wanted if any(map(_is_phrase, clause)))
    looked_up = tuple(clause for clause in wanted if clause not in rows_in)
    statement = GIN.find.format(besides=GIN.besides if rows_in else "", sorted=GIN.sorted if are_few else "")
    expressions = [joined_tsquery([*map(_tsquery, looked_up), *map(_by_twos, rows_in)], unwanted)]
    expressions += [tsquery(rows_in)] if rows_in else []
    return _fetched(statement, [*expressions, below, limit])


def standings_among(some: Sequence[int], wanted: Clauses, unwanted: Sequence[Clauses]) -> list[int]:
    """Those of some standings whose papers meet all clauses and none of `unwanted`, the highest first; one query. PostgreSQL's
    alone, which reads these papers and no index; FTS5 would look through its index for each.
    """
    return _fetched(GIN.find_among, [list(some), joined_tsquery([tsquery(wanted)], unwanted)])


def standings_among_next(below: int, most: int, wanted: Clauses, unwanted: Sequence[Clauses], limit: int) -> list[int]:
    """The highest standings that meet the clauses among so many papers below one; one query of PostgreSQL's."""
    return _fetched(GIN.find_next, [min(below, FIRST), most, joined_tsquery([tsquery(wanted)], unwanted), limit])


def nowhere(terms: Iterable[Term]) -> set[Term]:
    """Those of the terms of one word that no paper has; one query of PostgreSQL's."""
    asked = sorted(term for (term,) in terms)
    with connection.cursor() as cursor:
        cursor.execute(GIN.indexed, [asked])
        return {(term,) for term in set(asked).difference(term for (term,) in cursor.fetchall())}


def are_so_many(standing: int, count: int) -> bool:
    """Whether so many papers stand as high, whatever they say; one query of PostgreSQL's, along its index."""
    return _fetched(GIN.are_so_many, [standing, count]) == [count]


def _fetched(statement: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [standing for (standing,) in cursor.fetchall()]


def fts5(wanted: Clauses, unwanted: Sequence[Clauses] = ()) -> str:
    """Words hold letters, digits and our own underscores only, so quotes hold them all."""
    return _fts5(wanted) + "".join(f" NOT ({_fts5(clauses)})" for clauses in unwanted)


def tsquery(wanted: Iterable[Clause]) -> str:
    return " & ".join(map(_tsquery, wanted))


def _fts5(clauses: Clauses) -> str:
    return " AND ".join("(" + " OR ".join(_fts5_terms(clause)) + ")" for clause in clauses)


def _fts5_terms(clause: Clause) -> Iterator[str]:
    """Two words in either order are one NEAR, which reads where they stand only once."""
    for term in clause:
        other = term[::-1]
        if len(term) != 2 or term == other or other not in clause:
            yield '"' + " ".join(term) + '"'
        elif term < other:
            yield f'NEAR("{term[0]}" "{term[1]}", 0)'


def joined_tsquery(wanted: Sequence[str], unwanted: Sequence[Clauses]) -> str:
    return " & ".join([*wanted, *(f"!({tsquery(clauses)})" for clauses in unwanted)])


def _tsquery(clause: Clause) -> str:
    return "(" + " | ".join(" <-> ".join(f"'{word}'" for word in term) for term in clause) + ")"


def _by_twos(clause: Clause) -> str:
    """The clause with each phrase as the words by twos that the index holds: it says where to look, no more."""
    return "(" + " | ".join(_looked_up(term) if _is_phrase(term) else f"'{term[0]}'" for term in clause) + ")"


def _looked_up(term: Term) -> str:
    return "(" + " & ".join(f"'{pair_term(*pair)}'" for pair in pairwise(term)) + ")"


def _is_phrase(term: Term) -> bool:
    """Whether its words stand in a row in the text: those of titles are few enough to be read."""
    return len(term) > 1 and not term[0].startswith("t_")
