"""Searches: a query becomes one boolean expression, which SQLite's FTS5 and PostgreSQL's tsquery answer alike.

What comes first is told by one number: the paper's standing (hotness in doublings, then its day), raised where the title has all
words of the query, and further where it has them in a row. So a word of the title is worth three doublings of retweets and
favorites. Each of these three streams comes from the index in its order, and a page takes from each no more than it shows: a word
that stands in half of a million papers costs no more than a rare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import merge
from itertools import pairwise

from django.db import connection
from django.utils.html import escape

from papers import clock
from papers.models import IndexedPaper, Paper
from papers.rendered.kinds import Kind, Text, names_source
from papers.rendered.stored import Texts
from papers.search.index import MOST_AUTHORS, PAIRED, PAPER, TIER_BITS, category_term, id_term, name_pairs, pair_term
from papers.search.marking import Part, excerpt, marked
from papers.search.query import Query, QueryError, parse, spans
from papers.search.schema import FTS5, GIN
from papers.search.words import name_words

IN_TITLE, IN_A_ROW = 3, 5
"""Doublings that a paper gains with all words in its title, and with them in a row."""
MOST_HITS = 100
SHOWN_AUTHORS = 6
FIRST_PAGE = (1 << 63) - 1
FEW_DAYS = 62
"""Of fewer days PostgreSQL sorts all that it finds, since by standing it would pass most other papers before them."""
Term = tuple[str, ...]
"""Words in a row."""
Clause = tuple[Term, ...]
"""Alternatives."""


@dataclass(frozen=True, slots=True)
class Hit:
    paper: Paper
    title: list[Part]
    excerpt: list[Part]
    """The place of the abstract that has most of the words."""
    authors: list[list[Part]]
    """The first names, and further ones that were looked for; in order."""
    authors_left: int


@dataclass(frozen=True, slots=True)
class Results:
    query: Query
    hits: list[Hit]
    next: str | None
    """What `after` takes for the next page; None where this is the last."""


def search(text: str, *, limit: int = 20, after: str | None = None) -> Results:
    """A page of the papers that the query finds, the best first. Raises QueryError. Five queries, or fewer."""
    query = parse(text)
    places = _places(query, min(limit, MOST_HITS) + 1, _raised(after))
    shown = places[: min(limit, MOST_HITS)]
    papers = Paper.objects.in_bulk([place & PAPER for place in shown])
    looked_for = {word for phrase in (*query.phrases, *query.titles) for word in phrase}
    texts = Texts(text for paper in papers.values() for text in _texts(paper))
    hits = []
    for place in shown:
        if paper := papers.get(place & PAPER):
            authors = _authors(texts.names(paper.authors), query)
            left = len(paper.authors) - len(authors)
            title = marked(texts.line(paper.title), looked_for)
            hits.append(Hit(paper, title, excerpt(texts.abstract(paper.abstract), looked_for), authors, left))
    return Results(query, hits, str(shown[-1]) if len(places) > len(shown) else None)


def _texts(paper: Paper) -> list[Text]:
    return [(Kind.LINE, paper.title), (Kind.ABSTRACT, paper.abstract), (Kind.NAMES, names_source(paper.authors))]


def _authors(names: Sequence[str], query: Query) -> list[list[Part]]:
    found, further = [], 0
    for number, name in enumerate(names[:MOST_AUTHORS]):
        words = set(name_words(name))
        looked_for = {word for asked in (*query.authors, *query.phrases) if words.issuperset(asked) for word in asked}
        if number < SHOWN_AUTHORS or (looked_for and further < SHOWN_AUTHORS):
            found.append(marked(escape(name), looked_for))
            further += number >= SHOWN_AUTHORS
    return found


def matching_ids(text: str, limit: int, *, since: date | None = None) -> list[int]:
    """The primary keys of the first papers that the query finds, of those announced since a day, the best first. Three queries,
    or fewer. Raises QueryError.
    """
    query = parse(text)
    if since:
        query = replace(query, since=max(since, query.since or since))
    return [place & PAPER for place in _places(query, limit, FIRST_PAGE)]


def _raised(after: str | None) -> int:
    if after is None or after == "":
        return FIRST_PAGE
    if not (after.isascii() and after.isdecimal() and len(after) < 20):
        raise QueryError("This page of results is not there. Search again for the first one.")
    return min(int(after), FIRST_PAGE)


def _places(query: Query, limit: int, before: int) -> list[int]:
    """The raised standings below `before` of the papers that the query finds, the highest first."""
    base = _clauses(query)
    if base is None:
        return []
    text = [word for phrase in query.phrases for word in phrase]
    in_title: list[Clause] = [((f"t_{word}",),) for word in dict.fromkeys(text)]
    in_a_row: list[Clause] = [((f"b_{first}_{second}",),) for first, second in pairwise(text)]
    besides = [
        clause for clause in base if clause not in {((word,),) for word in text}
    ]  # what a title with the words leaves open
    streams: list[tuple[int, list[Clause], list[Clause]]]
    if in_a_row:
        streams = [(IN_A_ROW, besides + in_a_row, []), (IN_TITLE, besides + in_title, in_a_row), (0, base, in_title)]
    elif in_title:
        streams = [(IN_TITLE, besides + in_title, []), (0, base, in_title)]
    else:
        streams = [(0, base, [])]
    few = len(base) > 1 and _is_of_few_days(query)  # days alone are soon found among the hottest
    found = []
    for bonus, wanted, unwanted in streams:
        raise_by = bonus << TIER_BITS
        found.append([standing + raise_by for standing in _standings(wanted, unwanted, before - raise_by, limit, few)])
    return list(merge(*found, reverse=True))[:limit]


def _clauses(query: Query) -> list[Clause] | None:
    """All that a paper must have; None where nothing can have it."""
    clauses: list[Clause] = [(phrase,) for phrase in query.phrases]
    clauses += [(tuple(f"t_{word}" for word in phrase),) for phrase in query.titles]
    for name in query.authors:
        pairs = name_pairs(name)
        alone = name[PAIRED:] if pairs else name[:1]
        clauses += [((term,),) for term in (*pairs, *(f"a_{word}" for word in alone))]
    clauses += [((category_term(code),),) for code in query.categories]
    if query.ids:
        clauses.append(tuple((id_term(number),) for number in query.ids))
    if query.since or query.until:
        newest = clock.now().date().replace(month=12, day=31)
        if not (days := spans(query.since, query.until, newest)):
            return None
        clauses.append(tuple((f"d_{span}",) for span in days))
    return clauses


def _is_of_few_days(query: Query) -> bool:
    today = clock.now().date()
    return query.since is not None and min(query.until or today, today) - query.since < timedelta(days=FEW_DAYS)


def _standings(wanted: list[Clause], unwanted: list[Clause], below: int, limit: int, few: bool) -> list[int]:
    if not wanted:
        return list(
            IndexedPaper.objects.filter(standing__lt=below).order_by("-standing").values_list("standing", flat=True)[:limit]
        )
    if connection.vendor == "sqlite":
        statement, expressions = FTS5.find, [_fts5(wanted) + (f" NOT ({_fts5(unwanted)})" if unwanted else "")]
    else:
        phrases = [clause for clause in wanted if len(clause[0]) > 1 and not clause[0][0].startswith("t_")]
        pairs: list[Clause] = [((pair_term(*pair),),) for (phrase,) in phrases for pair in pairwise(phrase)]
        looked_up = [clause for clause in wanted if clause not in phrases] + pairs
        statement = GIN.find.format(besides=GIN.besides if phrases else "", sorted=GIN.sorted if few else "")
        expressions = [_tsquery(looked_up) + (f" & !({_tsquery(unwanted)})" if unwanted else "")]
        expressions += [_tsquery(phrases)] if phrases else []
    with connection.cursor() as cursor:
        cursor.execute(statement, [*expressions, below, limit])
        return [standing for (standing,) in cursor.fetchall()]


def _fts5(clauses: Sequence[Clause]) -> str:
    """Words hold letters, digits and our own underscores only, so quotes hold them all."""
    return " AND ".join("(" + " OR ".join('"' + " ".join(term) + '"' for term in clause) + ")" for clause in clauses)


def _tsquery(clauses: Sequence[Clause]) -> str:
    return " & ".join("(" + " | ".join(" <-> ".join(f"'{word}'" for word in term) for term in clause) + ")" for clause in clauses)
