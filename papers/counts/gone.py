"""Tweets that are gone, and tweets that are back.

What the network no longer shows is not ours to keep (https://docs.x.com/developer-terms/policy): text, name and handle are
erased, here and in the copies that a digest prints. The counts stay, and a tombstone stands in the tweet's place.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce

from papers.list_questions import lists
from papers.models import Tweet

LOOK_AGAIN = timedelta(days=1)
LOOK_FOR = timedelta(days=7)
"""A tweet that is gone is looked for once a day, for so long: protected and suspended authors come back. X charges nothing
for a post that it does not show."""
ERASED = {"body_html": "", "safe_html": "", "safe_version": 0, "author_name": "", "author_handle": "", "embedded_at": None}
COPIED = ("body", "name", "handle")
"""Keys of what a digest prints otherwise than the tweet's record."""


def mark_gone(found: Mapping[int, Tweet.State], *, now: datetime) -> None:
    """These tweets (primary keys) are gone for these reasons, says the authority on it: hide them and erase their texts."""
    next_look = Case(When(state_since__lte=now - LOOK_FOR, then=None), default=Value(now + LOOK_AGAIN))
    with transaction.atomic():
        for state in sorted(set(found.values())):
            Tweet.objects.filter(pk__in=[pk for pk, one in found.items() if one == state]).update(
                state=state, state_since=Coalesce("state_since", Value(now)), next_read_at=next_look, **ERASED
            )
        lists().forget_texts(found, COPIED)


def mark_live(pks: Collection[int]) -> None:
    """These tweets (primary keys) were gone and are back; their texts come with the next embedding."""
    Tweet.objects.filter(pk__in=pks).update(state=Tweet.State.LIVE, state_since=None)


def erase(pk: int) -> None:
    """The tweet was hidden and has not come back: its text goes."""
    with transaction.atomic():
        Tweet.objects.filter(pk=pk).update(next_read_at=None, **ERASED)
        lists().forget_texts([pk], COPIED)
