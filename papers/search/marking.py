"""The words that a search found, marked in titles and abstracts as they were rendered: as parts of text."""

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from papers.search.words import WORD, folded
from papers.text.embed import unescape

EXCERPT_LENGTH = 260
BEFORE = 40
"""Characters before the first match of an excerpt."""
MARKUP = re.compile(
    r"(?P<formula><math\b(?:[^<]|<(?!/?math\b))*+</math>|<code class=\"formula\">[^<]*+</code>)"
    r"|(?P<tag><[^<>]*+>)|(?P<text>[^<]+)"
)
FORMULA = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a formula, so that no excerpt ends within one."""


class Part(NamedTuple):
    text: str
    """Plain text to be escaped; of a formula its safe markup."""
    is_match: bool = False
    is_formula: bool = False


class Span(NamedTuple):
    start: int
    end: int
    word: str
    """Folded; empty for a formula."""
    formula: SafeString | None = None


def marked(html: SafeString, looked_for: Collection[str]) -> list[Part]:
    """A rendered text, with the folded words that were looked for marked."""
    whole, spans = _read(html, looked_for)
    return _split(whole, spans, 0, len(whole))


def excerpt(html: SafeString, looked_for: Collection[str], length: int = EXCERPT_LENGTH) -> list[Part]:
    """Some of it, where most different ones of the words stand that were looked for; the beginning where none does."""
    whole, spans = _read(html, looked_for)
    start = _start(spans, length)
    if start:
        start = whole.rfind(" ", 0, max(1, start - BEFORE)) + 1
    end = whole.find(" ", start + length) if len(whole) > start + length else len(whole)
    end = end if end >= 0 else len(whole)
    found = _split(whole, spans, start, end)
    return [Part("… ")] * bool(start) + found + [Part(" …")] * (end < len(whole))


def _read(html: SafeString, looked_for: Collection[str]) -> tuple[str, list[Span]]:
    """The text that people see, and where formulas and words that were looked for stand in it."""
    pieces, spans, length = [], [], 0
    for found in MARKUP.finditer(html):
        if found["formula"]:
            piece = FORMULA
            spans.append(Span(length, length + 1, "", mark_safe(found["formula"])))  # noqa: S308 (a part of safe HTML)
        elif found["text"]:
            piece = " ".join(unescape(found["text"]).replace(FORMULA, " ").split("\n"))
            spans += [
                Span(length + word.start(), length + word.end(), looked_up)
                for word in (WORD.finditer(piece) if looked_for else ())
                if (looked_up := folded(word[0])) in looked_for
            ]
        else:
            continue
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
            found.append(Part(span.formula or whole[span.start : span.end], bool(span.word), span.formula is not None))
            done = span.end
    return [*found, Part(whole[done:end])] if done < end else found
