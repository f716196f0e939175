"""What to ask for where no paper has all that was asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from papers.search import dictionary
from papers.search.dictionary import NOWHERE
from papers.search.filters import of_periods
from papers.search.parts import Part
from papers.search.terms import category_term
from papers.search.understanding import LONGEST_RUN, Meaning, any_of
from papers.search.wanted import Wanted
from papers.search.well_known import CALLED
from papers.search.words import UNSPACED, joined, plain_words

MOST_OPTIONAL = 5
"""Words of which some may be missing; of more, the most frequent ones are left out: to look for any two of them takes long, and
says little."""
MOST_MISSING = 3
OF_QUESTIONS = frozenset(
    {
        "how",
        "do",
        "does",
        "did",
        "what",
        "why",
        "when",
        "where",
        "who",
        "can",
        "could",
        "should",
        "will",
        "you",
        "i",
        "me",
        "my",
        "than",
        "better",
        "vs",
        "versus",
        "really",
    }
    | {"about", "paper", "best", "new", "there", "was", "were", "has", "have", "use", "using", "not", "no", "into", "its"}
)
"""What people ask with, and what papers need not have where none has all."""
NOTHING = Part("", (), "", (0, 0))


def with_fewer(meaning: Meaning) -> Iterator[Meaning]:
    """The same without words of questions, then without one, two and three of its words, names, years and categories, whichever,
    as long as half of them (rounded down) are left. One query, or none."""
    years = tuple((f"y_{year}",) for year in meaning.query.years)
    periods = of_periods(meaning.query.periods)
    loose = [one for one in meaning.wanted if _may_be_missing(one.part)]
    words = [one for one in loose if one.part.term[0] not in OF_QUESTIONS] or loose
    bare = {category_term(part.term[0]) for part in meaning.query.parts if part.kind == "cat" and part.is_bare}
    of_categories = [clause for clause in meaning.filters if clause[0][0] in bare]
    names = {clause for author in meaning.authors for clause in author.clauses}
    filters = tuple(
        clause for clause in meaning.filters if clause not in names and clause not in (years, periods, *of_categories)
    )
    besides = [*of_categories, *filter(None, (years, periods)), *(clause for clause in meaning.filters if clause in names)]
    frequency = _frequency(words)
    optional = [*_rarest(words, frequency), *(Wanted(NOTHING, clause, clause) for clause in besides)][:MOST_OPTIONAL]
    in_titles = [one for one in words if frequency[one]] if len(words) <= MOST_OPTIONAL else []  # of more it takes long
    rarest = (min(in_titles, key=frequency.__getitem__).in_title,) if in_titles else ()
    exact = [one for one in meaning.wanted if one not in loose]
    parts = len(exact) + len(optional)
    most = min(MOST_MISSING, len(optional), parts - max(1, parts // 2))
    for missing in range(0 if len(words) < len(loose) else 1, most + 1):
        some = [
            Wanted(of[0].part, any_of(one.anywhere for one in of), any_of(one.in_title for one in of))
            for of in combinations(optional, missing + 1)
        ]
        # No paper has all words, so none has them in a row, or as its name; but some of them may be the name of one.
        yield replace(
            meaning, filters=filters, wanted=(*exact, *some), row=(), name="", known_as=_name_among(loose), rarest=rarest
        )


def _may_be_missing(part: Part) -> bool:
    """Words of scripts without spaces are looked for in a row, as if they were quoted."""
    return not part.is_exact or UNSPACED.search(part.typed) is not None


def _name_among(wanted: Sequence[Wanted]) -> str:
    """The longest name among the words by which everybody knows a paper: `stylegan3` in `stylegan 3 demo`; empty for none."""
    words = [word for one in wanted for word in plain_words(one.part.typed)]
    runs = (words[start : start + length] for length in (3, 2, 1) for start in range(len(words) - length + 1))
    return next((name for name in map(joined, runs) if name in CALLED), "")


def _frequency(wanted: Sequence[Wanted]) -> dict[Wanted, int]:
    """In how many titles and names each word stands, or its plural."""
    words = {one: (plain_words(one.part.typed) or [""])[-1] for one in wanted}
    forms = {word: (word, f"{word}s", word.removesuffix("s")) for word in words.values()}
    known = dictionary.known({form for of in forms.values() for form in of})
    return {one: max(known.get(form, NOWHERE).frequency for form in forms[word]) for one, word in words.items()}


def _rarest(wanted: Sequence[Wanted], frequency: Mapping[Wanted, int]) -> list[Wanted]:
    """As many of them as may be optional, in their order."""
    if len(wanted) <= MOST_OPTIONAL:
        return list(wanted)
    if len(wanted) > LONGEST_RUN:  # a reference: initials, names and numbers, among which a title stands
        wanted = [one for one in wanted if frequency[one]] or wanted
    rarest = sorted(wanted, key=frequency.__getitem__)[:MOST_OPTIONAL]
    return [one for one in wanted if one in rarest]
