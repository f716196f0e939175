"""The texts of a list: the columns of text, and the intro. Each save is one change, or part of one while somebody types.

All raise Refused if it cannot be done, and Conflict if somebody else changed the same text since the editor saw `base`.
"""

from datetime import date
from functools import partial

from django.contrib.auth.models import User

from digests.desk.changing import Action, compare, editing, entry_of, save
from digests.editing.cleaning import clean, seen
from digests.editing.columns import LONGEST_TEXT, NOTE, TITLE, Text
from digests.models import Entry
from papers.models import Paper


def write(column: Text, day: date, paper: Paper, text: str, base: str, *, by: User) -> None:
    """Save what an editor typed in this column."""
    mine, base = column.typed(text, paper), column.seen(base, paper)
    with editing(day, column.action, by=by, paper=paper) as digest:
        # In one statement while somebody types; what stands in its way is looked at afterwards.
        held = Entry.objects.filter(digest=digest, paper=paper, **column.held(base))
        if mine != base and held.update(**column.values(mine)):
            return
        entry = entry_of(digest, paper, mine=mine, by=by, is_text=True)
        what, theirs = f"{column.of} “{paper.plain_title}”", column.read(entry)
        compare(digest, what, base=base, mine=mine, theirs=theirs, paper=paper, action=column.action, by=by)
        save(entry, **column.values(mine, entry))


note = partial(write, NOTE)
title = partial(write, TITLE)


def intro(day: date, text: str, base: str, *, by: User) -> None:
    """Save the editors' words on the day, in Markdown."""
    mine = clean(text, longest=LONGEST_TEXT)
    with editing(day, Action.INTRO, by=by) as digest:
        compare(digest, "intro", base=seen(base), mine=mine, theirs=digest.intro, paper=None, action=Action.INTRO, by=by)
        digest.intro = mine
