"""Tells people what concerns the safety of accounts: once by each channel, like a trouble, but an event is never over."""

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from hotpapers_site.accounts.events import LOUD, Kind
from hotpapers_site.health import alerts, troubles
from hotpapers_site.models import SecurityEvent
from papers.plurals import counted

TOLD_WITHIN = timedelta(hours=1)
"""What could not be sent within this time stays in the log and in the admin."""
MOST = 10
"""The most events in one message."""


def tell_events() -> None:
    """Send by each channel what it has not sent yet. One query if nothing happened. Raises DatabaseError."""
    of_others = Q(kind=Kind.PASSWORD_CHANGED) & ~Q(by=F("user"))
    recent = SecurityEvent.objects.filter(Q(kind__in=LOUD) | of_others, at__gt=Now() - TOLD_WITHIN)
    rows = list(recent.select_related("user", "by").order_by("at", "pk"))
    for channel in alerts.channels() if rows else []:
        new = [row for row in rows if channel.name not in row.told]
        if new and alerts.tell(channel, sentences(new), []):
            alerts.keep_told(new, channel.name)


def sentences(events: list[SecurityEvent]) -> list[str]:
    told = []
    for event in events[:MOST]:
        name = event.user.get_username() if event.user else "Somebody"
        by = f"by {event.by.get_username()}" if event.by and event.by != event.user else ""
        detail = f" ({', '.join(filter(None, [event.detail, by]))})" if event.detail or by else ""
        where = event.address or "an unknown address"
        told.append(f"{name}: {event.get_kind_display()}{detail} from {where}, {troubles.moment(event.at)}.")
    return told + (
        [f"{counted(len(events) - MOST, 'more event')}: see the security events in the admin."] if events[MOST:] else []
    )
