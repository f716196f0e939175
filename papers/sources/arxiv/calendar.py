"""When arXiv announces what: https://info.arxiv.org/help/availability.html. Pure functions; every moment is in UTC.

A listing date is the date on arXiv's feeds, "new" and catch-up pages. The calendar says what to expect and when to look;
arXiv's own pages say what was announced.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
CUTOFF = time(14, 0)
"""Submissions until this time (Eastern) are announced the same evening, Friday's on Sunday."""
READABLE = time(0, 10)
"""The feeds are built at midnight, Eastern."""
SATURDAY = 5
DEFERRED_2026 = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2026, 12, 29),
        date(2026, 12, 31),
    }
)
"""arXiv's "2026 holidays". The mailing that would follow such a day is put off to the next one: there was a listing dated
Monday 2026-09-07 and none dated Tuesday 2026-09-08, one dated Friday 2026-07-03 and none dated Monday 2026-07-06."""


@dataclass(frozen=True)
class AnnouncementCalendar:
    holidays: Collection[date] = DEFERRED_2026

    def is_listing_day(self, day: date) -> bool:
        """Whether a listing with this date is expected: a weekday, unless the weekday before it is a holiday."""
        return day.weekday() < SATURDAY and _weekday_before(day) not in self.holidays

    def previous_listing_day(self, day: date) -> date:
        """The last listing day before `day`."""
        day = _weekday_before(day)
        while not self.is_listing_day(day):
            day = _weekday_before(day)
        return day

    def submission_window(self, day: date) -> tuple[datetime, datetime]:
        """When the papers listed on `day` were submitted: from the first moment, up to but not including the second.

        Approximate: moderators hold papers back for days or weeks.
        """
        return _cutoff(self.previous_listing_day(day)), _cutoff(day)

    def listing_day_of(self, submitted: datetime) -> date:
        """The day on which a paper submitted at this moment was probably listed; approximate for the same reason."""
        day = submitted.astimezone(UTC).date()
        while not self.is_listing_day(day) or submitted >= _cutoff(day):
            day += timedelta(days=1)
        return day

    def expected_at(self, day: date) -> datetime:
        """The moment from which the listing of `day` can be read from the feeds."""
        return datetime.combine(day, READABLE, EASTERN).astimezone(UTC)


def _weekday_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


def _cutoff(day: date) -> datetime:
    return datetime.combine(_weekday_before(day), CUTOFF, EASTERN).astimezone(UTC)
