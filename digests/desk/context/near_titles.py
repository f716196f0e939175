"""Titles that nearly say the same: told by their words, in time in step with the number of titles. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from papers.search.words import words

NEAR = 88
"""Per cent, by rapidfuzz's ratio of the sorted words."""
MOST_LETTERS = 300
"""Of a title; the rest tells nothing."""
MOST_WITH_A_WORD = 200
"""Titles that are looked at for one word: more have it only where it says little."""
RAREST = 3
"""Words of a title: one that shares none of them is another one."""
SHARED, SHARED_PART = 5, 0.7
"""Titles of so many common words, which are this part of all their words, are near, too."""
DIGITS = re.compile(r"[0-9]+")


class TitleWords(NamedTuple):
    """What titles are compared by."""

    words: frozenset[str]
    line: str
    """The words in alphabetical order."""
    numbers: tuple[str, ...]
    """Part 1 is not Part 2."""


@lru_cache(maxsize=20_000)  # a desk compares the same titles with each of its answers
def title_words(title: str) -> TitleWords:
    found = sorted(words(title[:MOST_LETTERS]))
    return TitleWords(frozenset(found), " ".join(found), tuple(sorted(DIGITS.findall(title[:MOST_LETTERS]))))


class NearTitles:
    """Finds, among some titles, those that nearly say the same as another one."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles = [title_words(title) for title in titles]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._titles):
            for word in one.words:
                self._places[word].append(place)

    def like(self, title: str) -> list[int]:
        """Their places, the nearest first. Only titles that share one of the rarest words are compared."""
        wanted = title_words(title)
        there = [self._places[word] for word in wanted.words if word in self._places]
        rarest = sorted(there, key=len)[:RAREST]
        compared = {place for places in rarest for place in places[-MOST_WITH_A_WORD:]}
        near = [(of, place) for place in compared if (of := likeness(wanted, self._titles[place]))]
        return [place for _, place in sorted(near, key=lambda one: (-one[0], -one[1]))]


def likeness(one: TitleWords, other: TitleWords) -> float:
    """Per cent; 0 where the titles are not near."""
    if one.numbers != other.numbers or not one.words:
        return 0.0
    if by_letters := fuzz.ratio(one.line, other.line, score_cutoff=NEAR):
        return float(by_letters)
    common = len(one.words & other.words)
    part = common / max(1, len(one.words | other.words))
    return part * 100 if common >= SHARED and part >= SHARED_PART else 0.0
