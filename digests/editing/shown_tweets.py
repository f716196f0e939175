"""What `papers` may ask of the lists (`papers/shown.py`): which tweets they show, and to forget texts of those that are gone."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from digests.models import ShownTweet
from papers.models import Provenance


def tweets_of_day(day: date) -> QuerySet[Any, Any]:
    return ShownTweet.objects.filter(entry__digest__date=day).values("tweet")


def tweets_of_the_network(after: date | None = None) -> QuerySet[Any, Any]:
    shown = ShownTweet.objects.filter(entry__provenance=Provenance.NETWORK)
    return (shown.filter(entry__digest__date__gt=after) if after else shown).values("tweet")


def forget_texts(tweets: Collection[int], keys: Collection[str]) -> None:
    for shown in ShownTweet.objects.filter(tweet__in=tweets, printed_otherwise__isnull=False):
        kept = {key: value for key, value in shown.otherwise.items() if key not in keys}
        shown.printed_otherwise = kept or None
        shown.save(update_fields=["printed_otherwise"])
