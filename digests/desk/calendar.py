"""A month of lists: the state of each day, when it will be published, who edited it last, and which days have no list."""

import calendar
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from digests.models import Digest, ListChange, PublicEvent
from digests.publishing.scheduling import rule_publishes_at
from papers.models import CollectionDay

State, Status = CollectionDay.State, Digest.Status
COLLECTED = (State.COMPLETE, State.PARTIAL, State.FAILED)
GAP = "gap"
WORDS = {
    "published": ("Published", "check"),
    "corrected": ("Corrected", "pen"),
    "scheduled": ("Scheduled", "clock"),
    "publishing": ("Publishing", "clock"),
    "draft": ("Draft", "half"),
    "withdrawn": ("Withdrawn", "stop"),
    GAP: ("No list", "stop"),
}
"""For each state of a list, its name and its sign."""


@dataclass(frozen=True)
class CalendarDay:
    day: date
    is_of_month: bool
    is_today: bool
    collection: CollectionDay | None
    digest: Any
    """The day's own list, with `papers_number`, `corrected_at` and `last_change`; None if there is none."""
    correction: Any
    """The open correction."""
    last: ListChange | None
    """The last thing that an editor did to the list or its correction."""
    rule_at: datetime | None
    """When the site's own rule will publish the draft."""

    @property
    def address(self) -> str:
        return reverse("desk", args=[self.day])

    @property
    def review(self) -> str:
        """Return what the list or its correction waits for among editors, in words; empty for nothing."""
        lists = [one for one in (self.correction, self.digest) if one and one.review]
        return str(lists[0].get_review_display()) if lists else ""

    @property
    def state(self) -> str:
        """Return a key of WORDS; empty if there is no list and none is missing."""
        if self.digest is None:
            is_missing = self.collection is not None and self.collection.state in COLLECTED and not self.is_today
            return GAP if is_missing else ""
        if self.digest.status == Status.PUBLISHED:
            return "corrected" if self.digest.corrected_at else "published"
        if self.digest.goes_out_at:
            return "publishing"
        return "scheduled" if self.digest.publish_at else str(self.digest.status)

    @property
    def said(self) -> str:
        if self.state:
            return WORDS[self.state][0]
        return State(self.collection.state).label.capitalize() if self.collection else ""

    @property
    def sign(self) -> str:
        return WORDS[self.state][1] if self.state else ""

    @property
    def is_idle(self) -> bool:
        """arXiv announces nothing on it, or nobody looked."""
        return self.collection is None or self.collection.state == State.QUIET

    @property
    def candidates(self) -> int:
        """Return how many new papers arXiv announced and we have."""
        return self.collection.found_new if self.collection else 0


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[CalendarDay]]
    """Weeks that begin on Monday, filled up with days of the months before and after."""

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def summary(self) -> str:
        """Return a summary such as `17 published, 1 scheduled, 1 draft, 1 gap`."""
        states = Counter(one.state for week in self.weeks for one in week if one.is_of_month)
        told = [f"{states[state]} {WORDS[state][0].lower()}" for state in WORDS if state != GAP and states[state]]
        gaps = [f"{states[GAP]} without a list"] if states[GAP] else []
        return ", ".join([*told, *gaps]) or "no lists"


def month_of(year: int, month: int, now: datetime) -> Month:
    """Return the month; four queries, however long the archive is."""
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    within = (weeks[0][0], weeks[-1][-1])
    collected = {row.date: row for row in CollectionDay.objects.filter(date__range=within)}
    digests, corrections = _digests(within)
    every = [*digests.values(), *corrections.values()]
    changes: dict[int, ListChange] = {
        one.pk: one
        for one in ListChange.objects.filter(pk__in=[digest.last_change for digest in every if digest.last_change])
        .select_related("by")
        .defer("document")
    }

    def day_of(day: date) -> CalendarDay:
        digest, correction = digests.get(day), corrections.get(day)
        last = max((one.last_change for one in (digest, correction) if one and one.last_change), default=0)
        return CalendarDay(
            day=day,
            is_of_month=day.month == month,
            is_today=day == now.astimezone(UTC).date(),
            collection=collected.get(day),
            digest=digest,
            correction=correction,
            last=changes.get(last),
            rule_at=rule_publishes_at(digest, now) if digest else None,
        )

    return Month(date(year, month, 1), [[day_of(day) for day in week] for week in weeks])


def _digests(within: tuple[date, date]) -> tuple[Mapping[date, Any], Mapping[date, Any]]:
    """Return the days' lists and their open corrections; one query."""
    corrected = PublicEvent.objects.filter(digest=OuterRef("pk"), kind=PublicEvent.Kind.CORRECTED).order_by("-at")
    changes = ListChange.objects.filter(digest=OuterRef("pk"), by__isnull=False).order_by("-pk")
    rows: Any = Digest.all_drafts.filter(date__range=within).annotate(
        papers_number=Count("entries"),
        corrected_at=Subquery(corrected.values("at")[:1]),
        last_change=Subquery(changes.values("pk")[:1]),
    )
    digests: dict[date, Any] = {}
    corrections: dict[date, Any] = {}
    for digest in rows.order_by("pk"):
        (corrections if digest.corrects_id else digests)[digest.date] = digest
    return digests, corrections
