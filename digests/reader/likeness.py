"""How much papers are alike, by the words of their texts and by who posted them. Pure.

The measure is the cosine of the two texts' words, each weighed by how rare it is among the papers that are compared (tf-idf),
plus a share for the people who posted both, weighed by how few of these papers have as many.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from heapq import nlargest
from math import hypot, log
from typing import NamedTuple

from papers.search.words import words

LEAST = 0.12
FOR_PEOPLE = 0.4
MOST_WORDS = 3
GUESSED = 40
"""The most papers that are measured: those that seem closest if words are as rare in the others' texts as in the paper's own."""


class Text(NamedTuple):
    words: Mapping[str, float]
    """The weight of each word; one in the title counts as three in the abstract."""
    length: float

    @classmethod
    def of(cls, title: str, abstract: str) -> "Text":
        counted = Counter(words(abstract))
        for word in words(title):
            counted[word] += 3
        weights = {word: 1 + log(number) for word, number in counted.items()}
        return cls(weights, _length(weights.values()))


class Like(NamedTuple):
    """How much a paper of the shelf is like the one that was asked for."""

    measure: float
    place: int
    shared: Mapping[str, float]
    """What each word of both adds."""
    posters: int
    """How many people posted both."""

    @property
    def words(self) -> list[str]:
        """The shared words that add most."""
        return sorted(self.shared, key=lambda word: (-self.shared[word], word))[:MOST_WORDS]


class Shelf:
    """Papers, each in its place, to be compared with others. `wanted` are the words of these others."""

    def __init__(self, texts: Sequence[Text], people: Iterable[Iterable[str]], wanted: Collection[str]) -> None:
        self._texts = texts
        self._with = defaultdict[str, int](int)
        """By word: a number with a bit for each place that has it, so that those among some places are counted at once."""
        self._weighed = defaultdict[str, defaultdict[float, list[int]]](lambda: defaultdict(list))
        """By wanted word and by its weight: the places."""
        self._posted = defaultdict[str, list[int]](list)
        for place, (text, handles) in enumerate(zip(texts, people, strict=True)):
            bit = 1 << place
            for word in text.words:
                self._with[word] |= bit
            for word in text.words.keys() & wanted:
                self._weighed[word][text.words[word]].append(place)
            for handle in handles:
                self._posted[handle].append(place)

    def alike(self, text: Text, people: Iterable[str], others: Sequence[int]) -> list[Like]:
        """Those at these places that are like the paper, all of whose words are wanted ones."""
        among = sum(map((1).__lshift__, others))
        rarities = [log((len(others) + 1) / (count + 1)) + 0.1 for count in range(len(others) + 1)]

        @cache
        def rarity(word: str) -> float:
            return rarities[(self._with[word] & among).bit_count()]

        def weighed(text: Text) -> dict[str, float]:
            return {word: weight * rarity(word) for word, weight in text.words.items()}

        own = weighed(text)
        length = _length(own.values())
        both = Counter(place for handle in people for place in self._posted[handle] if among >> place & 1)
        for_people = _for_people(both, len(others))
        guess = [0.0] * len(self._texts)
        for word, weight in own.items():
            factor = weight * rarity(word) * text.length / length**2
            for other, places in self._weighed[word].items():
                share = factor * other
                for place in places:
                    guess[place] += share
        found = []
        for place in nlargest(GUESSED, others, key=lambda place: guess[place] / self._texts[place].length + for_people[place]):
            weights = weighed(self._texts[place])
            shared = {word: weight * weights[word] for word, weight in own.items() if word in weights}
            measure = sum(shared.values()) / (length * _length(weights.values())) + for_people[place]
            if measure >= LEAST:
                found.append(Like(measure, place, shared, both[place]))
        return found


def _for_people(both: Mapping[int, int], others: int) -> Mapping[int, float]:
    """What the people who posted both papers add, by place. It is less if many papers have as many of them, since some people
    post everything."""
    numbers = Counter(both.values())
    shares = defaultdict[int, float](float)
    for place, number in both.items():
        as_many = sum(papers for more, papers in numbers.items() if more >= number)
        shares[place] = FOR_PEOPLE * log((others + 1) / as_many) / log(others + 1)
    return shares


def _length(weights: Iterable[float]) -> float:
    return hypot(*weights) or 1.0
