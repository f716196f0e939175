"""Histories grow coarser with age.

| a reading's age | what is kept of a tweet's or a paper's readings |
|---|---|
| up to 2 days | all |
| 2 to 7 days | the last of each hour |
| 7 to 90 days | the last of each day |
| more | the last of each week, from Monday |

All in UTC. The first reading, the last and the one with the highest score always stay, and so does what came with the posts of
the old site. What a digest printed stands in its entries, which no thinning touches.

A reading is looked at three times in its life: when its hour is two days old, its day a week, its week ninety days. Readings
are numbered in the order in which they came, so a run goes on where the last one stopped, and costs what is due.
"""

from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDay, TruncHour, TruncWeek

from papers.models import PaperMeasurement, Provenance, ThinnedUntil, TweetMeasurement

BATCH = 10_000
"""Readings looked at in one transaction."""
CHUNK = 500
"""Of them read at once."""


class Step(NamedTuple):
    """From an age on, one reading is kept of each span."""

    name: str
    span: timedelta
    age: timedelta
    trunc: type[TruncHour | TruncDay | TruncWeek]

    def beginning(self, moment: datetime) -> datetime:
        """When the span (UTC) that the moment is in began."""
        hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if self.name == "hour":
            return hour
        day = datetime.combine(hour.date(), time(), UTC)
        return day - timedelta(days=day.weekday()) if self.name == "week" else day


STEPS = (
    Step("hour", timedelta(hours=1), timedelta(days=2), TruncHour),
    Step("day", timedelta(days=1), timedelta(days=7), TruncDay),
    Step("week", timedelta(days=7), timedelta(days=90), TruncWeek),
)


def thin(now: datetime) -> int:
    """Delete the readings due by the table above, a batch in each transaction, and return how many were deleted."""
    return sum(
        _thin(model, owner, step, now)
        for model, owner in ((TweetMeasurement, "tweet"), (PaperMeasurement, "paper"))
        for step in STEPS
    )


def _thin(model: type[TweetMeasurement | PaperMeasurement], owner: str, step: Step, now: datetime) -> int:
    before = step.beginning(now - step.age)
    deleted = 0
    while True:
        with transaction.atomic():
            name = f"{model._meta.db_table} {step.name}"
            until, _ = ThinnedUntil.objects.select_for_update().get_or_create(name=name)
            came_later = model._default_manager.filter(pk__gt=until.key).order_by("pk").values_list("pk", "read_at")[:BATCH]
            # One from a clock that was ahead keeps the others from nothing.
            rows = came_later.iterator(chunk_size=CHUNK)  # mostly the first one is not due yet
            due = [pk for pk, _ in takewhile(lambda row: row[1] < before or row[1] > now, rows)]
            if not due:
                return deleted
            spare = _spare(model, owner, step).filter(pk__gt=until.key, pk__lte=due[-1])
            deleted += model._default_manager.filter(pk__in=spare.values("pk")).delete()[0]  # type: ignore[misc] # of either model
            ThinnedUntil.objects.filter(pk=name).update(key=due[-1])
            if len(due) < BATCH:
                return deleted


def _spare(
    model: type[TweetMeasurement | PaperMeasurement], owner: str, step: Step
) -> QuerySet[TweetMeasurement] | QuerySet[PaperMeasurement]:
    """Readings with a later one in the same span, that are neither the first nor the highest of their history."""
    score = F("retweets") + F("favorites") + F("extra_points")
    network = model._default_manager.filter(provenance=Provenance.NETWORK).annotate(score=score)
    same = network.filter(**{owner: OuterRef(owner)})
    span_end = step.trunc(F("read_at") + step.span, tzinfo=UTC, output_field=DateTimeField())
    return network.annotate(span_end=span_end).filter(
        Exists(same.filter(read_at__gt=OuterRef("read_at"), read_at__lt=OuterRef("span_end"))),
        Exists(same.filter(read_at__lt=OuterRef("read_at"))),
        Exists(same.filter(Q(score__gt=OuterRef("score")) | Q(score=OuterRef("score"), read_at__lt=OuterRef("read_at")))),
    )
