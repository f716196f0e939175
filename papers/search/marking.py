"""The words that a search found, marked in titles and abstracts: as parts of text, never as HTML."""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from papers.search.words import WORD, folded
from papers.text.tex import parts

EXCERPT_LENGTH = 260
BEFORE = 40
"""Characters before the first match of an excerpt."""


class Part(NamedTuple):
    text: str
    is_match: bool = False
    is_formula: bool = False
    """With its delimiters."""


class Span(NamedTuple):
    start: int
    end: int
    word: str
    """Folded; empty for a formula."""


def marked(text: str, looked_for: Collection[str]) -> list[Part]:
    """arXiv's text as people read it, with the folded words that were looked for marked."""
    whole, spans = _read(text, looked_for)
    return _split(whole, spans, 0, len(whole))


def excerpt(text: str, looked_for: Collection[str], length: int = EXCERPT_LENGTH) -> list[Part]:
    """Some of it, where most different ones of the words stand that were looked for; the beginning where none does."""
    whole, spans = _read(text, looked_for)
    start = _start(spans, length)
    if start:
        start = whole.rfind(" ", 0, max(1, start - BEFORE)) + 1
    end = whole.find(" ", start + length) if len(whole) > start + length else len(whole)
    for formula in (span for span in spans if not span.word):
        if formula.start < start < formula.end:
            start = formula.start
        if formula.start < end < formula.end:
            end = formula.end
    end = end if end >= 0 else len(whole)
    found = _split(whole, spans, start, end)
    return [Part("… ")] * bool(start) + found + [Part(" …")] * (end < len(whole))


def _read(text: str, looked_for: Collection[str]) -> tuple[str, list[Span]]:
    """The readable text, and where formulas and words that were looked for stand in it."""
    pieces, spans, length = [], [], 0
    for piece, is_formula in parts(text):
        if is_formula:
            spans.append(Span(length, length + len(piece), ""))
        elif looked_for:
            spans += [
                Span(length + found.start(), length + found.end(), word)
                for found in WORD.finditer(piece)
                if (word := folded(found[0])) in looked_for
            ]
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), spans


def _start(spans: list[Span], length: int) -> int:
    """The match from which on an excerpt shows most different words; the first of equals, 0 where the beginning does as well."""
    matches = [span for span in spans if span.word]
    best, most = 0, len({span.word for span in matches if span.end <= length})
    inside: Counter[str] = Counter()  # the words of the matches from one on, as far as an excerpt reaches
    last = 0
    for number, first in enumerate(matches):
        last = max(last, number)
        while last < len(matches) and matches[last].end <= first.start + length - BEFORE:
            inside[matches[last].word] += 1
            last += 1
        if len(inside) > most:
            best, most = first.start, len(inside)
        if last > number:
            inside[first.word] -= 1
            if not inside[first.word]:
                del inside[first.word]
    return best


def _split(whole: str, spans: list[Span], start: int, end: int) -> list[Part]:
    found, done = [], start
    for span in spans:
        if start <= span.start and span.end <= end:
            if done < span.start:
                found.append(Part(whole[done : span.start]))
            found.append(Part(whole[span.start : span.end], is_match=bool(span.word), is_formula=not span.word))
            done = span.end
    return [*found, Part(whole[done:end])] if done < end else found
