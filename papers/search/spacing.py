"""Words that were typed as one, and names typed as two: `objectcentriclearning`, `le cun`."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

from papers.search import dictionary
from papers.search.abbreviations import SHORT
from papers.search.dictionary import Known
from papers.search.understanding import Meaning
from papers.search.words import plain_words

LONGEST = 30
"""Letters of a word that is taken apart."""
SHORTEST = 3
"""Letters of its pieces; what people type short may have fewer."""
MOST_PIECES = 4
MOST_WORDS = 2
Place = tuple[int, int]


def taken_apart(meaning: Meaning) -> dict[Place, str]:
    """For words that nobody uses, the words that they are made of, by where they stand; one query, or none."""
    typed = {part.place: plain_words(part.typed)[-1] for part in meaning.unknown[-MOST_WORDS:]}
    typed = {place: word for place, word in typed.items() if len(word) <= LONGEST}
    known = dictionary.known(piece for word in typed.values() for piece in _pieces(word))
    found = {place: _split(word, known) for place, word in typed.items()}
    return {place: " ".join(pieces) for place, pieces in found.items() if pieces}


def put_together(meaning: Meaning) -> dict[Place, str]:
    """For two words beside each other that were taken for two names, the one name that they may be; one query, or none."""
    places = [author.places[0] for author in meaning.authors if len(author.places) == 1]
    text = meaning.query.text
    pairs = {(one[0], other[1]): one for one, other in pairwise(places) if not text[one[1] : other[0]].strip()}
    typed = {place: "".join(plain_words(text[slice(*place)])) for place in pairs}
    known = dictionary.known(typed.values())
    return {place: word for place, word in typed.items() if word in known and known[word].names}


def _pieces(word: str) -> list[str]:
    ends = range(len(word) + 1)
    return [piece for start, end in combinations(ends, 2) if end - start < len(word) and _is_piece(piece := word[start:end])]


def _is_piece(text: str) -> bool:
    return len(text) >= SHORTEST or text in SHORT


def _split(word: str, known: Mapping[str, Known]) -> Sequence[str]:
    """The fewest words that it is made of; of as many, those of which the rarest is most frequent. Empty for none."""
    best: dict[int, tuple[int, int, tuple[str, ...]]] = {0: (0, 0, ())}
    for end in range(1, len(word) + 1):
        found = []
        for start in range(end):
            piece = word[start:end]
            if start in best and (piece in known or piece in SHORT) and _is_piece(piece):
                number, rarity, pieces = best[start]
                frequency = known[piece].frequency if piece in known else 1
                found.append((number + 1, max(rarity, -frequency) if pieces else -frequency, (*pieces, piece)))
        if found:
            best[end] = min(found)
    number, _, pieces = best.get(len(word), (0, 0, ()))
    return pieces if 1 < number <= MOST_PIECES else ()
