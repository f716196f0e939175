"""The texts of a list: notes, titles and the intro. Each save is one change, or part of one while somebody types.

All raise Refused if it cannot be done, and Conflict if somebody else changed the same text since the editor saw `base`.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import User

from digests.desk.changing import Action, compare, editing, entry_of, save
from digests.desk.titles import quoted
from digests.editing.typed import clean, lines
from digests.models import Entry
from papers.models import Paper

LONGEST_TEXT = 20_000
LONGEST_TITLE = 1_000


def note(day: date, paper: Paper, text: str, base: str, *, by: User) -> None:
    """Save the editors' words on the paper, in Markdown."""
    mine, base = clean(text, longest=LONGEST_TEXT), lines(base)
    with editing(day, Action.NOTED, by=by, paper=paper) as digest:
        # In one statement while somebody types; what stands in its way is looked at afterwards.
        if mine != base and Entry.objects.filter(digest=digest, paper=paper, note=base).update(note=mine):
            return
        entry = entry_of(digest, paper, mine=mine, by=by, is_text=True)
        what = f"note on {quoted(paper)}"
        compare(digest, what, base=base, mine=mine, theirs=entry.note, paper=paper, action=Action.NOTED, by=by)
        save(entry, note=mine)


def title(day: date, paper: Paper, text: str, base: str, *, by: User) -> None:
    """Save the title that the day prints for the paper; empty restores the paper's own."""
    mine = " ".join(clean(text, longest=LONGEST_TITLE).split("\n")).strip()
    if mine == paper.title:
        mine = ""
    base = "" if base == paper.title else base
    with editing(day, Action.TITLED, by=by, paper=paper) as digest:
        held = {"printed_otherwise": {"title": base}} if base else {"printed_otherwise__isnull": True}
        # As for a note; it misses where the day prints more than the title otherwise.
        if mine != base and Entry.objects.filter(digest=digest, paper=paper, **held).update(printed_otherwise=_printed({}, mine)):
            return
        entry = entry_of(digest, paper, mine=mine, by=by, is_text=True)
        theirs = str(entry.otherwise.get("title", ""))
        what = f"title of {quoted(paper)}"
        compare(digest, what, base=base, mine=mine, theirs=theirs, paper=paper, action=Action.TITLED, by=by)
        others = {key: value for key, value in entry.otherwise.items() if key != "title"}
        save(entry, printed_otherwise=_printed(others, mine))


def _printed(others: dict[str, Any], title: str) -> dict[str, Any] | None:
    return others | ({"title": title} if title else {}) or None


def intro(day: date, text: str, base: str, *, by: User) -> None:
    """Save the editors' words on the day, in Markdown."""
    mine = clean(text, longest=LONGEST_TEXT)
    with editing(day, Action.INTRO, by=by) as digest:
        compare(digest, "intro", base=lines(base), mine=mine, theirs=digest.intro, paper=None, action=Action.INTRO, by=by)
        digest.intro = mine
