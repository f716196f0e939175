"""Titles in plain text, without TeX."""

from papers.counted import counted
from papers.models import Paper
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts


def readable(paper: Paper) -> str:
    """Return the titles; one query."""
    return Texts([(Kind.LINE, paper.title)]).line_text(paper.title)


def quoted(paper: Paper) -> str:
    return f"“{readable(paper)}”"


def several(number: int, noun: str = "paper") -> str:
    """Return a number with its noun: `1 paper`, `44 papers`."""
    return counted(number, noun)
