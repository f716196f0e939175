"""The posts of a day on one open network, whatever becomes of the others."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from papers import clock
from papers.access import networks
from papers.access.connections import note_answer, note_failure
from papers.collecting import day_states, days, open_posts
from papers.models import CollectionDay, NetworkDay, SourceDay, StreamPlace, Tweet
from papers.networks.base import FoundPost, Network, NotGiven
from papers.networks.registry import streams
from papers.sources.http import SourceError
from papers.sources.left_out import LeftOut

REACH = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=15)
"""A day that goes on is asked for so often."""
LATE = timedelta(hours=12)
"""A day that is over is asked for once more so much later: searches lag, and days begin elsewhere."""


def collect_posts(day: date, network: Network, *, now: datetime) -> NetworkDay:
    """Bring in the network's posts of the UTC day, up to now, and of times that its stream missed.

    Raises the errors of `papers.sources.http`, after the network's health has them. The same again changes nothing but counts.
    """
    opens, closes = clock.bounds(day)
    until = min(closes, now)
    row, _ = NetworkDay.objects.get_or_create(date=day, network=network.name)
    is_told = CollectionDay.objects.filter(date=day).exists()
    begins = _first_heard(network.name)
    if begins and is_told and _lacks_beginning(row, begins):
        note_missed(network.name, opens, min(begins, closes), now=now)
        NetworkDay.objects.filter(pk=row.pk).update(is_beginning_noted=True)
        row.refresh_from_db()
    asked, known = row.missed, [gap[:2] for gap in row.missed]
    left_out: list[LeftOut] = []
    before: list[list[str]] = []
    try:
        if opens < until:
            _store(network, network.mentions(opens, until), now, left_out)
            if network.name not in streams():  # a stream's network was not asked
                note_answer(network.name, now)
        still_missed = [left for gap in asked if (left := _fill(network, gap, now, left_out, before))]
    except SourceError as error:
        note_failure(network.name, error, now)
        raise
    row.found = days.found_on(network.name, day)
    row.collected_until = _heard_until(network.name, closes) if network.name in streams() else until
    with transaction.atomic():
        noted_meanwhile = [gap for gap in NetworkDay.objects.select_for_update().get(pk=row.pk).missed if gap[:2] not in known]
        row.missed, row.collected_at = still_missed + noted_meanwhile, None if noted_meanwhile else now
        row.save()
    if is_told:
        with days.changing(day, now) as of_all:  # what is said of the day depends on this
            if left_out or of_all.sources.filter(source=network.name).exists():
                days.remember(of_all, network.name, left_out, anew=network.name not in streams(), instead=before)
            days.count_posts(of_all)
            if not (networks.paid_is_on() or day_states.open_networks_behind(day)):
                of_all.tweets_done_at = of_all.tweets_done_at or now
    return row


def _store(network: Network, found: Iterable[FoundPost | LeftOut], now: datetime, left_out: list[LeftOut]) -> None:
    """Keep what comes, also where it is broken off by an error. What of it cannot be read is added to `left_out`."""
    came: list[FoundPost | LeftOut] = []
    try:
        came.extend(found)
    finally:
        open_posts.store(network.name, [one for one in came if isinstance(one, FoundPost)], read_at=now)
        unread = [one for one in came if isinstance(one, LeftOut)]
        left_out += {one.name: one for one in unread if one.name}.values()
        left_out += [one for one in unread if not one.name]


def note_missed(network: str, start: datetime, end: datetime, *, now: datetime) -> None:
    """Note with each UTC day that its network's stream was not heard from `start` to `end`: the day tells it."""
    first, last = start.astimezone(UTC).date(), (end - timedelta(microseconds=1)).astimezone(UTC).date()
    touched = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_posts.missed(network, start, end, days=map(clock.bounds, touched))
    for day in CollectionDay.objects.filter(date__in=touched).order_by("date").values_list("date", flat=True):
        with days.changing(day, now):
            pass


