"""Says on the terminal what the product is doing, one line for each event: for people who start it by hand."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Count, Sum
from django.urls import reverse

from digests.models import Digest
from papers import clock
from papers.access import networks
from papers.collecting.progress import is_progress
from papers.models import CollectionDay, NetworkDay, SourceHealth, StreamPlace
from papers.networks.registry import KINDS
from papers.plurals import counted

LOOK_EVERY_S = 1.0
STREAM_EVERY_S = 15.0
SETTLED_AFTER_S = 45.0
"""Before this time a failing service is reported alone only after all others answered: the whole internet may be away."""
REACH = timedelta(days=7)
ARXIV = SourceHealth.Service.ARXIV.value
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Teller:
    """`look` is called often; it asks the database once a second and says what is new since `started`."""

    def __init__(self, say: Callable[[str], object], *, site: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._site = site
        self._monotonic = monotonic
        self._started, self._started_s = clock.now(), monotonic()
        self._looked_s = self._stream_s = float("-inf")
        self._said: set[object] = set()
        self._failing: dict[str, str] = {}
        self._was_unreachable = False

    def look(self) -> None:
        now_s = self._monotonic()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        try:
            self._days()
            self._networks()
            self._services()
        except DatabaseError:  # busy; there is another look
            connection.close()

    def _once(self, what: object, sentence: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._say(sentence)

    def _days(self) -> None:
        since = self._started.date() - REACH
        for row in CollectionDay.objects.filter(date__gte=since).order_by("date"):
            if row.papers_done_at is None and is_progress(row.reason):
                self._once(row.reason, row.reason)
            elif row.papers_done_at and row.papers_done_at >= self._started and row.found_new:
                many, are = ("The one paper", "is") if row.found_new == 1 else (f"All {row.found_new:,} papers", "are")
                self._once(("papers", row.date), f"{many} of {said(row.date)} {are} here.")
        began = self._started.replace(microsecond=0)
        drafts = Digest.objects.filter(date__gte=since, status=Digest.Status.DRAFT, is_sample=False, written_at__gte=began)
        complete = set(CollectionDay.objects.filter(state=CollectionDay.State.COMPLETE).values_list("date", flat=True))
        for day, listed in drafts.order_by("date").annotate(listed=Count("entries")).values_list("date", "listed"):
            many = "no hot paper yet" if not listed else counted(listed, "hot paper")
            more = "" if day in complete else " It follows the posts until the day is complete."
            address = self._site + reverse("desk", args=[day])
            self._once(("draft", day), f"A draft of {said(day)} is on the desk, with {many}: {address}{more}")

    def _networks(self) -> None:
        asked = NetworkDay.objects.filter(collected_at__gte=self._started).order_by()
        found = dict(asked.values_list("network").annotate(posts=Sum("found")))
        streams = {place.network: place for place in StreamPlace.objects.filter(network__in=networks.on())}
        for network, posts in found.items():
            if posts and network not in streams:
                self._once(("posts", network), f"{KINDS[network].title}: {counted(posts, 'post')} about papers so far.")
        for network, place in streams.items():
            if place.heard_at is None or place.heard_at < self._started or place.cursor is None:
                continue
            title = KINDS[network].title
            if place.is_live:
                self._once(("live", network), f"{title} has been read up to now; new posts come as they are made.")
            elif ("live", network) not in self._said and self._looked_s - self._stream_s >= STREAM_EVERY_S:
                self._stream_s = self._looked_s
                at, hours = EPOCH + timedelta(microseconds=place.cursor), _lookback_h(network)
                self._say(f"Reading {title}'s last {counted(hours, 'hour')}, at {at:%-d %b, %H:%M} UTC.")

    def _services(self) -> None:
        health = {one.service: one for one in SourceHealth.objects.all()}
        answered = {name for name, one in health.items() if one.answered_at and one.answered_at >= self._started}
        failed = {
            name: one for name, one in health.items() if one.state != "ok" and one.failed_at and one.failed_at >= self._started
        }
        parts = {name: {one for one in failed if one.partition("-")[0] == name} for name in (ARXIV, *networks.on())}
        if not answered and all(parts.values()):
            if not self._was_unreachable:
                self._was_unreachable = True
                titles = ["arXiv", *(KINDS[name].title for name in networks.on())]
                self._say(
                    f"Nothing can be reached ({', '.join(titles)}), so is this machine online? Hot Papers keeps trying; "
                    "what is here already, sample data included, can be used meanwhile."
                )
            self._failing |= {name: one.state for name, one in failed.items()}
            return
        heard = {name.partition("-")[0] for name in answered | failed.keys()}
        is_settled = self._monotonic() - self._started_s >= SETTLED_AFTER_S or heard >= set(parts)
        for name, one in failed.items():
            if is_settled and self._failing.get(name) != one.state:
                self._failing[name] = one.state
                self._say(one.message if one.title in one.message else f"{one.title}: {one.message}")
        for name in [name for name in self._failing if name in answered and name not in failed]:
            del self._failing[name]
            self._say(f"{health[name].title} answers again.")


def said(day: date) -> str:
    return f"{day:%A, %-d %b %Y}"


def _lookback_h(network: str) -> int:
    stream = KINDS[network].stream
    return stream.lookback // timedelta(hours=1) if stream else 0
