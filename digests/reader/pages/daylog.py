"""What happened to each listing day, in public: what was collected of it, and what became of its list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q, QuerySet

from digests.models import Digest, PublicEvent
from papers.collecting.day_states import told_gaps
from papers.models import CollectionDay, NetworkDay
from papers.network_words import title
from papers.plurals import counted

State = CollectionDay.State
WORDS = {
    State.NOT_ANNOUNCED: "arXiv hasn’t announced it yet",
    State.COLLECTING: "being collected",
    State.COMPLETE: "complete",
    State.PARTIAL: "collected in part",
    State.FAILED: "not collected yet: a problem",
    State.QUIET: "no announcement (weekend or holiday)",
}
SOURCES = {
    "feed": "Papers come from arXiv’s feed of the day.",
    "catchup": "Papers come from arXiv’s page of the day.",
    "window": "Papers were found by their submission time, because arXiv’s list of the day was gone. This is approximate.",
}


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """One day. `collected` is None for days of old posts, which we never collected; `digest` is None without a public list."""

    date: date
    collected: CollectionDay | None
    networks: Sequence[NetworkDay]
    """What was collected from each network."""
    digest: Digest | None
    """The list, published or withdrawn after readers had seen it."""

    @property
    def events(self) -> list[PublicEvent]:
        return list(self.digest.events.all()) if self.digest else []

    @property
    def state(self) -> str:
        """What was collected, in a few words."""
        return WORDS[State(self.collected.state)] if self.collected else "imported from the old site"

    @property
    def kind(self) -> tuple[str, str]:
        """What the log says about the day. Consecutive days of one kind are described together."""
        return self.state, self.digest.status if self.digest else ""

    @property
    def facts(self) -> list[str]:
        """What was collected, in sentences. Readers do not learn the details of our own troubles (keys, refusals)."""
        day = self.collected
        if day is None or day.state == State.QUIET:
            return []
        facts = [SOURCES[day.listing_source]] if day.listing_source in SOURCES else []
        facts += [
            sentence
            for found, expected, kind in (
                (day.found_new, day.expected_new, "new"),
                (day.found_cross, day.expected_cross, "cross-listed"),
            )
            if (sentence := _papers(found, expected, kind))
        ]
        if day.tweets_done_at:
            facts.append(f"{counted(day.tweets_found, 'post links', 'posts link')} to a paper; the whole day was searched.")
        elif searched := [one for one in self.networks if one.collected_until]:
            facts += [
                f"{counted(one.found, 'post')} on {title(one.network)} up to {one.collected_until:%H:%M} UTC "
                f"{'links' if one.found == 1 else 'link'} to a paper."
                for one in searched
            ]
        elif day.papers_done_at:
            facts.append("Posts have not been searched.")
        return facts + [told_gaps(one) for one in self.networks if one.missed]


def _papers(found: int, expected: int | None, kind: str) -> str:
    if expected is None:
        return f"{counted(found, f'{kind} paper is', f'{kind} papers are')} here." if found else ""
    announced = f"arXiv announced {counted(expected, f'{kind} paper')}"
    if expected == found:
        return f"{announced}; {'it is' if found == 1 else 'all are'} here."
    return f"{announced}; {counted(found, 'is', 'are')} here."


def logged_days(before: date | None, limit: int) -> list[LoggedDay]:
    """The newest days, or those before a given one, newest first; four queries."""
    collected = CollectionDay.objects.all()
    digests = _public()
    if before:
        collected, digests = collected.filter(date__lt=before), digests.filter(date__lt=before)
    return _paired(collected.order_by("-date")[:limit], digests.order_by("-date")[:limit])[:limit]


def runs(days: Iterable[LoggedDay]) -> list[list[LoggedDay]]:
    """The days in their order; consecutive days of one kind are one group."""
    return [list(run) for _, run in groupby(days, key=attrgetter("kind"))]


def logged_day(day: date) -> LoggedDay | None:
    """What happened on the day; None if nothing public is known about it."""
    return next(iter(_paired(CollectionDay.objects.filter(date=day), _public().filter(date=day))), None)


def _public() -> QuerySet[Digest]:
    withdrawn = PublicEvent.objects.filter(digest=OuterRef("pk"), kind=PublicEvent.Kind.WITHDRAWN)
    public = Q(status=Digest.Status.PUBLISHED) | Q(Exists(withdrawn), status=Digest.Status.WITHDRAWN)
    return Digest.objects.filter(public).prefetch_related("events")


def _paired(collected: Iterable[CollectionDay], digests: Iterable[Digest]) -> list[LoggedDay]:
    days, lists = {day.date: day for day in collected}, {digest.date: digest for digest in digests}
    networks = defaultdict[date, list[NetworkDay]](list)
    for one in NetworkDay.objects.filter(date__in=days):
        networks[one.date].append(one)
    return [LoggedDay(day, days.get(day), networks[day], lists.get(day)) for day in sorted({*days, *lists}, reverse=True)]