def tell_unread(network: str, left_out: Collection[LeftOut], *, now: datetime) -> None:
    """Note with its day each post that lacked what we need when it was read again at `now`, and forget those that are whole."""
    tweets = Tweet.objects.filter(network=network)
    telling = SourceDay.objects.filter(source=network).exclude(left_out=[]).select_related("day")
    told = {row.day.date: row.left_out for row in telling}
    names = {name for of_day in told.values() for name, _ in of_day if name}
    is_over = Q(read_at=now) | ~Q(state=Tweet.State.LIVE)
    whole = set(tweets.filter(is_over, status_id__in=names).values_list("status_id", flat=True))
    over = {day: [one for one in of_day if one[0] in whole] for day, of_day in told.items()}
    lacking = {one.name: one for one in left_out}
    unread: dict[date, list[LeftOut]] = {}
    for id, posted_at in tweets.filter(status_id__in=lacking).values_list("status_id", "posted_at"):
        unread.setdefault(posted_at.astimezone(UTC).date(), []).append(lacking[id])
    touched = unread.keys() | {day for day, of_day in over.items() if of_day}
    for day in CollectionDay.objects.filter(date__in=touched).order_by("date").values_list("date", flat=True):
        with days.changing(day, now) as row:
            days.remember(row, network, unread.get(day, []), anew=False, instead=over.get(day, []))


def _first_heard(network: str) -> datetime | None:
    """From when on its stream was listened to; None where it has none, or nobody knows any more."""
    return StreamPlace.objects.filter(network=network).values_list("began_at", flat=True).first()


def _fill(network: Network, gap: list[Any], now: datetime, left_out: list[LeftOut], before: list[list[str]]) -> list[Any]:
    """Ask the network for what its stream missed in this gap, and give back what is still missing: nothing, or the gap with the
    sentence in which the network refuses to tell more, and with what of its answer could not be read.

    The unreadable is also added to `left_out`, and what an earlier answer to the same question left out to `before`.
    """
    start, end, *earlier = gap
    found = network.fill(datetime.fromisoformat(start), datetime.fromisoformat(end))
    if found is None:
        return gap
    unread: list[LeftOut] = []
    refused = ""
    try:
        _store(network, found, now, unread)
    except NotGiven as refusal:
        refused = str(refusal)
    left_out += unread
    before += earlier[1] if len(earlier) > 1 else []
    return [start, end, refused, [[one.name, one.lacks] for one in unread[: days.MOST_LEFT_OUT]]] if refused else []


def _heard_until(network: str, closes: datetime) -> datetime | None:
    place = StreamPlace.objects.filter(network=network).exclude(cursor=None).first()
    if place is None or place.cursor is None:
        return None
    return min(closes, datetime.fromtimestamp(0, UTC) + timedelta(microseconds=place.cursor))


def _lacks_beginning(row: NetworkDay, begins: datetime) -> bool:
    """Whether it is still to be noted that the stream was not listened to from the day's beginning on."""
    return not row.is_beginning_noted and clock.bounds(row.date)[0] < begins


def days_due(network: str, now: datetime) -> list[date]:
    """Of the last week and today, the days to ask the network for, the newest first."""
    today = now.astimezone(UTC).date()
    wanted = [today - timedelta(days=n) for n in range(REACH.days + 1)]
    asked = {row.date: row for row in NetworkDay.objects.filter(network=network, date__in=wanted)}
    if begins := _first_heard(network):
        # A day that is told only now, by a row that came later, tells its beginning.
        told = set(CollectionDay.objects.filter(date__in=wanted).values_list("date", flat=True))
        asked = {day: row for day, row in asked.items() if day not in told or not _lacks_beginning(row, begins)}
    return [day for day in wanted if _is_due(asked.get(day), clock.bounds(day)[1], now)]


def _is_due(row: NetworkDay | None, closes: datetime, now: datetime) -> bool:
    """A gap that no search was asked to fill stays due: an account for it may come."""
    if row is None or row.collected_at is None:
        return True
    is_open = row.collected_at < closes + LATE or any(len(gap) == 2 for gap in row.missed)
    return is_open and now - row.collected_at >= AGAIN_AFTER
