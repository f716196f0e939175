"""How the mirrors are, for `manage.py status` and the editors' pages."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error

from digests.mirror.days import days_of
from digests.mirror.targets import Target
from digests.mirror.updating import read_position
from digests.models import MirrorHealth
from digests.page_cache.log import changed_since
from papers.sections import Section

LATE = timedelta(minutes=10)
"""A target that has waited for so long needs someone."""


def section(now: datetime) -> Section:
    """Of each target its state, its last runs, what to do, and what it lacks."""
    known = {row.name: row for row in MirrorHealth.objects.filter(name__in=[target.name for target in settings.MIRRORS])}
    data, lines, needs = {}, [], []
    for target in settings.MIRRORS:
        row, lacks = known.get(target.name), difference(target)
        state = row.state if row else "new"
        data[target.name] = {
            "kind": str(target.kind),
            "profile": target.profile,
            "state": state,
            "message": row.message if row else "",
            "since": _moment(row.since) if row else None,
            "ran_at": _moment(row.ran_at) if row else None,
            "good_at": _moment(row.good_at) if row else None,
            "changed_days": lacks,
        }
        told = f"Mirror {target.name}: {row.get_state_display() if row else 'not written yet'}"
        told += f", last good run {_moment(row.good_at) if row and row.good_at else 'never'}"
        if lacks != 0:
            told += f", {'all days' if lacks is None else f'{lacks:,} changed days'} to look at"
        lines.append(f"{told}. {row.message if row else ''}".rstrip())
        if row and (
            row.state == MirrorHealth.State.REFUSED or (row.state == MirrorHealth.State.WAITING and now - row.since > LATE)
        ):
            needs.append(f"Mirror {target.name}: {row.message}")
    return Section(data, lines, needs)


def _needs_someone(row: MirrorHealth, now: datetime) -> bool:
    is_late = row.state == MirrorHealth.State.WAITING and now - row.since > LATE
    return is_late or row.state == MirrorHealth.State.REFUSED


def difference(target: Target) -> int | None:
    """How many days changed since the last run; None where that is not known and all are looked at."""
    try:
        subjects, _ = changed_since(read_position(target.files))
        found = None if subjects is None else days_of(subjects)
    except (OSError, Error):
        return None
    return None if found is None else len(found)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
