"""Finds in the database what nobody did and editors are told of: days that are ready, and what failed."""

from datetime import datetime, timedelta

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
    ready = list(recent.filter(Exists(drafts), state=State.COMPLETE))
    failed = list(recent.filter(state=State.FAILED))
    mirrors = list(MirrorHealth.objects.filter(state=MirrorHealth.State.REFUSED))
    keys = {f"ready {day.date}" for day in ready} | {f"failed {day.date}" for day in failed}
    known = set(Notice.objects.filter(key__in=keys | {_key(one) for one in mirrors}).values_list("key", flat=True))
    for day in ready:
        if (key := f"ready {day.date}") not in known:
            tell(Kind.DAY_READY, key, who_may(EDIT), at=now, day=day.date)
    for day in failed:
        if (key := f"failed {day.date}") not in known:
            why = day.reason or "see the day in the admin."
            tell(Kind.FAILED, key, who_may(EDIT), at=now, day=day.date, what="collected", why=why)
    for one in mirrors:
        if _key(one) not in known:
            tell(Kind.FAILED, _key(one), who_may(PUBLISH), at=now, what="mirror", name=one.name, why=one.message)


def _key(mirror: MirrorHealth) -> str:
    return f"mirror {mirror.name[:60]} {mirror.since:%Y-%m-%d %H:%M:%S}"
