"""The language of searches: words, "phrases" and fields, all of which a paper must have, -without some, or one OR another.

    attention "language models" author:"Yann LeCun" cat:cs.LG since:2026-01 until:2026-03-15 -survey GAN OR VAE 2010.04296

Years, categories, ids and addresses of papers need no field. What looks like a field and is none is text: titles are pasted.
Pure: knows no database.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from papers.post_keys import PostKey
from papers.search.addresses import ids_in, posts_in, words_of_link
from papers.search.as_typed import plainly, without_markup
from papers.search.grouping import Clause, TooManyGroups, grouped
from papers.search.parts import FIELDS, LINK, OPERATORS, Part, QueryError, Term, is_year, parts_of

LONGEST_QUERY = 300
LONGEST_PASTED = 2_000
"""Of longer text than a query, in which the title of a paper may stand: a reference with many names."""
MOST_TERMS = 40
MONTH = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])")
"""With which ids begin."""
LABEL = re.compile(rf"(?:(?:title|ti)|(?P<field>{'|'.join(FIELDS)}))\s?:\s", re.IGNORECASE)
"""A field and a space, as people type it, and as arXiv's mails write titles."""
MARK = re.compile(r"[^\W_][.,;:?!]")


@dataclass(frozen=True, slots=True)
class Query:
    """What all found papers have. Words are folded."""

    phrases: tuple[Term, ...] = ()
    """Words in a row, anywhere; a lone word is a phrase of one."""
    titles: tuple[Term, ...] = ()
    authors: tuple[Term, ...] = ()
    """Each the words of one name, in any order of given and family names."""
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    id_beginnings: tuple[str, ...] = ()
    posts: tuple[PostKey, ...] = ()
    """Posts whose papers are looked for."""
    years: tuple[int, ...] = ()
    """Bare ones: papers of one of them."""
    periods: tuple[str, ...] = ()
    """Bare months (`202105`) and days (`20210512`): papers of one of them."""
    since: date | None = None
    until: date | None = None
    is_pasted: bool = False
    """More text than a query has: only titles are looked for in it."""
    either: tuple[Clause, ...] = field(default=(), compare=False)
    """Groups of which one part is enough."""
    without: tuple[Clause, ...] = field(default=(), compare=False)
    """Groups of which no paper has all parts."""
    parts: tuple[Part, ...] = field(default=(), compare=False)
    """All that every paper must have, in order; those that say the same once."""
    text: str = field(default="", compare=False)
    """What was typed, with plain quotes and decoded TeX."""


def parse(text: str) -> Query:
    """The query in what a reader typed. Raises QueryError."""
    text = plainly(text)
    if len(text) > LONGEST_QUERY:
        return _pasted(text, f"The search is too long. Use at most {LONGEST_QUERY} characters.")
    text = without_markup(text)
    if label := LABEL.match(text):
        text = (f"{label['field']}:" if label["field"] else "") + text[label.end() :]
    if MONTH.fullmatch(text) and not is_year(text):
        return _query(text, [Part("beginning", (text,), text, (0, len(text)))], (), ())
    if not ids_in(text):
        text = words_of_link(text) or text
    if found := ids_in(text):
        fields = [part for part in parts_of(text) if part.kind in FIELDS and ":" in text[slice(*part.place)]]
        return replace(_query(text, fields, (), ()), ids=found)
    if posts := posts_in(text):
        return replace(_query(text, (), (), ()), posts=posts)
    try:
        clauses, without = grouped(list(parts_of(text)))
    except TooManyGroups:
        raise QueryError("The search has too many groups. Use fewer brackets.") from None
    parts = [clause[0] for clause in clauses if len(clause) == 1]
    query = _query(text, parts, [clause for clause in clauses if len(clause) > 1], without)
    distinct = {(part.kind, part.term): len(part.term) for clause in (*clauses, *without) for part in clause}
    if sum(distinct.values()) > MOST_TERMS:
        return _pasted(text, f"The search has too many words. Use at most {MOST_TERMS}.")
    _refuse(query, text)
    return query


def _pasted(text: str, refusal: str) -> Query:
    """What only an id or a title is looked for in. Raises QueryError where there is neither."""
    if len(text) <= LONGEST_PASTED:
        if found := ids_in(text):
            return replace(_query(text, (), (), ()), ids=found)
        if MARK.search(text):
            return replace(_query(without_markup(text), (), (), ()), is_pasted=True)
    raise QueryError(refusal)


def _refuse(query: Query, text: str) -> None:
    if query.without and not (query.parts or query.either):
        raise QueryError("Write a word to search for, too, besides what the papers must be without.")
    if query == Query() and not query.either:
        if LINK.search(text):
            raise QueryError(
                "Only links to papers and to posts about them can be searched, for example https://arxiv.org/abs/2010.04296."
            )
        if not re.search(r"[^\W_]", text):
            raise QueryError("Nothing to search for. Type a word, a name or an arXiv id.")
        if set(re.findall(r"\w+", text)) <= OPERATORS.keys():
            raise QueryError("AND, OR and NOT only join words. Type a word, a name or an arXiv id.")


def _query(text: str, parts: Sequence[Part], either: Sequence[Clause], without: Sequence[Clause]) -> Query:
    distinct = list({(part.kind, part.term, part.is_exact, part.is_beginning): part for part in reversed(parts)}.values())[::-1]
    of: dict[str, list[Part]] = {}
    for part in distinct:
        of.setdefault(part.kind, []).append(part)
    since = max((date.fromisoformat(part.term[0]) for part in of.get("since", ())), default=None)
    until = min((date.fromisoformat(part.term[0]) for part in of.get("until", ())), default=None)
    if since and until and since > until:
        raise QueryError(f"{since} is after {until}. Swap the two dates.")
    return Query(
        phrases=_terms(of.get("", ())),
        titles=_terms(of.get("title", ())),
        authors=_terms(of.get("author", ())),
        categories=tuple(part.term[0] for part in of.get("cat", ())),
        id_beginnings=tuple(part.term[0] for part in of.get("beginning", ())),
        years=tuple(int(part.term[0]) for part in of.get("year", ())),
        periods=tuple(part.term[0] for part in of.get("period", ())),
        since=since,
        until=until,
        either=tuple(either),
        without=tuple(without),
        parts=tuple(distinct),
        text=text,
    )


def _terms(parts: Sequence[Part]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(part.term for part in parts))
