"""Publishes at a time: an editor's, given in a time zone, or the site's own rule."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef

from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.editing.history import Action
from digests.editing.sentences import clock_text
from digests.models import Digest
from digests.notices import telling
from digests.publishing.checking import findings, refusal
from digests.publishing.status import NOT_PUBLISHED, PUBLISHED, publish
from papers import clock
from papers.models import CollectionDay

AUTO_DAYS = 7
"""The site's rule publishes the lists of this many last days; older drafts were left by an editor on purpose."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the two moments that an ambiguous time may mean: what to send for it, and how to say it."""

    at: str
    fold: int
    said: str


class UnclearTime(Refused):
    """The clocks change at that time: it comes twice that day, or not at all."""

    def __init__(self, sentence: str, choices: list[Choice]) -> None:
        super().__init__(f"{sentence} Choose {' or '.join(one.said for one in choices)}.")
        self.choices = choices


def zone_named(name: str) -> ZoneInfo:
    """The zone; raises Refused for a name that is not in the IANA database."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"“{name}” isn’t a time zone. Choose one like Europe/Berlin.") from None


def moment(at: datetime, zone: ZoneInfo, fold: int | None = None) -> datetime:
    """The moment (UTC) at which the zone's clocks show `at`, a time without zone. Raises UnclearTime, and Refused for years out
    of range.

    Where the clocks go back, `fold` tells the first time (0) from the second (1).
    """
    try:
        first, second = (at.replace(tzinfo=zone, fold=n).astimezone(UTC) for n in (0, 1))
    except OverflowError:
        raise Refused(f"{at:%H:%M} on {at:%-d %b %Y} in {zone.key} is outside the calendar. Choose another time.") from None
    if first == second:
        return first
    shown = [one.astimezone(zone) for one in (first, second)]
    if shown[0].replace(tzinfo=None) != at:
        # `first` reckons with the offset before the gap and so comes after it; `second` the other way round.
        raise UnclearTime(
            f"There is no {at:%H:%M} on {at:%-d %b %Y} in {zone.key}: the clocks go forward.",
            [_choice(one) for one in reversed(shown)],
        )
    if fold is None:
        raise UnclearTime(
            f"{at:%H:%M} occurs twice on {at:%-d %b %Y} in {zone.key}: the clocks go back.",
            [_choice(one) for one in shown],
        )
    return (first, second)[fold]


def _choice(shown: datetime) -> Choice:
    return Choice(f"{shown:%Y-%m-%dT%H:%M}", shown.fold, f"{shown:%-d %b %Y, %H:%M %Z} ({shown.astimezone(UTC):%H:%M} UTC)")


def schedule(
    digest: Digest,
    at_local: datetime,
    zone: str,
    *,
    fold: int | None = None,
    now: datetime,
    by: AbstractBaseUser | None = None,
    seen: int | None = None,
) -> bool:
    """Schedule publication for when the zone's clocks show that time. False if it is already scheduled so.

    Raises Refused (UnclearTime where the clocks change) and, with `seen` (see `publish`), Conflict.
    """
    at = moment(at_local, zone_named(zone), fold)
    if at <= now:
        raise Refused("That time has passed. Choose a later one, or publish now.")
    return _set(digest, at, zone, by=by, seen=seen, details={"at": f"{at_local:%Y-%m-%d %H:%M}", "zone": zone})


def unschedule(digest: Digest, *, by: AbstractBaseUser | None = None, seen: int | None = None) -> bool:
    """Cancel the schedule; the site's rule leaves the list alone, too. False if that is already so."""
    return _set(digest, None, "", by=by, seen=seen)


