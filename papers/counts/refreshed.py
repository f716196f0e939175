"""What a refresh found, and the states of tweets that follow from it: on all networks alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from papers.counts import measuring
from papers.counts.gone import mark_gone, mark_live
from papers.models import Tweet
from papers.networks.base import GoneReason
from papers.sources.left_out import LeftOut

ASK_AGAIN = timedelta(hours=1)
"""When the network said nothing of a tweet."""


@dataclass
class Refreshed:
    """Tweets, by what the network said of them."""

    read: int = 0
    gone: int = 0
    """Those among them that were gone before are included."""
    back: int = 0
    """They were gone and are live again; they are among `read`."""
    unknown: int = 0
    """It said nothing readable of them: they stay as they are and are asked for again."""
    unreadable: list[LeftOut] = field(default_factory=list)
    """Those among them of which it said something without what we need."""

    @property
    def all(self) -> int:
        return self.read + self.gone + self.unknown

    def __str__(self) -> str:
        return f"{self.read:,} read ({self.back:,} of them back), {self.gone:,} gone, {self.unknown:,} unknown"


def keep_states(
    batch: Iterable[Tweet], gone: Mapping[str, GoneReason], unknown: Collection[str], now: datetime, done: Refreshed
) -> list[Tweet]:
    """Store which of them are gone, back or still unknown, by their ids; add it to `done`, and return those that are found."""
    found, lost, unread = [], {}, []
    for tweet in batch:
        if tweet.status_id in gone:
            lost[tweet.pk] = Tweet.State(gone[tweet.status_id])
        elif tweet.status_id in unknown:
            unread.append(tweet.pk)
        else:
            found.append(tweet)
    if lost:
        mark_gone(lost, now=now)
        measuring.measure_papers(lost, now=now)
    if back := [tweet.pk for tweet in found if tweet.state != Tweet.State.LIVE]:
        mark_live(back)
    if unread:
        Tweet.objects.filter(pk__in=unread).update(next_read_at=now + ASK_AGAIN)
    done.read, done.gone = done.read + len(found), done.gone + len(lost)
    done.back, done.unknown = done.back + len(back), done.unknown + len(unread)
    return found
