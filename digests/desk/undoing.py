"""Changes taken back, each as a new version: the later ones stay in the history."""

from datetime import date
from itertools import pairwise

from django.contrib.auth.models import User
from django.db import transaction

from digests.desk.state import digests_of, is_editable
from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.models import Digest, Dismissal, Entry, ShownTweet
from digests.publishing.scheduling import SCHEDULED, STOPPED
from papers.models import Paper

UNDONE = "undone: "
TAKEN_OUT = "{} taken out"
OF_PUBLICATION = ("published", "withdrawn", SCHEDULED, STOPPED, "no longer to be published", "correction")
"""So begin the history's lines about what readers see, and when."""


def undo(day: date, seen: int, *, by: User, version: int | None = None) -> str:
    """Take the last change back; called again, the one before it, and so on. What was undone, in words.

    Raises Refused, also where the last change is one of publication; and Conflict, which names the change, where it is another
    editor's, or the list was changed since its revision `seen`; unless `version` says that this very change is meant.
    """
    with transaction.atomic():
        digest = digests_of(day)[1]
        locked = Digest.all_drafts.select_for_update().filter(pk=digest.pk).first() if digest else None
        if locked is None or not is_editable(locked):
            raise Refused("There is no list here that can be edited, so nothing to undo.")
        change, before = _last_change(locked)
        is_own = change.by_id == by.pk and locked.revision == seen
        if change.revision != version if version is not None else not is_own:
            raise Conflict(
                "the last change",
                base=f"revision {seen}",
                mine=f"undo “{change.what}”",
                theirs=history.told([change]),
                by=change.by or "The machine",
                at=change.at,
                overrule={"revision": locked.revision, "version": change.revision},
            )
        history.restore(locked.pk, before.revision, by=by, what=f"{UNDONE}{change.what}")
        Dismissal.objects.filter(day=day, paper__entries__digest=locked).delete()
    return change.what


def _last_change(digest: Digest) -> tuple[history.Version, history.Version]:
    """The newest change that is not undone yet, and the version that it changed."""
    versions = history.versions(digest)
    undone = 0
    for change, before in pairwise(versions):
        if change.what.startswith(UNDONE):
            undone += 1
        elif undone:
            undone -= 1
        elif change.what.startswith(OF_PUBLICATION):
            raise Refused(
                f"Undo takes back changes of the list, and “{change.what}” is none. What readers see, and when, is changed in "
                "the check; an earlier list is restored from the history."
            )
        else:
            return change, before
    raise Refused("There is nothing to undo: this is where the list began.")


def taken_out(digest: Digest, paper: Paper) -> tuple[Entry, list[ShownTweet]] | None:
    """What the paper's entry was before it was last taken out, with its tweets; not saved."""
    versions = history.versions(digest)
    for change, before in pairwise(versions):
        if change.what == TAKEN_OUT.format(paper.arxiv_id):
            return history.entry_then(digest, before.revision, paper.pk)
    return None
