"""What to ask for where no paper has all that was asked for."""

from dataclasses import replace
from itertools import combinations

from papers.search.query import Part
from papers.search.terms import category_term
from papers.search.understanding import Reading, Wanted, any_of

MOST_OPTIONAL = 6
"""Words of which some may be missing: of more, the last are left out."""
OF_QUESTIONS = frozenset(
    {"how", "do", "does", "did", "what", "why", "when", "where", "who", "can", "could", "should", "will", "you", "i", "me", "my"}
    | {"about", "paper", "best", "new", "there", "was", "were", "has", "have", "use", "using", "not", "no", "into", "its"}
)
"""What people ask with, and what papers need not have where none has all."""
NOTHING = Part("", (), "", (0, 0))


def with_fewer(reading: Reading, missing: int) -> Reading | None:
    """The same without so many of its words, names, years and categories, whichever, and without words of questions at all; None
    where less than half (rounded down) would be left."""
    years = tuple((f"y_{year}",) for year in reading.query.years)
    loose = [one for one in reading.wanted if not one.part.is_exact]
    optional = [one for one in loose if one.part.term[0] not in OF_QUESTIONS] or loose
    if missing == 0 and len(optional) == len(loose):
        return None
    bare = {category_term(part.term[0]) for part in reading.query.parts if part.kind == "cat" and part.is_bare}
    of_categories = [clause for clause in reading.filters if clause[0][0] in bare]
    optional += [Wanted(NOTHING, clause, clause) for clause in of_categories]
    optional += [Wanted(NOTHING, clause, clause) for clause in ([years] if years else [])]
    names = {clause for author in reading.authors for clause in author.clauses}
    optional += [Wanted(NOTHING, clause, clause) for clause in reading.filters if clause in names]
    del optional[MOST_OPTIONAL:]
    if not optional or len(optional) - missing < max(1, len(optional) // 2):
        return None
    some = [
        Wanted(of[0].part, any_of(one.anywhere for one in of), any_of(one.in_title for one in of))
        for of in combinations(optional, missing + 1)
    ]
    filters = tuple(
        clause for clause in reading.filters if clause not in names and clause != years and clause not in of_categories
    )
    exact = [one for one in reading.wanted if one.part.is_exact]
    return replace(reading, filters=filters, wanted=(*exact, *some))
