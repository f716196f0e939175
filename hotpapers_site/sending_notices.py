"""Sends notices by mail and webhook. What a channel does not take waits for the next try; it can be read in the product
meanwhile."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2s
from itertools import groupby

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from digests.models import Notice, NoticesByMail, Received
from digests.notices.sentences import said
from hotpapers_site import leases
from hotpapers_site.health import alerts
from hotpapers_site.health.alerts import LONGEST_TEXT, NotTold

TRIED_FOR = timedelta(hours=24)
"""What no channel took within this time is not sent any more."""
TOGETHER = 20
"""The most notices in one message."""
LONGEST_MESSAGE = LONGEST_TEXT - 100
"""In characters; a longer message would be cut."""
LEASE, LASTS = "notices", timedelta(minutes=5)
MAILS_FOR_S = 60.0
"""After this time no further mail is begun: a mail server that does not answer must not outlast the lease, nor hold up others."""
LATE_AFTER = timedelta(minutes=10)
logger = logging.getLogger(__name__)


def send(now: datetime) -> None:
    """Send everything that is due; one process at a time does this."""
    holder = leases.new_holder()
    if not leases.take(LEASE, holder, LASTS):
        return
    try:
        for address in settings.NOTICE_WEBHOOKS:
            _by_webhook(address, now)
        _by_mail(now)
    finally:
        leases.give_up(LEASE, holder)


def late(now: datetime) -> int:
    """Return how many notices a channel has not taken for ten minutes."""
    due = _recent(now).filter(at__lt=now - LATE_AFTER)
    channels = {name_of(address) for address in settings.NOTICE_WEBHOOKS}
    missing = sum(not channels <= set(told) for told in due.values_list("told", flat=True)) if channels else 0
    return missing + (Received.objects.filter(is_mail_due=True, notice__in=due).count() if mail_is_set() else 0)


def name_of(address: str) -> str:
    """Return the name of a webhook, without its address, which is a secret."""
    return blake2s(address.encode(), digest_size=8).hexdigest()


def _recent(now: datetime) -> "QuerySet[Notice]":
    return Notice.objects.filter(at__gt=now - TRIED_FOR)


def _by_webhook(address: str, now: datetime) -> None:
    name = name_of(address)
    waiting = [one for one in _recent(now).order_by("at", "pk") if name not in one.told]
    while waiting:
        some, text = _first(waiting, address)
        waiting = waiting[len(some) :]
        if not _sent("a webhook of NOTICE_WEBHOOKS", partial(alerts.post, address, "Hot Papers", text)):
            return
        alerts.keep_told(some, name)


def _first(waiting: list[Notice], address: str) -> tuple[list[Notice], str]:
    """Return as many notices as fit into one message, and the message."""
    some, text = list[Notice](), ""
    for one in waiting[:TOGETHER]:
        line = f"• {alerts.harmless(said(one), address)} {_address(one)}\n"
        if some and len(text) + len(line) > LONGEST_MESSAGE:
            break
        some, text = [*some, one], text + line
    return some, text.rstrip()


def _by_mail(now: datetime) -> None:
    due = Received.objects.filter(is_mail_due=True, notice__in=_recent(now), editor__is_active=True)
    rows = list(due.select_related("notice").order_by("editor_id", "notice__at", "notice_id")) if mail_is_set() else []
    addresses, began = dict(NoticesByMail.objects.values_list("editor", "address")), time.monotonic()
    for editor, group in groupby(rows, key=lambda row: row.editor_id):
        some, address = list(group)[:TOGETHER], addresses.get(editor)
        if address is None or _sent("mail", partial(_mail, address, some)):
            Received.objects.filter(pk__in=[row.pk for row in some]).update(is_mail_due=False)
        if time.monotonic() - began >= MAILS_FOR_S:
            return


def mail_is_set() -> bool:
    """Say whether there is a server (EMAIL_URL); without one, mails only go to the log."""
    return not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


def _mail(address: str, rows: list[Received]) -> None:
    sentences = [said(row.notice) for row in rows]
    subject = sentences[0] if len(rows) == 1 else f"{len(rows)} notices"
    lines = [f"{sentence}\n{_address(row.notice)}" for sentence, row in zip(sentences, rows, strict=True)]
    account = f"{settings.SITE_URL}{reverse('own-account')}"
    text = "\n\n".join([*lines, f"You get this mail because you asked for it: {account}"])
    alerts.mail(f"Hot Papers: {subject}"[:200], text, [address])


def _sent(what: str, act: Callable[[], None]) -> bool:
    try:
        act()
    except NotTold as error:
        logger.error("Notices could not be sent by %s and are tried again: %s", what, error)
        return False
    return True


def _address(notice: Notice) -> str:
    page = reverse("desk", args=[notice.day]) if notice.day else reverse("notices")
    return f"{settings.SITE_URL}{page}"
