"""Reports how the mirrors are, for `manage.py status` and the editors' pages."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error

from digests.mirror.days import days_of
from digests.mirror.outside_changes import read_state
from digests.mirror.targets import Target
from digests.models import MirrorHealth
from digests.page_cache.log import changed_since


def report() -> dict[str, dict[str, Any]]:
    """Return for each target its state, its last runs, what to do, and how many days it lacks; moments are ISO 8601, UTC."""
    known = {row.name: row for row in MirrorHealth.objects.filter(name__in=[target.name for target in settings.MIRRORS])}
    return {target.name: _told(target, known.get(target.name)) for target in settings.MIRRORS}


def as_text(told: dict[str, dict[str, Any]]) -> list[str]:
    """Return the same for people, one line for each target."""
    lines = []
    for name, one in told.items():
        line = f"Mirror {name}: {WORDS[one['state']]}, last good run {one['good_at'] or 'never'}"
        if (lacks := one["changed_days"]) != 0:
            days = "all days" if lacks is None else "1 changed day" if lacks == 1 else f"{lacks:,} changed days"
            line += f", {days} to look at"
        lines.append(f"{line}. {one['message']}".rstrip())
    return lines


WORDS = {"new": "not written yet", **dict(MirrorHealth.State.choices)}


def _told(target: Target, row: MirrorHealth | None) -> dict[str, Any]:
    return {
        "kind": str(target.kind),
        "profile": target.profile,
        "state": row.state if row else "new",
        "message": row.message if row else "",
        "since": _moment(row.since) if row else None,
        "ran_at": _moment(row.ran_at) if row else None,
        "good_at": _moment(row.good_at) if row else None,
        "changed_days": difference(target),
    }


def difference(target: Target) -> int | None:
    """Return how many days changed since the last run; None if that is unknown and the next run looks at all days."""
    try:
        subjects, _ = changed_since(read_state(target.files).position)
        return None if subjects is None else len(days_of(subjects))
    except (OSError, Error):
        return None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
