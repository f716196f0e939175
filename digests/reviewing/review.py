"""A list is handed over: “ready for review” by whoever edited it, “changes wanted” by whoever publishes. Publishing ends both.

All raise Refused. No list is changed by it, so the machine's and other editors' requests go on as before.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from digests.editing import history
from digests.editing.conflicts import Refused
from digests.editing.history import Action
from digests.models import Digest
from digests.notices import telling
from digests.reviewing.comments import write

Review = Digest.Review


def ask_for_review(digest: Digest, *, by: User, now: datetime) -> bool:
    """Say that the list is ready for review. False if it is already."""
    return _set(digest, Review.READY, Action.REVIEW_WANTED, by=by, now=now)


def take_back(digest: Digest, *, by: User, now: datetime) -> bool:
    """Say that no review is wanted any more. False if none is."""
    return _set(digest, Review.NONE, Action.REVIEW_TAKEN_BACK, by=by, now=now)


def want_changes(digest: Digest, *, by: User, now: datetime, note: str = "", token: str = "") -> bool:
    """Ask for changes; a note becomes a comment on the day. False if changes are wanted already; the comment is stored all the
    same."""
    with transaction.atomic():
        if note.strip():
            write(digest.date, None, note, by=by, now=now, token=token)
        return _set(digest, Review.CHANGES, Action.CHANGES_WANTED, by=by, now=now)


def _set(digest: Digest, state: str, action: Action, *, by: User, now: datetime) -> bool:
    with transaction.atomic():
        held = Digest.all_drafts.select_for_update().filter(pk=digest.pk).first()
        if held is None:
            raise Refused("This list no longer exists. Reload the page.")
        if not held.is_editable:
            raise Refused("This day is published, so it waits for nobody.")
        if held.review == state or (state == Review.NONE and held.review != Review.READY):
            return False
        with history.change(held, action, by=by):
            held.review, held.review_at, held.review_by = state, now, by
        if state == Review.READY:
            telling.review_wanted(held, by=by, at=now)
        elif state == Review.CHANGES:
            telling.changes_wanted(held, by=by, at=now)
    return True
