"""Histories grow coarser with age.

| a reading's age | what is kept of a tweet's or a paper's readings |
|---|---|
| up to 2 days | all |
| 2 to 7 days | the last of each hour |
| 7 to 90 days | the last of each day |
| more | the last of each week, from Monday |

All in UTC. The first reading, the last and the one with the highest score always stay, and so does what came with the posts of
the old site. What a digest printed stands in its entries, which no thinning touches.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber, TruncDay, TruncHour, TruncWeek

from papers.models import PaperMeasurement, Provenance, TweetMeasurement

BANDS = (
    (timedelta(days=2), timedelta(days=7), TruncHour),
    (timedelta(days=7), timedelta(days=90), TruncDay),
    (timedelta(days=90), timedelta(days=36_500), TruncWeek),
)


def thin(now: datetime) -> int:
    """Delete what the table above does not keep, in six statements; give back how many readings went."""
    return sum(
        _thin(model, owner, younger, older, bucket)
        for model, owner in ((TweetMeasurement, "tweet"), (PaperMeasurement, "paper"))
        for younger, older, bucket in ((now - low, now - high, bucket) for low, high, bucket in BANDS)
    )


def _thin(
    model: type[TweetMeasurement | PaperMeasurement],
    owner: str,
    younger: datetime,
    older: datetime,
    bucket: type[TruncHour | TruncDay | TruncWeek],
) -> int:
    score = F("retweets") + F("favorites") + F("extra_points")
    numbered = model._default_manager.filter(provenance=Provenance.NETWORK).annotate(
        from_start=Window(RowNumber(), partition_by=[owner], order_by="read_at"),
        from_end=Window(RowNumber(), partition_by=[owner], order_by="-read_at"),
        from_peak=Window(RowNumber(), partition_by=[owner], order_by=[score.desc(), "read_at"]),
        from_bucket_end=Window(RowNumber(), partition_by=[owner, bucket("read_at", tzinfo=UTC)], order_by="-read_at"),
    )
    spare = numbered.filter(from_start__gt=1, from_end__gt=1, from_peak__gt=1, from_bucket_end__gt=1).values_list("pk", flat=True)
    # The ages are a condition outside: inside they would cut the histories that are numbered.
    deleted, _ = model._default_manager.filter(read_at__lt=younger, read_at__gte=older, pk__in=spare).delete()
    return deleted
