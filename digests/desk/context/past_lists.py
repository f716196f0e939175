"""Papers of published lists, found by words: with the day, the place and the note that each had."""

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
    """As that day prints it, in plain text."""
    authors: list[str]
    note: SafeString


@dataclass(frozen=True)
class PastPapers:
    entries: list[PastEntry]
    """The newest first, each paper once: as the newest day printed it."""
    are_more: bool
    trouble: str = ""
    """Why the words could not be read."""


def find(words: str) -> PastPapers:
    """By the reader's search and its language; a last word that is still typed may go on. Thirty queries at most."""
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
