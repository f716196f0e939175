"""What readers may see: the only code that writes a digest's status."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from digests.models import Digest
from papers.models import Paper


def publish(digest: Digest, *, now: datetime) -> bool:
    """Show a draft or a withdrawn digest to readers. False where somebody did so before.

    `published_at` is the first publication's and stays. From now on newer versions of its papers wait for an editor.
    """
    return _change(digest, ~Q(status=Digest.Status.PUBLISHED), Digest.Status.PUBLISHED, now)


def withdraw(digest: Digest, *, now: datetime) -> bool:
    """Hide a published digest from readers. False where it is not published: a draft stays a draft."""
    return _change(digest, Q(status=Digest.Status.PUBLISHED), Digest.Status.WITHDRAWN, now)


def _change(digest: Digest, allowed: Q, status: Digest.Status, now: datetime) -> bool:
    """One conditional UPDATE: of several callers at once, only the one that changed the row gets True."""
    values = {"status": status, "changed_at": now}
    if status == Digest.Status.PUBLISHED:
        values["published_at"] = Coalesce("published_at", Value(now))
    with transaction.atomic():
        won = Digest.objects.filter(allowed, pk=digest.pk).update(**values) == 1
        if won and status == Digest.Status.PUBLISHED:
            Paper.objects.filter(entries__digest=digest).update(is_settled=True)
        digest.refresh_from_db(fields=["status", "published_at", "changed_at"])
    return won
