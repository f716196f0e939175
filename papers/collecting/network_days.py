"""The posts of a day on one open network, whatever becomes of the others."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from papers.access import networks
from papers.access.connections import note_answer, note_failure
from papers.collecting import day_states, days, posts
from papers.models import CollectionDay, NetworkDay, StreamPlace, Tweet
from papers.networks.base import FoundPost, Network, NotGiven
from papers.networks.registry import streams
from papers.sources.http import SourceError
from papers.sources.records import LeftOut

REACH = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=15)
"""A day that goes on is asked for so often."""
LATE = timedelta(hours=12)
"""A day that is over is asked for once more so much later: searches lag, and days begin elsewhere."""


def collect_posts(day: date, network: Network, *, now: datetime) -> NetworkDay:
    """Bring in the network's posts of the UTC day, up to now, and of times that its stream missed.

    Raises the errors of `papers.sources.http`, after the network's health has them. The same again changes nothing but counts.
    """
    opens, closes = days.bounds(day)
    until = min(closes, now)
    row, _ = NetworkDay.objects.get_or_create(date=day, network=network.name)
    left_out: list[LeftOut] = []
    try:
        if opens < until:
            left_out += _store(network, network.mentions(opens, until), now)
            if network.name not in streams():  # a stream's network was not asked
                note_answer(network.name, now)
        row.missed = [left for gap in row.missed if (left := _fill(network, gap, now, left_out))]
    except SourceError as error:
        note_failure(network.name, error, now)
        raise
    of_day = Tweet.objects.filter(network=network.name, posted_at__gte=opens, posted_at__lt=closes, is_sample=False)
    row.found = of_day.count()
    row.collected_until = _heard_until(network.name, closes) if network.name in streams() else until
    row.collected_at = now
    row.save()
    if CollectionDay.objects.filter(date=day).exists():
        with days.changing(day, now) as of_all:  # what is said of the day depends on this
            if left_out or of_all.sources.filter(source=network.name).exists():
                days.remember(of_all, network.name, left_out, anew=network.name not in streams())
            days.count_posts(of_all)
            if not (networks.paid_is_on() or day_states.open_networks_behind(day)):
                of_all.tweets_done_at = of_all.tweets_done_at or now
    return row


def _store(network: Network, found: Iterable[FoundPost | LeftOut], now: datetime) -> list[LeftOut]:
    """Keep what comes, also where it is broken off by an error; what of it cannot be read."""
    came: list[FoundPost | LeftOut] = []
    try:
        came.extend(found)
    finally:
        posts.store(network.name, [one for one in came if isinstance(one, FoundPost)], read_at=now)
    left_out = [one for one in came if isinstance(one, LeftOut)]
    return [*{one.name: one for one in left_out if one.name}.values(), *(one for one in left_out if not one.name)]


def _fill(network: Network, gap: list[str], now: datetime, left_out: list[LeftOut]) -> list[str]:
    """What is left of the time: nothing, or all of it, with the sentence in which the network refuses to tell more.

    What cannot be read is added to `left_out`.
    """
    start, end, *_ = gap
    found = network.fill(datetime.fromisoformat(start), datetime.fromisoformat(end))
    if found is None:
        return [start, end]
    try:
        left_out += _store(network, found, now)
    except NotGiven as refusal:
        return [start, end, str(refusal)]
    return []


def _heard_until(network: str, closes: datetime) -> datetime | None:
    place = StreamPlace.objects.filter(network=network).exclude(cursor=None).first()
    if place is None or place.cursor is None:
        return None
    return min(closes, datetime.fromtimestamp(0, UTC) + timedelta(microseconds=place.cursor))


def days_due(network: str, now: datetime) -> list[date]:
    """Of the last week and today, the days to ask the network for, the newest first."""
    today = now.astimezone(UTC).date()
    wanted = [today - timedelta(days=n) for n in range(REACH.days + 1)]
    asked = dict(NetworkDay.objects.filter(network=network, date__in=wanted).values_list("date", "collected_at"))
    return [day for day in wanted if _is_due(asked.get(day), days.bounds(day)[1], now)]


def _is_due(asked: datetime | None, closes: datetime, now: datetime) -> bool:
    return asked is None or (asked < closes + LATE and now - asked >= AGAIN_AFTER)
