"""Days to be collected, and what is said about them."""

from datetime import UTC, date, datetime
from typing import Any

from papers.collecting import days
from papers.models import CollectionDay

FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_day(day: date = FRIDAY, **fields: Any) -> CollectionDay:
    return CollectionDay.objects.create(date=day, **({"state": "collecting"} | fields))


def judged(day: date = FRIDAY, now: datetime = NOON) -> tuple[str, str]:
    with days.changing(day, now) as row:
        pass
    return row.state, row.reason
