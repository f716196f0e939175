"""The moments between an editor's publication and its effect: nobody sees the list yet, and it can be taken back.

Until then the digest is a draft for everybody: pages, feeds, caches and the mirror know nothing of it. Of an editor who takes it
back and the release, which several may try at once, one conditional UPDATE decides.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.models import Digest
from digests.notices import telling
from digests.publishing.checking import findings, refusal
from digests.publishing.correcting import expect_publishable, locked_correction, publish_correction
from digests.publishing.status import NOT_PUBLISHED, PUBLISHED, publish

TAKEN_BACK: dict[str, Any] = {"goes_out_at": None, "goes_out_by": None, "goes_out_replaces": None}
"""The note of a correction stays, for the next try."""
LONGEST_GRACE = timedelta(minutes=10)
"""PUBLISH_GRACE_SECONDS allows no more."""


def publish_soon(digest: Digest, *, now: datetime, by: User, seen: int) -> bool:
    """Have it published once the grace period is over; at once where there is none. False where somebody did so before.

    `seen` as for `publish`: raises Conflict.
    """
    if not settings.PUBLISH_GRACE_SECONDS:
        return publish(digest, now=now, by=by, seen=seen)
    out = now + timedelta(seconds=settings.PUBLISH_GRACE_SECONDS)
    waiting = Digest.objects.filter(NOT_PUBLISHED, pk=digest.pk, goes_out_at=None)
    with transaction.atomic():
        won = waiting.filter(revision=seen).update(goes_out_at=out, goes_out_by=by) == 1
        digest.refresh_from_db()
        if not won and waiting.exists():
            raise history.conflict(digest, seen, mine="publish it")
        if won:
            _look_again()
    return won


def correct_soon(correction: Digest, *, now: datetime, by: User, note: str, seen: int, replaces: int | None = None) -> bool:
    """Have the correction published once the grace period is over, as `publish_correction`, whose errors this raises at once."""
    if not settings.PUBLISH_GRACE_SECONDS:
        return publish_correction(correction, by=by, note=note, now=now, seen=seen, replaces=replaces)
    note = note.strip()
    with transaction.atomic():
        held = locked_correction(correction, seen, mine="publish the correction")
        if held is None or held.goes_out_at:
            return False
        expect_publishable(held, note=note, replaces=replaces)
        out = now + timedelta(seconds=settings.PUBLISH_GRACE_SECONDS)
        values = {"goes_out_at": out, "goes_out_by": by, "goes_out_note": note, "goes_out_replaces": replaces}
        Digest.all_drafts.filter(pk=held.pk).update(**values)
        _look_again()
    return True


def _look_again() -> None:
    """Once it is over, whether or not a page still asks for it."""
    after_s = settings.PUBLISH_GRACE_SECONDS + 1
    transaction.on_commit(
        lambda: current_app.send_task("digests.tasks.publish_due", countdown=after_s, retry=False),  # nobody waits for a broker
        robust=True,
    )


def take_back(digest: Digest) -> None:
    """Leave it the draft, or the correction, that it still is. Raises Refused where readers see it, or nobody published it."""
    if Digest.all_drafts.filter(NOT_PUBLISHED, pk=digest.pk, goes_out_at__isnull=False).update(**TAKEN_BACK):
        return
    found = Digest.all_drafts.filter(pk=digest.pk).first()
    if found is None or found.status == PUBLISHED:  # a correction becomes a part of its list
        raise Refused("It is too late to undo: readers see it already. Correct it, or withdraw it.")
    raise Refused("Nothing to undo: nobody is publishing this day.")


def release(digest: Digest, *, now: datetime) -> bool:
    """Publish it if its grace period is over. False where it is not, or somebody else did so.

    The check looks once more: what it stops is taken back, and so is a correction of a list that changed meanwhile.
    """
    due = Digest.all_drafts.filter(NOT_PUBLISHED, pk=digest.pk, goes_out_at__lte=now).select_related("goes_out_by").first()
    if due is None:
        return False
    by, note, replaces = due.goes_out_by, due.goes_out_note, due.goes_out_replaces
    with suppress(Refused, Conflict):
        if not refusal(findings(due, now)):
            if due.corrects_id:
                return publish_correction(due, by=by, note=note, now=now, replaces=replaces, after_grace=True)
            return publish(digest, now=now, by=by, after_grace=True)
    waits = Digest.all_drafts.filter(NOT_PUBLISHED, pk=due.pk, goes_out_at=due.goes_out_at)
    if waits.update(**TAKEN_BACK):
        telling.not_published(due, at=now, key=f"grace {due.revision}")
    return False


def release_all(now: datetime) -> list[Digest]:
    """Those whose grace period is over; those that this call published. One that would last longer than any is over, too: the
    clock was set back, and readers would wait until it is there again."""
    Digest.all_drafts.filter(NOT_PUBLISHED, goes_out_at__gt=now + LONGEST_GRACE).update(goes_out_at=now)
    return [digest for digest in Digest.all_drafts.filter(NOT_PUBLISHED, goes_out_at__lte=now) if release(digest, now=now)]
