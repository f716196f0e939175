"""Finds in the database what nobody did and editors are told of: days that are ready, and what failed."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from digests.models import Digest, MirrorHealth, Notice
from digests.notices.recipients import EDIT, PUBLISH, who_may
from digests.notices.telling import Kind, tell
from papers.models import CollectionDay

DAYS = 3
"""Older days were collected late, or by hand."""
State = CollectionDay.State


def find(now: datetime) -> None:
    """Tell of what was not told yet; three queries where there is nothing."""
    recent = CollectionDay.objects.filter(date__gte=now.date() - timedelta(days=DAYS), date__lte=now.date())
    drafts = Digest.objects.filter(date=OuterRef("date"), status=Digest.Status.DRAFT)
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for day in recent.filter(Exists(drafts), state=State.COMPLETE):
        found[f"ready {day.date}"] = Kind.DAY_READY, EDIT, {"day": day.date}
    for day in recent.filter(state=State.FAILED):
        why = day.reason or "see the day in the admin."
        found[f"failed {day.date}"] = Kind.FAILED, EDIT, {"day": day.date, "what": "collected", "why": why}
    for one in MirrorHealth.objects.filter(state=MirrorHealth.State.REFUSED):
        key = f"mirror {one.name[:60]} {one.since:%Y-%m-%d %H:%M:%S}"
        found[key] = Kind.FAILED, PUBLISH, {"what": "mirror", "name": one.name, "why": one.message}
    known = set(Notice.objects.filter(key__in=found).values_list("key", flat=True))
    for key, (kind, right, details) in found.items():
        if key not in known:
            tell(kind, key, who_may(right), at=now, **details)
