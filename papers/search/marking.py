"""The words that a search found, marked in titles and abstracts: as parts of text, never as HTML."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from papers.search.words import found_words
from papers.tex import parts

EXCERPT_WORDS = 36
WORDS_BEFORE = 6
"""Of the first match, in an excerpt that does not begin with the abstract."""


class Part(NamedTuple):
    text: str
    is_match: bool = False
    is_formula: bool = False
    """With its delimiters."""


def marked(text: str, looked_for: Collection[str]) -> list[Part]:
    """arXiv's text as people read it, with the folded words that were looked for marked."""
    return _joined(_pieces(text, looked_for))


def excerpt(text: str, looked_for: Collection[str], length: int = EXCERPT_WORDS) -> list[Part]:
    """So many words of it, where most different ones of those looked for stand; the beginning where there are none."""
    pieces = list(_pieces(text, looked_for))
    first = _best_start([piece.text.casefold() if piece.is_match else None for piece in pieces], length * 2)
    first = max(0, first - 2 * WORDS_BEFORE)
    shown = pieces[first : first + 2 * length]
    if first:
        shown[0] = Part("… " + shown[0].text.lstrip()) if shown[0][1:] == Part("")[1:] else shown[0]
    if first + 2 * length < len(pieces):
        shown.append(Part("…"))
    return _joined(shown)


def _pieces(text: str, looked_for: Collection[str]) -> Iterator[Part]:
    """By turns what stands between words, and words; formulas are whole."""
    for part, is_formula in parts(text):
        if is_formula:
            yield Part(part, is_formula=True)
            continue
        done = 0
        for start, end, word in found_words(part):
            yield Part(part[done:start])
            yield Part(part[start:end], word in looked_for)
            done = end
        yield Part(part[done:])


def _best_start(matches: list[str | None], window: int) -> int:
    """Where the window with most different matches begins, which is at a match; the first of equals, 0 where there is none."""
    best, most = 0, 0
    for start, match in enumerate(matches):
        if match is not None:
            different = len(set(matches[start : start + window - 2 * WORDS_BEFORE]) - {None})
            if different > most:
                best, most = start, different
    return best if best > window - 2 * WORDS_BEFORE else 0


def _joined(pieces: Iterator[Part] | list[Part]) -> list[Part]:
    """Neighbours of a kind as one; two matches with a blank between them stay two."""
    joined: list[Part] = []
    for piece in pieces:
        if joined and not piece.is_match and not piece.is_formula and joined[-1][1:] == piece[1:]:
            joined[-1] = Part(joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return joined
