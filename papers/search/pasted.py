"""Titles within what was pasted: a reference of some paper, a citation in BibTeX, the words of a page about one."""

import re
from itertools import accumulate

from papers.search.expressions import Clauses
from papers.search.words import plain_words, title_key

MARKS = re.compile(r"[.,;:?!()\[\]{}\"|=]+|\s[-–—]+\s")
"""Between which a title stands. It may have some of them itself."""
FEWEST_WORDS = 3
MOST_PIECES = 40
MOST_IN_A_TITLE = 6


def titles_within(text: str) -> Clauses:
    """What has one of the titles that may stand in the text, in some of the pieces between its marks; empty for text in one
    piece."""
    pieces = [piece for piece in MARKS.split(text) if plain_words(piece)][:MOST_PIECES]
    keys = {
        title_key(run): None
        for start in range(len(pieces))
        for run in accumulate(pieces[start : start + MOST_IN_A_TITLE], lambda before, piece: f"{before} {piece}")
        if len(run.split()) >= FEWEST_WORDS
    }
    return (tuple((f"x_{key}",) for key in keys),) if len(pieces) > 1 and keys else ()
