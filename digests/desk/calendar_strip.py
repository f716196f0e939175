"""The calendar strip: the last weeks at a glance."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import starmap
from typing import NamedTuple

from digests.models import Digest, digest_address
from papers.models import CollectionDay
from papers.rows import objects, select

WEEKS = 5


@dataclass(frozen=True)
class StripDay:
    day: date
    state: str
    """The state of the collection; empty if nobody has looked at the day yet."""
    status: str
    """The status of its digest; empty if there is none."""
    is_scheduled: bool
    review: str
    """What its list waits for among editors, in words; empty for nothing."""
    url: str
    is_current: bool

    @property
    def month(self) -> str:
        return f"{self.day:%B %Y}"


class _List(NamedTuple):
    """What is told of a day's list."""

    date: date
    status: str
    publish_at: datetime | None
    review: str
    corrects: int | None


def strip(current: date, today: date) -> tuple[list[StripDay], CollectionDay | None]:
    """Return whole weeks from Monday, the last one with today, or weeks around an older day; and the state of the current
    week's collection.

    Two queries.
    """
    last = today if today - current < timedelta(weeks=WEEKS - 1) else current + timedelta(weeks=2)
    end = max(last, current)
    start = end - timedelta(days=end.weekday(), weeks=WEEKS - 1)
    shown = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    collection = {row.date: row for row in objects(CollectionDay, "date", map(str, shown))}
    rows = list(starmap(_List, select(Digest, _List._fields, "date", map(str, shown))))
    digests = {digest.date: digest for digest in rows if digest.corrects is None}
    reviews = {digest.date: Digest.Review(digest.review).label for digest in rows if digest.review}
    days = [
        StripDay(
            day=day,
            state=collection[day].state if day in collection else "",
            status=digests[day].status if day in digests else "",
            is_scheduled=day in digests and digests[day].publish_at is not None,
            review=reviews.get(day, ""),
            url=digest_address(day, "desk"),
            is_current=day == current,
        )
        for day in shown
    ]
    return days, collection.get(current)
