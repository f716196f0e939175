"""Names of authors among the words of a query, and what finds the papers of a name, however its letters are written."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from papers.models import PaperAuthor
from papers.search.abbreviations import SHORT
from papers.search.dictionary import NOWHERE, Known
from papers.search.expressions import Clauses, Term
from papers.search.parts import Part
from papers.search.terms import PAIRED, pair_of_names
from papers.search.well_known import CALLED
from papers.search.words import WORD, author_key, folded, name_words, plain, spellings

LONGEST_NAME = 4
"""Words of a query that are tried as one name."""
MOST_WAYS = 16
"""Of writing one name, that are looked for."""
Others = Mapping[str, Sequence[str]]
"""Of folded words, how else they are written: `kubler` for `kuebler`."""


class Author(NamedTuple):
    name: str
    """As typed."""
    terms: tuple[Term, ...]
    """The words of the name, in each way to write them; as typed first."""
    places: tuple[tuple[int, int], ...]

    @property
    def clauses(self) -> Clauses:
        return author_clauses(self.terms)


def other_spellings(words: Iterable[str], known: Mapping[str, Known]) -> dict[str, list[str]]:
    """Of these plain words, by their folded forms."""
    found = {folded(word): [folded(other) for other in spellings(word) if known.get(other, NOWHERE).names] for word in words}
    return {word: others for word, others in found.items() if others}


def ways(name: Term, others: Others) -> tuple[Term, ...]:
    """The name, and how else it is written."""
    if len(name) > PAIRED:
        return (name,)
    found = product(*((word, *others.get(word, ())) for word in name))
    return tuple(term for term, _ in zip(dict.fromkeys(found), range(MOST_WAYS), strict=False))


def author_clauses(terms: Sequence[Term]) -> Clauses:
    """What the papers of somebody have whose name is one of these, all of as many words."""
    first = terms[0]
    pairs = [
        tuple(dict.fromkeys((pair_of_names(term[one], term[other]),) for term in terms))
        for one, other in combinations(range(min(len(first), PAIRED)), 2)
        if first[one] != first[other]
    ]
    if not pairs:
        return (tuple((f"a_{term[0]}",) for term in terms),)
    return tuple(dict.fromkeys([*pairs, *(((f"a_{word}",),) for word in first[PAIRED:])]))


def words_of_name(part: Part) -> list[str]:
    """The plain words of what may be a name, or the family name of one: `Leal-Taixé`, `d'Ascoli`."""
    return [word for word in map(plain, WORD.findall(part.typed)) if word]


def authors_among(parts: Sequence[Part], known: Mapping[str, Known]) -> tuple[list[Author], set[Part]]:
    """Names among the parts: two to four in a row that are an author's whole name, in either order, or one that is hardly
    anything else. With the parts that they are made of. One query, or none."""
    names = {part: words_of_name(part) for part in parts}
    keys: dict[str, list[list[Part]]] = {}
    for start in range(len(parts)):
        for end in range(start + 2, min(start + LONGEST_NAME, len(parts)) + 1):
            words = [known.get(word, NOWHERE) for part in parts[start:end] for word in names[part] if len(word) > 1]
            if words and all(word.names for word in words) and any(word.names > word.papers for word in words):
                typed = [part.typed for part in parts[start:end]]
                for order in (typed, [*typed[1:], typed[0]], [typed[-1], *typed[:-1]]):
                    keys.setdefault(author_key(" ".join(order)), []).append(list(parts[start:end]))
    rows = PaperAuthor.objects.filter(key__in=keys).order_by().values_list("key", flat=True).distinct() if keys else ()
    runs = sorted((run for key in rows for run in keys[key]), key=len, reverse=True)
    runs += [[part] for part in parts if _is_name([word for word in names[part] if len(word) > 1], known)]
    others = other_spellings((word for of in names.values() for word in of), known)
    found: list[Author] = []
    used: set[Part] = set()
    for run in runs:
        if used.isdisjoint(run):
            used |= set(run)
            name = " ".join(part.typed for part in run)
            found.append(Author(name, ways(tuple(name_words(name)), others), tuple(part.place for part in run)))
    return sorted(found, key=lambda author: author.places), used


def _is_name(words: Sequence[str], known: Mapping[str, Known]) -> bool:
    """Whether these words are hardly anything but names; of what people type short (SAM), none is."""
    return bool(words) and all(known.get(word, NOWHERE).is_name and word not in SHORT and word not in CALLED for word in words)
