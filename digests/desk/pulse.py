"""The pulse of a day: a text that changes when something that its desk shows changes, found without reading the whole day."""

import zlib
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Max, Value

from digests.models import Comment, Digest, Dismissal, IgnoredCoverage
from papers.models import CollectionDay, Paper, SavedRules, Tweet
from papers.ranking.candidates import announced_on


def pulse(day: date, digest: Digest | None) -> str:
    """Return the pulse of the desk; three queries."""
    kept = {"d": (Dismissal, "at"), "i": (IgnoredCoverage, "at"), "c": (Comment, "changed_at")}
    of_day = [
        model._default_manager.filter(day=day).order_by().values_list(Value(kind), "pk", moment)
        for kind, (model, moment) in kept.items()
    ]
    saved = SavedRules.objects.order_by().values_list(Value("r"), Value(0), "saved_at")
    rows = list(of_day[0].union(*of_day[1:], saved, all=True))
    dismissals, ignored = ([pk for of, pk, _ in rows if of == kind] for kind in ("d", "i"))
    said = of_comments([at for of, _, at in rows if of == "c"])
    rules_at = next((at for of, _, at in rows if of == "r"), None)
    papers = Paper.objects.filter(announced_on(day)).order_by().values("pk")
    read = Tweet.objects.filter(mentions__paper__in=papers).aggregate(last=Max("read_at"))
    return pulse_of(digest, dismissals, ignored, said, read["last"], CollectionDay.objects.filter(date=day).first(), rules_at)


def pulse_of(
    digest: Digest | None,
    dismissals: Collection[int],
    ignored: Collection[int],
    comments: str,
    last_read: datetime | None,
    day: CollectionDay | None,
    rules_at: datetime | None,
) -> str:
    """Return a text that differs after each change by another editor, of the site's rules or by a reading. `comments` comes from
    `of_comments`."""
    out = digest.goes_out_at.timestamp() if digest and digest.goes_out_at else 0
    stands = [digest.pk, digest.revision, digest.status, out, digest.changed_at.timestamp()] if digest else []
    read = last_read.timestamp() if last_read else 0
    collected = zlib.crc32(f"{day.state} {day.reason}".encode()) if day else 0
    decided = [number for keys in (dismissals, ignored) for number in (len(keys), max(keys, default=0))]
    ranked = rules_at.timestamp() if rules_at else 0
    return "-".join(str(part) for part in (*stands, *decided, comments, read, collected, ranked))


def of_comments(changed: Collection[datetime]) -> str:
    """Return a text made of the moments at which the day's comments last changed."""
    return f"{len(changed)}.{max(changed).timestamp() if changed else 0}"
