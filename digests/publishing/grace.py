"""The moments between an editor's publication and its effect: nobody sees the list yet, and it can be taken back.

Until then the digest is a draft for everybody: pages, feeds, caches and the mirror know nothing of it. Of an editor who takes it
back and the release, which several may try at once, one conditional UPDATE decides.
"""

from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from digests.editing import history
from digests.editing.conflicts import Refused
from digests.models import Digest
from digests.notices import telling
from digests.publishing.checking import findings, refusal
from digests.publishing.status import NOT_PUBLISHED, PUBLISHED, publish


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
            transaction.on_commit(
                lambda: current_app.send_task("digests.tasks.publish_due", countdown=settings.PUBLISH_GRACE_SECONDS + 1),
                robust=True,
            )
    return won


def take_back(digest: Digest) -> None:
    """Leave it the draft that it still is. Raises Refused where readers see it already, or nobody published it."""
    if Digest.objects.filter(NOT_PUBLISHED, pk=digest.pk, goes_out_at__isnull=False).update(goes_out_at=None, goes_out_by=None):
        return
    digest.refresh_from_db()
    if digest.status == PUBLISHED:
        raise Refused("It is too late to undo: readers see it already. Correct it, or withdraw it.")
    raise Refused("Nothing to undo: nobody is publishing this day.")


def release(digest: Digest, *, now: datetime) -> bool:
    """Publish it if its grace period is over. False where it is not, or somebody else did so.

    The check looks once more: what it stops is taken back.
    """
    due = Digest.objects.filter(NOT_PUBLISHED, pk=digest.pk, goes_out_at__lte=now).select_related("goes_out_by").first()
    if due is None:
        return False
    if refusal(findings(due, now)):
        waits = Digest.objects.filter(NOT_PUBLISHED, pk=due.pk, goes_out_at=due.goes_out_at)
        if waits.update(goes_out_at=None, goes_out_by=None):
            telling.not_published(due, at=now, key=f"grace {due.revision}")
        return False
    return publish(digest, now=now, by=due.goes_out_by, after_grace=True)


def release_all(now: datetime) -> list[Digest]:
    """Those whose grace period is over; those that this call published."""
    return [digest for digest in Digest.objects.filter(NOT_PUBLISHED, goes_out_at__lte=now) if release(digest, now=now)]
