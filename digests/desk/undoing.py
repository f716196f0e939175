"""Undoes changes, each by a new change: later changes stay in the history."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from django.contrib.auth.models import User
from django.db import transaction

from digests.desk.changing import REMOVALS, concerns, own_revision
from digests.desk.state import digests_of
from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.editing.history import OF_PUBLICATION, OF_REVIEW, Action
from digests.editing.restoring import entries_after, restore
from digests.editing.sentences import said, told
from digests.models import Digest, Dismissal, Entry, ListChange, ShownTweet
from papers.models import Paper


def undo(day: date, seen: int, *, by: User, version: int | None = None) -> str:
    """Undo the last change; called again, the one before it, and so on. Return what was undone, in words.

    Raises Refused, for example if the last change was a publication. Raises a Conflict that names the change if another editor
    made it, or the list changed since its revision `seen`; unless `version` says that exactly this change is meant.
    """
    with transaction.atomic():
        digest = digests_of(day)[1]
        locked = Digest.all_drafts.select_for_update().filter(pk=digest.pk).first() if digest else None
        if locked is None or not locked.is_editable:
            raise Refused("Nothing to undo: this day has no list you can edit.")
        change, before = _last_change(locked)
        is_own = change.by_id == by.pk and locked.revision == own_revision(locked, seen, by)
        if change.pk != version or locked.revision != seen if version is not None else not is_own:
            raise Conflict(
                "the last change",
                base=f"version {seen}, as you saw it",
                mine=f"undo “{said(change)}”",
                theirs=told([change]),
                last=change,
                overrule={"revision": locked.revision, "version": change.pk},
            )
        restore(locked.pk, before, by=by, undone=change)
        Dismissal.objects.filter(day=day, paper__entries__digest=locked).delete()
    return said(change)


def _last_change(digest: Digest) -> tuple[ListChange, ListChange]:
    """Return the newest change that is not undone yet, and the one before it."""
    changes = history.changes(digest)
    undone = 0
    for change, before in pairwise(changes):
        if change.action == Action.UNDONE:
            undone += 1
        elif undone:
            undone -= 1
        elif change.action in OF_REVIEW:
            continue
        elif change.action in OF_PUBLICATION:
            raise Refused(
                f"“{said(change)}” isn’t a change to the list, so it can’t be undone here. Change what readers see, and when, in "
                "the check, or restore an earlier list from the history."
            )
        else:
            return change, before
    raise Refused("Nothing to undo: this is the first version of the list.")


def removed(digest: Digest, papers: Sequence[Paper]) -> dict[int, tuple[Entry, list[ShownTweet]]]:
    """Return the entries of those papers that were removed, by paper, each as it was before its last removal, with its posts; not
    saved."""
    found: dict[int, tuple[Entry, list[ShownTweet]]] = {}
    for change, before in pairwise(history.changes(digest)):
        if change.action in (Action.THRESHOLD, *REMOVALS):
            missing = [one for one in papers if one.pk not in found]
            took = missing if change.action == Action.THRESHOLD else [one for one in missing if concerns(change, [one])]
            found |= entries_after(digest, before, {one.pk for one in took}) if took else {}
    return found
