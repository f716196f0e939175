"""One change of a list on the desk: the list is locked, and what the editor saw is compared with what is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from digests.desk.state import is_editable
from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.models import Digest, Entry, ListChange
from papers.models import Paper

Action = ListChange.Action
ABOUT_ALL = (Action.RESTORED, Action.UNDONE, Action.FORM, Action.IMPORTED, Action.OTHER)
"""Actions that may have changed anything in the list."""


class AsWanted(Exception):
    """All is as wanted already, so nothing is written."""


@contextmanager
def editing(
    day: date, action: Action, *, by: User, paper: Paper | None = None, details: Mapping[str, Any] | None = None
) -> Iterator[Digest]:
    """Lock the day's list for one change; nothing is written where the block raises AsWanted."""
    try:
        with transaction.atomic():
            # In the order in which a correction is published: the day's own list first.
            lists = list(Digest.all_drafts.select_for_update().filter(date=day).order_by("pk"))
            if not lists:
                raise Refused("This day has no list yet. Start one first.")
            locked = next((one for one in lists if one.corrects_id), lists[0])
            refuse_published(locked)
            with history.change(locked, action, by=by, paper=paper, details=details):
                yield locked
    except AsWanted:
        pass


def refuse_published(digest: Digest) -> None:
    """Raise Refused where readers see the list."""
    if not is_editable(digest):
        raise Refused("This day is published. To change it, start a correction.")


def entry_of(digest: Digest, paper: Paper, *, mine: Any) -> Entry:
    """The paper's entry. Where somebody removed it, what the editor wanted of it is not lost."""
    entry = digest.entries.select_related("paper").filter(paper=paper).first()
    if entry is None:
        what = f"{paper.arxiv_id}, which is no longer in the list"
        raise conflict(digest, what, base=None, mine=mine, theirs=None, paper=paper, actions=[Action.REMOVED])
    return entry


def save(entry: Entry, **values: Any) -> None:
    Entry.objects.filter(pk=entry.pk).update(**values)


def compare(digest: Digest, what: str, *, base: Any, mine: Any, theirs: Any, paper: Paper | None, action: Action) -> None:
    """Go on only where the editor saw what is there, and wants something else."""
    if theirs == mine:
        raise AsWanted
    if theirs != base:
        overrule = {"base": theirs}
        raise conflict(digest, what, base=base, mine=mine, theirs=theirs, paper=paper, actions=[action], overrule=overrule)


def conflict(
    digest: Digest,
    what: str,
    *,
    base: Any,
    mine: Any,
    theirs: Any,
    paper: Paper | None,
    actions: Sequence[Action],
    overrule: dict[str, Any] | None = None,
) -> Conflict:
    """Told with the last of these actions on that paper, or with the last change where there was none."""
    changes = history.changes(digest)
    same = (one for one in changes if one.action in actions and one.paper_id == (paper.pk if paper else None))
    last = next(same, changes[0] if changes else None)
    by, at = (last.editor, last.at) if last else ("", None)
    return Conflict(what, base=base, mine=mine, theirs=theirs, by=by, at=at, overrule=overrule)


def by_others(digest: Digest, seen: int, by: User, paper: Paper, actions: Sequence[Action]) -> list[ListChange]:
    """What others than `by` did since the revision `seen`, of these actions on that paper or about anything in the list; the
    newest first."""
    return [
        one
        for one in history.since(digest, seen)
        if one.by_id != by.pk and (one.action in ABOUT_ALL or (one.action in actions and one.paper_id == paper.pk))
    ]
