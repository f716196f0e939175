"""Titles as people read and hear them: plain text, never TeX."""

from papers.models import Paper
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts


def readable(paper: Paper) -> str:
    """One query."""
    return Texts([(Kind.LINE, paper.title)]).line_text(paper.title)


def quoted(paper: Paper) -> str:
    return f"“{readable(paper)}”"


def several(number: int, noun: str = "paper") -> str:
    """`1 paper`, `44 papers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