def _set(
    digest: Digest,
    at: datetime | None,
    zone: str,
    *,
    by: AbstractBaseUser | None,
    seen: int | None,
    details: dict[str, Any] | None = None,
) -> bool:
    with transaction.atomic():
        held = Digest.all_drafts.select_for_update().get(pk=digest.pk)
        if (held.publish_at, held.publish_zone, held.is_held) == (at, zone, at is None):
            return False
        if held.corrects_id:
            raise Refused("A correction can’t be scheduled. Publish it yourself, and tell readers why.")
        if held.status == PUBLISHED:
            raise Refused("The day is already published.")
        if held.goes_out_at:
            raise Refused("This day is being published. Undo that first.")
        if seen is not None and held.revision != seen:
            mine = f"schedule it for {clock_text(details['at'])} {details['zone']}" if details else "cancel the schedule"
            raise history.conflict(held, seen, mine=mine)
        action = Action.SCHEDULED if at else Action.UNSCHEDULED
        with history.change(held.pk, action, by=by, details=details) as changed:
            changed.publish_at, changed.publish_zone, changed.is_held = at, zone, at is None
    digest.refresh_from_db(fields=["publish_at", "publish_zone", "is_held", "changed_at", "revision"])
    return True


def publish_due(now: datetime) -> list[Digest]:
    """Publish what is due by its schedule or by the site's rule; returns the digests that this call published.

    What the check stops stays as it is, and a later call publishes it once nothing stops it.
    """
    done = []
    for digest in Digest.objects.filter(NOT_PUBLISHED, publish_at__lte=now, goes_out_at=None).order_by("publish_at"):
        if digest.review == Digest.Review.CHANGES or refusal(findings(digest, now)):
            _tell_stopped(digest, now)
        elif _publish_as_checked(digest, now, due=True):
            done.append(digest)
    return done + (_publish_by_rule(settings.AUTO_PUBLISH_AT, now) if settings.AUTO_PUBLISH_AT else [])


def _tell_stopped(digest: Digest, now: datetime) -> None:
    """Record it in the history and the log, once for each schedule."""
    since = takewhile(lambda one: one.action != Action.SCHEDULED, history.changes(digest))
    if Action.STOPPED not in {one.action for one in since}:
        with history.change(digest.pk, Action.STOPPED, by=None) as stopped:
            telling.not_published(stopped, at=now, key=f"revision {stopped.revision}")
        logger.warning("%s: not published on time: the check found unresolved problems", digest)


def _publish_as_checked(digest: Digest, now: datetime, *, due: bool = False) -> bool:
    """False also if an editor is working on it: the next tick looks again."""
    try:
        return publish(digest, now=now, seen=digest.revision, due=due)
    except Conflict:
        return False


def _publish_by_rule(at: time, now: datetime) -> list[Digest]:
    today = now.astimezone(UTC).date()
    last = Digest.objects.filter(date__gte=today - timedelta(days=AUTO_DAYS), date__lt=today, is_held=False)
    complete = CollectionDay.objects.filter(date=OuterRef("date"), state=CollectionDay.State.COMPLETE)
    drafts = last.filter(Exists(complete), status=Digest.Status.DRAFT, publish_at=None, goes_out_at=None)
    drafts = drafts.exclude(review=Digest.Review.CHANGES).order_by("date")
    return [
        digest
        for digest in drafts
        if now >= time_of_rule(digest.date, at) and not refusal(findings(digest, now)) and _publish_as_checked(digest, now)
    ]


def rule_publishes_at(digest: Digest, now: datetime) -> datetime | None:
    """When the site's rule publishes the list, if its day is complete and the check does not stop it; None if the rule leaves
    it alone."""
    at, oldest = settings.AUTO_PUBLISH_AT, now.astimezone(UTC).date() - timedelta(days=AUTO_DAYS)
    is_left = digest.status != Digest.Status.DRAFT or digest.is_held or digest.publish_at or digest.corrects_id
    is_left = is_left or digest.review == Digest.Review.CHANGES
    return None if at is None or is_left or digest.date < oldest else time_of_rule(digest.date, at)


def time_of_rule(day: date, at: time) -> datetime:
    """When the site's rule publishes a listing day's list: at the first `at` of the site's clocks after the UTC day."""
    end = clock.bounds(day)[1]
    zone = ZoneInfo(settings.TIME_ZONE)
    first = datetime.combine(end.astimezone(zone).date(), at, zone).astimezone(UTC)
    return first if first >= end else datetime.combine(first.astimezone(zone) + timedelta(days=1), at, zone).astimezone(UTC)
