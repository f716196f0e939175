"""Finds papers on published lists by words, with the day, the position and the note of each."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from digests.models import Entry
from digests.reader.lists.listing import listed
from digests.reader.lists.selections import Selection, SelectionError
from papers.rendered.kinds import Kind, names_source
from papers.rendered.stored import Texts

SHOWN = 20
LONGEST_WORDS = 300


@dataclass(frozen=True)
class PastEntry:
    entry: Entry
    title: str
    """Plain text, as that day prints it."""
    authors: list[str]
    note: SafeString


@dataclass(frozen=True)
class PastPapers:
    entries: list[PastEntry]
    """Newest first, each paper once: as the newest day printed it."""
    are_more: bool
    trouble: str = ""
    """Why the words could not be read."""


def find(words: str) -> PastPapers:
    """Search with the readers' search and its language; the last word may be unfinished. Thirty queries at most."""
    if not words.strip():
        return PastPapers([], are_more=False)
    try:
        page = listed(Selection.of(text=words), limit=SHOWN)
        if not page.entries and words[-1].isalnum() and len(words) < LONGEST_WORDS:
            page = listed(Selection.of(text=f"{words}*"), limit=SHOWN)
    except SelectionError as error:
        return PastPapers([], are_more=False, trouble=str(error))
    lines = [(Kind.LINE, one.title) for one in page.entries]
    names = [(Kind.NAMES, names_source(one.authors)) for one in page.entries]
    texts = Texts([*lines, *names, *((Kind.NOTE, one.note) for one in page.entries)])
    found = [PastEntry(one, texts.line_text(one.title), texts.names(one.authors), texts.note(one.note)) for one in page.entries]
    return PastPapers(found, are_more=bool(page.next_after))
