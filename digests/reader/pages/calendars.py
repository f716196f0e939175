"""The archive by year and month: which days have a list, and what became of the others."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from digests.models import Digest
from digests.reader.lists.listing import newest_day
from papers.models import CollectionDay

HEATS = 4


@dataclass(frozen=True, slots=True)
class CalendarDay:
    date: date
    is_in_month: bool
    """False for the days that fill a month's first and last week."""
    papers: int | None
    """Papers in the day’s published list; None if it has none."""
    status: str
    """`published`, `withdrawn`, a state of CollectionDay (`quiet`, `partial`, …), or empty if nothing is known."""
    words: str
    """The status for people."""
    heat: int = 0
    """How long its list is, compared with the longest one shown: from 1 to HEATS; 0 if it has no papers."""


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    first: date
    days: int
    """The number of published lists."""
    papers: int
    weeks: Sequence[Sequence[CalendarDay]]
    """Each from Monday to Sunday."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known about any of its days."""
        return not any(day.status for week in self.weeks for day in week if day.is_in_month)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    year: int
    months: Sequence[CalendarMonth]
    years: Sequence[int]
    """All years from that of the first published day to that of the newest."""

    @property
    def days(self) -> int:
        return sum(month.days for month in self.months)

    @property
    def papers(self) -> int:
        return sum(month.papers for month in self.months)


def calendar_of(year: int) -> CalendarYear:
    """The calendar of a year; five queries. A year without a published day has empty months."""
    published = _published(date(year, 1, 1), date(year, 12, 31))
    others = _others(date(year, 1, 1), date(year, 12, 31))
    return CalendarYear(year, [_month(date(year, month, 1), published, others) for month in range(1, 13)], years())


def month_of(first: date) -> CalendarMonth:
    """The calendar of the month that begins on this day; two queries."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return _month(first, _published(first, last), _others(first, last))


def years() -> Sequence[int]:
    """All years from that of the newest published day to that of the first, newest first."""
    newest = newest_day()
    oldest = Digest.objects.published().order_by("date").values_list("date", flat=True).first()
    return range(newest.year, oldest.year - 1, -1) if newest and oldest else ()


def _published(since: date, until: date) -> dict[date, int]:
    """The number of papers of each published day."""
    days = Digest.objects.published().between(since, until).order_by()
    return dict(days.annotate(size=Count("entries")).values_list("date", "size"))


def _others(since: date, until: date) -> dict[date, tuple[str, str]]:
    """The status of each day without a published list, also in words."""
    collected = CollectionDay.objects.filter(date__range=(since, until)).values_list("date", "state")
    found = {day: (state, CollectionDay.State(state).label) for day, state in collected}
    withdrawn = Digest.objects.filter(status=Digest.Status.WITHDRAWN).between(since, until).values_list("date", flat=True)
    return found | dict.fromkeys(withdrawn, ("withdrawn", "withdrawn"))


def _month(first: date, published: dict[date, int], others: dict[date, tuple[str, str]]) -> CalendarMonth:
    weeks = [
        [_day(day, day.month == first.month, published, others) for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    sizes = [day.papers for week in weeks for day in week if day.is_in_month and day.papers is not None]
    return CalendarMonth(first, len(sizes), sum(sizes), weeks)


def _day(day: date, is_in_month: bool, published: dict[date, int], others: dict[date, tuple[str, str]]) -> CalendarDay:
    if day in published:
        heat = -(-HEATS * published[day] // max(published.values())) if published[day] else 0
        return CalendarDay(day, is_in_month, published[day], "published", "published", heat)
    status, words = others.get(day, ("", ""))
    return CalendarDay(day, is_in_month, None, status, words)
