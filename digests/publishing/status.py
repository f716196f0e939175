"""What readers may see. Only this module writes a digest's status."""

import logging
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from kombu.exceptions import OperationalError

from digests.editing import history
from digests.editing.history import Action
from digests.models import Digest, PublicEvent
from digests.notices import telling
from papers.models import Paper

logger = logging.getLogger(__name__)
PUBLISHED = Digest.Status.PUBLISHED
NOT_PUBLISHED = ~Q(status=PUBLISHED)


def publish(
    digest: Digest,
    *,
    now: datetime,
    by: AbstractBaseUser | None = None,
    seen: int | None = None,
    due: bool = False,
    after_grace: bool = False,
) -> bool:
    """Show a draft or withdrawn digest to readers. False if that was done before.

    `published_at` is the first publication's and stays. From then on newer versions of its papers wait for an editor. `by` is
    None for the site itself; with `due` it is published only if it is scheduled and its time has come. With `seen`, the
    revision that the editor saw, raises Conflict if the list is another one meanwhile.
    """
    allowed = NOT_PUBLISHED & Q(publish_at__lte=now, goes_out_at=None) if due else NOT_PUBLISHED
    if after_grace:
        allowed = NOT_PUBLISHED & Q(goes_out_at__lte=now)
    values = {"status": PUBLISHED, "published_at": Coalesce("published_at", Value(now))}
    event = PublicEvent(kind=PublicEvent.Kind.PUBLISHED, at=now)
    return _change(digest, allowed, values, event, Action.PUBLISHED, by=by, seen=seen, details={"is_scheduled": due})


def withdraw(
    digest: Digest, *, now: datetime, by: AbstractBaseUser | None = None, seen: int | None = None, note: str = ""
) -> bool:
    """Hide a published digest from readers. False if it isn't published. `note` is for readers."""
    event = PublicEvent(kind=PublicEvent.Kind.WITHDRAWN, at=now, note=note.strip())
    values = {"status": Digest.Status.WITHDRAWN}
    return _change(digest, Q(status=PUBLISHED), values, event, Action.WITHDRAWN, by=by, seen=seen)


def _change(
    digest: Digest,
    allowed: Q,
    values: dict[str, Any],
    event: PublicEvent,
    action: Action,
    *,
    by: AbstractBaseUser | None,
    seen: int | None,
    details: dict[str, Any] | None = None,
) -> bool:
    """One conditional UPDATE: of several callers at once only the one that changed the row gets True and does the rest."""
    as_seen = Q() if seen is None else Q(revision=seen)
    with transaction.atomic():
        values |= {"publish_at": None, "publish_zone": "", "is_held": False, "goes_out_at": None, "goes_out_by": None}
        values |= {"review": Digest.Review.NONE, "review_at": None, "review_by": None}
        won = Digest.objects.filter(allowed & as_seen, pk=digest.pk).update(**values) == 1
        if won:
            with history.change(digest.pk, action, by=by, details=details):
                make_public(digest, event)
                telling.published(digest, event, by=by)
        digest.refresh_from_db(fields=[*values, "published_at", "changed_at", "revision"])
        if not won and seen is not None and Digest.objects.filter(allowed, pk=digest.pk).exists():
            raise history.conflict(digest, seen, mine="publish it" if action == Action.PUBLISHED else "withdraw it")
    return won


def make_public(digest: Digest, event: PublicEvent) -> None:
    """What goes with every change that readers see: the event that tells them, settled texts, and the mirrors."""
    event.digest = digest
    event.save()
    if event.kind != PublicEvent.Kind.WITHDRAWN:
        Paper.objects.filter(entries__digest=digest).update(is_settled=True)
    mirror_after_commit()


def mirror_after_commit() -> None:
    """Have the mirrors brought up to date, once the transaction is done.

    Whatever becomes of the queue, the day is published: what is missed here the mirrors' next tick finds in the database.
    """

    def queue() -> None:
        try:
            for target in settings.MIRRORS:
                current_app.send_task("digests.tasks.mirror_one", [target.name], queue="mirror", retry=False)
        except OperationalError as error:
            logger.warning("The mirrors follow by the next tick, within a minute, since the queue does not answer: %s", error)

    if settings.MIRRORS:
        transaction.on_commit(queue, robust=True)
