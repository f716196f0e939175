"""Looks for troubles, keeps them as rows, and has each reported once when it begins and once when it is over."""

import logging
import time
from datetime import timedelta

from django.db import Error, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from hotpapers_site import leases
from hotpapers_site.health import alerts, heartbeats, security_alerts, troubles
from hotpapers_site.health.troubles import Found
from hotpapers_site.models import Trouble
from papers.database_errors import why_away

LEASE = "watch"
LASTS = timedelta(seconds=45)
"""Longer than a round with a channel that does not answer."""
CONFIRMED_AFTER = timedelta(seconds=40)
"""A trouble that is over before this time was a restart, and nobody is told."""
KEPT = timedelta(days=90)
DATABASE = Found("database", "The database does not answer. nginx shows the pages that it keeps; nothing else works.")
DATABASE_AFTER_S = 30.0
logger = logging.getLogger(__name__)


class Watch:
    """The watch of one process. The holder of the lease looks; if the database fails, the last holder reports that."""

    def __init__(self) -> None:
        self._holder = leases.new_holder()
        self._leads = False
        self._database_failed_at: float | None = None
        self._told: list[Found] = []
        """What was reported: the database's failure, and what may be its reason."""

    def round(self) -> None:
        try:
            self._leads = leases.take(LEASE, self._holder, LASTS)
            self._database_answers()  # told by the one that told of the failure, whoever leads by now
            if self._leads:
                look()
                alerts.ping()
        except Error as error:
            self.database_failed(error)
        except Exception:
            logger.exception("Looking for troubles failed")

    def database_failed(self, error: Error) -> None:
        now = time.monotonic()
        if self._database_failed_at is None:
            self._database_failed_at = now
            logger.warning("The database does not answer: %s", why_away(error) or str(error).partition("\n")[0])
        if self._leads and not self._told and now - self._database_failed_at >= DATABASE_AFTER_S:
            self._told = [DATABASE, *troubles.disks()]  # a full disk stops a database, and this one cannot keep it as a row
            alerts.tell_all([one.sentence for one in self._told], [])

    def _database_answers(self) -> None:
        self._database_failed_at = None
        if self._told:
            still = {one.key for one in troubles.disks()}  # told as any trouble from now on
            over, self._told = [one.sentence for one in self._told if one.key not in still], []
            alerts.tell_all([], over)

    def end(self) -> None:
        leases.give_up(LEASE, self._holder)


def look() -> None:
    """Look once as the leader: record what is wrong and what is over, and report it. Raises DatabaseError."""
    heartbeats.forget_succeeded()
    try:
        note(troubles.found())
    except Error:
        if not (missing := [*troubles.migrations()]):
            raise
        note(missing, is_all=False)  # a database of an older version lacks what the others are found by
    tell()
    security_alerts.tell_events()
    Trouble.objects.filter(ended_at__lt=Now() - KEPT).delete()


def note(found: list[Found], *, is_all: bool = True) -> None:
    """Make the open rows those of `found`; if these are not all, others stay. A trouble that nobody was told of leaves no row
    when it is over."""
    now = {one.key: one.sentence for one in found}
    with transaction.atomic():
        open_ones = {one.key: one for one in Trouble.objects.filter(ended_at=None)}
        for key, sentence in now.items():
            if key not in open_ones:
                Trouble.objects.create(key=key, sentence=sentence, since=Now())
            elif open_ones[key].sentence != sentence:
                Trouble.objects.filter(pk=open_ones[key].pk).update(sentence=sentence)
        over = Trouble.objects.filter(ended_at=None).exclude(key__in=now) if is_all else Trouble.objects.none()
        over.filter(told=[], since__gt=Now() - CONFIRMED_AFTER).delete()
        over.update(ended_at=Now())


def tell() -> None:
    """Send by each channel what it has not sent yet; a channel that fails is tried again at the next look."""
    is_due = Q(ended_at=None, acknowledged_at=None, since__lte=Now() - CONFIRMED_AFTER)
    is_over = Q(ended_at__isnull=False) & ~Q(told=[])
    rows = list(Trouble.objects.filter(is_due | (is_over & ~Q(told_end=F("told")))).order_by("since"))
    for channel in alerts.channels():
        begun = [row for row in rows if row.ended_at is None and channel.name not in row.told]
        over = [row for row in rows if row.ended_at and channel.name in row.told and channel.name not in row.told_end]
        if (begun or over) and alerts.tell(channel, [row.sentence for row in begun], [row.sentence for row in over]):
            alerts.keep_told(begun, channel.name)
            alerts.keep_told(over, channel.name, "told_end")
