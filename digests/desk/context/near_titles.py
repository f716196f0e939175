"""Titles that nearly say the same: told by their words, in time in step with the number of titles. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from papers.search.words import words

NEAR = 88
"""Per cent, by rapidfuzz's ratio of the sorted words."""
MOST_LETTERS = 300
"""Of a title; the rest tells nothing."""
RAREST = 3
"""Words of a title: one that shares none of them is another one."""
MOST_WITH_A_WORD = 200
"""Titles that are looked at for one word: more have it only where it says little."""
SHARED, SHARED_PART = 5, 0.7
"""Titles of so many common words, which are this part of all their words, are near, too."""
MOST_KEPT = 5_000
"""Titles of which is kept what is like them: a desk asks for the same ones with each of its answers."""
DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=20_000)  # a desk compares the same titles with each of its answers
def title_words(title: str) -> str:
    """The words in alphabetical order. One text, since many are kept."""
    return " ".join(sorted(words(title[:MOST_LETTERS])))


class NearTitles:
    """Finds, among some titles, those that nearly say the same as another one."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles = [title_words(title) for title in titles]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._titles):
            for word in one.split():
                self._places[word].append(place)
        self._found: dict[str, list[int]] = {}

    def like(self, title: str) -> list[int]:
        """Their places, the nearest first. Only titles that share one of the rarest words are compared."""
        if (found := self._found.get(title)) is None:
            found = self._like(title)
            if len(self._found) < MOST_KEPT:
                self._found[title] = found
        return found

    def _like(self, title: str) -> list[int]:
        wanted = title_words(title)
        there = [self._places[word] for word in wanted.split() if word in self._places]
        rarest = sorted(there, key=len)[:RAREST]
        compared = {place for places in rarest for place in places[-MOST_WITH_A_WORD:]}
        near = [(of, place) for place in compared if (of := likeness(wanted, self._titles[place]))]
        return [place for _, place in sorted(near, key=lambda one: (-one[0], -one[1]))]


@lru_cache(maxsize=4)
def near_titles(titles: tuple[str, ...]) -> NearTitles:
    """Of the same titles the same one, made once."""
    return NearTitles(titles)


def likeness(one: str, other: str) -> float:
    """Per cent, of titles in sorted words; 0 where they are not near. Part 1 is not Part 2."""
    found = fuzz.ratio(one, other, score_cutoff=NEAR) or _by_words(set(one.split()), set(other.split()))
    return float(found) if found and sorted(DIGITS.findall(one)) == sorted(DIGITS.findall(other)) else 0.0


def _by_words(one: set[str], other: set[str]) -> float:
    common = len(one & other)
    part = common / max(1, len(one | other))
    return part * 100 if common >= SHARED and part >= SHARED_PART else 0.0
