"""Days, months and years as searches name them, and as the index holds them."""

import re
from calendar import monthrange
from datetime import date, timedelta

from papers.text.identifiers import FIRST_YEAR

DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def days_of(value: str) -> tuple[date, date]:
    """The first and the last day of the day, month or year that was written. Raises ValueError."""
    if not (found := DAY.fullmatch(value)):
        raise ValueError(value)
    year, month, day = (int(part) if part else None for part in found.groups())
    first = date(year or 0, month or 1, day or 1)
    last = first if day else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    return first, last


def spans(since: date | None, until: date | None, newest: date) -> list[str]:
    """The days from `since` to `until` as the years (`2026`), months (`202601`) and days (`20260131`) that make them up."""
    day, last = max(since or date.min, date(FIRST_YEAR, 1, 1)), min(until or date.max, newest)
    found = []
    while day <= last:
        if day.month == day.day == 1 and date(day.year, 12, 31) <= last:
            span, end = f"{day:%Y}", date(day.year, 12, 31)
        elif day.day == 1 and (end := date(day.year, day.month, monthrange(day.year, day.month)[1])) <= last:
            span = f"{day:%Y%m}"
        else:
            span, end = f"{day:%Y%m%d}", day
        found.append(span)
        day = end + timedelta(days=1)
    return found
