"""The calendar strip: the last weeks at a glance."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from digests.models import Digest
from papers.models import CollectionDay

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


def strip(current: date, today: date) -> tuple[list[StripDay], CollectionDay | None]:
    """Return whole weeks from Monday, the last one with today, or weeks around an older day; and the state of the current
    week's collection.

    Two queries.
    """
    last = today if today - current < timedelta(weeks=WEEKS - 1) else current + timedelta(weeks=2)
    end = max(last, current)
    start = end - timedelta(days=end.weekday(), weeks=WEEKS - 1)
    within = Digest.all_drafts.filter(date__range=(start, end))
    collection = {row.date: row for row in CollectionDay.objects.filter(date__range=(start, end))}
    rows = list(within.only("date", "status", "publish_at", "review", "corrects"))
    digests = {digest.date: digest for digest in rows if digest.corrects_id is None}
    reviews = {digest.date: digest.get_review_display() for digest in rows if digest.review}
    days = [
        StripDay(
            day=day,
            state=collection[day].state if day in collection else "",
            status=digests[day].status if day in digests else "",
            is_scheduled=day in digests and digests[day].publish_at is not None,
            review=reviews.get(day, ""),
            url=reverse("desk", args=[day]),
            is_current=day == current,
        )
        for day in (start + timedelta(days=n) for n in range((end - start).days + 1))
    ]
    return days, collection.get(current)
