"""How much papers are alike, by the words of their texts and by who posted them. Pure.

The measure is the cosine of the two texts' words, each weighed by how rare it is among the papers that are compared (tf-idf),
plus a share for the people who posted both, weighed by how few of these papers have as many.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from math import hypot, log
from operator import mul
from typing import Any, NamedTuple

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
    """How much one of the papers is like the one that was asked for."""

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


class ComparedPapers:
    """Papers, each in its place, to be compared with others."""

    def __init__(self, texts: Sequence[Text], people: Iterable[Iterable[str]]) -> None:
        self._texts = texts
        self._with = defaultdict[str, list[int]](list)
        """By word: the places that have it."""
        self._posted = defaultdict[str, list[int]](list)
        for place, (text, handles) in enumerate(zip(texts, people, strict=True)):
            for word in text.words:
                self._with[word].append(place)
            for handle in handles:
                self._posted[handle].append(place)
        self._bits = _Made(lambda word: sum(map((1).__lshift__, self._with.get(word, ()))))
        """By word: a number with a bit for each place that has it, so that those among some places are counted at once."""
        self._weighed = _Made(self._by_weight)
        """By word and by its weight: the places."""

    def alike(self, text: Text, people: Iterable[str], others: Sequence[int]) -> list[Like]:
        """Those at these places that are like the paper."""
        among, bits, texts = sum(map((1).__lshift__, others)), self._bits, self._texts
        rarities = [log((len(others) + 1) / (count + 1)) + 0.1 for count in range(len(others) + 1)]
        rarity = _Made(lambda word: rarities[(bits[word] & among).bit_count()])
        own = {word: weight * rarity[word] for word, weight in text.words.items()}
        length = _length(own.values())
        both = Counter(place for handle in people for place in self._posted.get(handle, ()) if among >> place & 1)
        for_people = _for_people(both, len(others))
        guess = [0.0] * len(texts)
        for word, weight in own.items():
            factor = weight * rarity[word] * text.length / length**2
            for other, places in self._weighed[word].items():
                share = factor * other
                for place in places:
                    guess[place] += share
        found = []
        for place in nlargest(GUESSED, others, key=lambda place: guess[place] / texts[place].length + for_people[place]):
            words = texts[place].words
            its_length = _length(map(mul, words.values(), map(rarity.__getitem__, words)))
            shared = {word: weight * (words[word] * rarity[word]) for word, weight in own.items() if word in words}
            measure = sum(shared.values()) / (length * its_length) + for_people[place]
            if measure >= LEAST:
                found.append(Like(measure, place, shared, both[place]))
        return found

    def _by_weight(self, word: str) -> Mapping[float, list[int]]:
        found = defaultdict[float, list[int]](list)
        for place in self._with.get(word, ()):
            found[self._texts[place].words[word]].append(place)
        return found


class _Made(dict[str, Any]):
    """What is made for each word when it is first asked for."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Any:
        self[word] = made = self._make(word)
        return made


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
