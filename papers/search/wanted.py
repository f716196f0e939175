"""What the words of a query ask for, and what of it the index has."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from papers.search.expressions import Clause, Term, nowhere
from papers.search.parts import Part


class Wanted(NamedTuple):
    """One thing that the words ask for."""

    part: Part
    anywhere: Clause
    in_title: Clause
    as_typed: Clause = ()
    """Of a word that may go on: anywhere, but as it was typed."""


def of_the_index(wanted: Sequence[Wanted], there: Collection[str]) -> list[Wanted]:
    """The same without what a search makes up of the words and no paper has: joined forms, names, endings; one query.

    PostgreSQL goes through all terms of a search for each paper that it looks at, and takes each for a word that some have. FTS5
    passes over those that it does not have. `there` are words that may be in many papers, and need not be looked for.
    """

    def is_made_up(term: Term) -> bool:
        return len(term) == 1 and term[0].removeprefix("t_").removeprefix("a_") not in there

    made_up = {term for one in wanted for term in (*one.anywhere, *one.in_title) if is_made_up(term)}
    vain = nowhere(made_up)

    def left(clause: Clause) -> Clause:
        return tuple(term for term in clause if term not in vain) or clause[:1]

    return [Wanted(one.part, left(one.anywhere), left(one.in_title), left(one.as_typed)) for one in wanted]
