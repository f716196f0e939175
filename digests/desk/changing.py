"""One change of a list on the desk: locks the list, and compares what the editor saw with what is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.models import Digest, Entry, ListChange
from papers.models import Paper

Action = ListChange.Action
ABOUT_ALL = (Action.RESTORED, Action.UNDONE, Action.FORM, Action.IMPORTED, Action.THRESHOLD, Action.OTHER)
"""Actions that may have changed anything in the list."""
REMOVALS = (Action.REMOVED, Action.REMOVED_SEVERAL)


class AsWanted(Exception):
    """The list is already as wanted, so nothing is written."""


@contextmanager
def editing(
    day: date,
    action: Action,
    *,
    by: User,
    paper: Paper | None = None,
    papers: Sequence[Paper] = (),
    details: Mapping[str, Any] | None = None,
) -> Iterator[Digest]:
    """Lock the day's list for one change of one paper or several. If the block raises AsWanted, nothing is written."""
    if papers:
        details = {**(details or {}), "papers": [one.arxiv_id for one in papers]}
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
    """Raise Refused if readers see the list, or are about to."""
    if digest.goes_out_at:
        raise Refused("This day is being published. Undo that first, or start a correction once it is out.")
    if not digest.is_editable:
        raise Refused("This day is published. To change it, start a correction.")


def entry_of(digest: Digest, paper: Paper, *, mine: Any, by: User, is_text: bool = False) -> Entry:
    """Return the paper's entry. If somebody else removed it, raise Conflict, so that what the editor wanted is not lost.

    If the same editor removed it, there is nothing to decide: a text is refused and stays in the browser; anything else is
    dropped.
    """
    entry = digest.entries.select_related("paper").filter(paper=paper).first()
    if entry is None:
        last = last_of(digest, paper, REMOVALS)
        if last and last.by_id == by.pk:
            if is_text:
                raise Refused(
                    f"“{paper.plain_title}” is no longer in the list: you removed it. Add it again, then save this text."
                )
            raise AsWanted
        what = f"“{paper.plain_title}”, which is no longer in the list"
        raise conflict(digest, what, mine=mine, theirs=None, paper=paper, actions=REMOVALS)
    return entry


def save(entry: Entry, **values: Any) -> None:
    Entry.objects.filter(pk=entry.pk).update(**values)


def compare(
    digest: Digest, what: str, *, base: Any, mine: Any, theirs: Any, paper: Paper | None, action: Action, by: User
) -> None:
    """Continue only if the editor saw what is there and wants something else.

    A text that the same editor wrote in another tab is no conflict: the newer text is saved, and the history keeps the other.
    """
    if theirs == mine:
        raise AsWanted
    if theirs == base:
        return
    if is_own(digest, paper, action, by):
        digest.revision += 1  # so that this is a change of its own in the history, which keeps the other text
    else:
        overrule = {"base": theirs}
        raise conflict(digest, what, base=base, mine=mine, theirs=theirs, paper=paper, actions=[action], overrule=overrule)


def conflict(
    digest: Digest,
    what: str,
    *,
    base: Any = None,
    mine: Any,
    theirs: Any,
    paper: Paper | None,
    actions: Sequence[Action],
    overrule: dict[str, Any] | None = None,
) -> Conflict:
    """Return a Conflict that names the last of these actions on that paper, or the last change if there was none."""
    last = last_of(digest, paper, actions) or next(iter(history.changes(digest)), None)
    return Conflict(what, base=base, mine=mine, theirs=theirs, last=last, overrule=overrule)


def is_own(digest: Digest, paper: Paper | None, action: Action, by: User) -> bool:
    """Say whether this editor was the last to do this, and nobody else changed the whole list since."""
    last = last_of(digest, paper, [action])
    return bool(last and last.by_id == by.pk and not by_others(digest, last.revision, by, [], []))


def last_of(digest: Digest, paper: Paper | None, actions: Sequence[Action]) -> ListChange | None:
    """Return the last change by one of these actions, on that paper or on the whole list."""
    return next((one for one in history.changes(digest) if one.action in actions and concerns(one, [paper])), None)


def by_others(digest: Digest, seen: int, by: User, papers: Sequence[Paper], actions: Sequence[Action]) -> list[ListChange]:
    """Return what others than `by` did since the revision `seen`: these actions on these papers, or changes of the whole list;
    newest first."""
    return [
        one
        for one in history.since(digest, seen)
        if one.by_id != by.pk and (one.action in ABOUT_ALL or (one.action in actions and concerns(one, papers)))
    ]


def concerns(change: ListChange, papers: Sequence[Paper | None]) -> bool:
    """Say whether the change is about one of these papers, alone or among several. None stands for a change about no paper."""
    if several := change.details.get("papers"):
        return any(paper and paper.arxiv_id in several for paper in papers)
    return change.paper_id in {paper.pk if paper else None for paper in papers}


def own_revision(digest: Digest, seen: int, by: User) -> int:
    """Return the revision that an editor knows who saw the revision `seen`: the current one if only this editor changed the
    list since, in whichever tab. Reviews do not count as changes."""
    since = history.since(digest, seen)
    is_last = bool(since) and since[0].revision == digest.revision
    is_own = all(one.by_id == by.pk or one.action in history.OF_REVIEW for one in since)
    return digest.revision if is_last and is_own else seen
