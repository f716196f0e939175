"""Words of a query beside each other: written as one, and what they are short for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from papers.search.abbreviations import LONG, LONGEST
from papers.search.parts import Part
from papers.search.words import joined


class Runs(NamedTuple):
    """Words in a row, joined, that a word is part of."""

    names: Sequence[str] = ()
    kinds: str = ""
    """Of terms that they are looked for as, besides as a word. What has the words themselves needs no `j_` or `h_`."""


def joined_runs(parts: Sequence[Part], asked: dict[Part, str]) -> dict[Part, list[str]]:
    """For each word the joined words of two or three in a row that it is part of."""
    found: dict[Part, list[str]] = {}
    for length in (2, 3):
        for start in range(len(parts) - length + 1):
            run = parts[start : start + length]
            for part in run:
                found.setdefault(part, []).append(joined([asked[one] for one in run]))
    return found


def abbreviated(parts: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    """The words of long forms, each with what they are short for together: `long short-term memory`."""
    for start in range(len(parts)):
        row: tuple[str, ...] = ()
        for end in range(start, min(start + LONGEST, len(parts))):
            row += parts[end].term
            if (short := LONG.get(row)) and not any(part.is_exact for part in parts[start : end + 1]):
                yield from ((part, short) for part in parts[start : end + 1])
