"""Finds titles that say nearly the same, by their words, in time proportional to the number of titles. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from papers.search.words import words

NEAR = 88
"""In per cent, by rapidfuzz's ratio of the sorted words."""
MOST_LETTERS = 300
"""Letters of a title that are compared; the rest tells nothing."""
RAREST = 3
"""So many of a title's rarest words are looked up; a title that shares none of them is a different one."""
MOST_WITH_A_WORD = 200
"""The most titles that are compared for one word; a word with more says little."""
SHARED, SHARED_PART = 5, 0.7
"""Titles are also near if they share so many words, and these are this share of all their words."""
MOST_KEPT = 5_000
"""Titles of which is kept what is like them: a desk asks for the same ones with each of its answers."""
DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=20_000)  # a desk compares the same titles with each of its answers
def title_words(title: str) -> str:
    """Return the words in alphabetical order, as one text to save memory."""
    return " ".join(sorted(words(title[:MOST_LETTERS])))


class NearTitles:
    """Finds, among some titles, those that say nearly the same as another one."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles = [title_words(title) for title in titles]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._titles):
            for word in one.split():
                self._places[word].append(place)
        self._found: dict[str, list[int]] = {}

    def like(self, title: str) -> list[int]:
        """Return their positions, nearest first. Only titles that share one of the rarest words are compared."""
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


@lru_cache(maxsize=16)
def near_titles(titles: tuple[str, ...]) -> NearTitles:
    """Return the comparison for these titles; the same titles get the same object."""
    return NearTitles(titles)


@lru_cache(maxsize=32_768)  # after a paper is added or removed, the others are compared again
def likeness(one: str, other: str) -> float:
    """Return the likeness of two titles (sorted words) in per cent; 0 if they are not near. Part 1 is not Part 2."""
    found = fuzz.ratio(one, other, score_cutoff=NEAR) or _by_words(set(one.split()), set(other.split()))
    return float(found) if found and sorted(DIGITS.findall(one)) == sorted(DIGITS.findall(other)) else 0.0


def _by_words(one: set[str], other: set[str]) -> float:
    common = len(one & other)
    part = common / max(1, len(one | other))
    return part * 100 if common >= SHARED and part >= SHARED_PART else 0.0
