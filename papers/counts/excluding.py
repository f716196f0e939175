"""An editor's word that a tweet does not count, or counts again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from papers.counts.measuring import measure_papers
from papers.models import Tweet


@transaction.atomic
def exclude(tweet_ids: Collection[int], *, excluded: bool, now: datetime) -> None:
    """Take the tweets out of their papers' counts, or let them in again; the papers' history gets the new sums at `now`."""
    Tweet.objects.filter(pk__in=tweet_ids).update(is_excluded=excluded)
    measure_papers(tweet_ids, now=now)
