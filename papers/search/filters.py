"""What the fields of a query ask of the index: names, categories, times, ids, words of titles."""

import re
from collections.abc import Iterator, Sequence

from papers.search.expressions import Clause, Clauses, Term
from papers.search.names import Others, author_clauses, ways
from papers.search.parts import Part
from papers.search.post_index import papers_of
from papers.search.query import Query
from papers.search.terms import category_term, id_term
from papers.search.words import joined, plain_words

CLASS = re.compile(r"\.[a-z]{2}/")
"""Of an old id, which may stand without: `math.gt/0309136`."""


def filters_of(query: Query, others: Others) -> Iterator[Clause]:
    yield from (title_clause(term) for term in query.titles)
    for name in query.authors:
        yield from author_clauses(ways(name, others))
    yield from (((category_term(code),),) for code in query.categories)
    if query.years:
        yield tuple((f"y_{year}",) for year in query.years)
    if query.periods:
        yield of_periods(query.periods)
    if query.ids or query.id_beginnings:
        ids = [*query.ids, *(CLASS.sub("/", number) for number in query.ids), *query.id_beginnings]
        yield tuple((id_term(number),) for number in dict.fromkeys(ids))
    if query.posts:
        yield tuple((id_term(number),) for number in papers_of(query.posts)) or ((id_term(""),),)
    for group in query.either:
        if any(part.kind for part in group):
            yield tuple(term for part in group for term in clauses_of(part)[0])


def of_periods(periods: Sequence[str]) -> Clause:
    """What was announced in these months or on these days, and what has the id of such a month, as papers of its end have."""
    spans = [(f"d_{span}",) for span in periods]
    return (*spans, *((id_term(span[2:]),) for span in periods if len(span) == len("202105")))


def clauses_of(part: Part) -> Clauses:
    """One part as clauses; those of a name may be several."""
    if part.kind == "author":
        return author_clauses([part.term])
    if part.kind == "title":
        return (title_clause(part.term),)
    if part.kind == "cat":
        return (((category_term(part.term[0]),),),)
    if part.kind == "year":
        return (((f"y_{part.term[0]}",),),)
    if part.kind == "period":
        return (of_periods(part.term),)
    if part.kind in ("since", "until"):
        return (((f"d_{part.term[0].replace('-', '')}",),),)
    if part.kind == "beginning":
        return (((id_term(part.term[0]),),),)
    whole = joined(plain_words(part.typed))
    return ((part.term, *(() if part.is_exact else ((f"j_{whole}",), (f"h_{whole}",), (whole,)))),)


def title_clause(term: Term) -> Clause:
    return (title_term(term), (f"j_{joined(term)}",)) if len(term) == 2 else (title_term(term),)


def title_term(term: Sequence[str]) -> Term:
    return tuple(f"t_{word}" for word in term)
