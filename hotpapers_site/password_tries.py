"""Limits how often a password may be tried: for an account, from an address, and for the two together.

A try is counted before the password is checked, in one statement that also returns how many there were: of a hundred tries at
once no more are checked than of a hundred in a row.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.db.models.signals import post_delete
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils import timezone

from hotpapers_site.models import PasswordTries
from hotpapers_site.sessions import client_address

WIDER = 2
"""All addresses together may try an account this many times as often as one address may; so may an address all accounts
together."""
limit_reached = Signal()
"""Sent once each time a limit is passed, with `limit`: `account`, `address` or `pair`."""


def limits(username: str, address: str | None) -> dict[str, int]:
    """Return how many tries each key has within AXES_COOLOFF_TIME. Spellings of a name that are hard to tell apart count as
    one."""
    name, where, few = username.casefold().strip(), address or "", settings.AXES_FAILURE_LIMIT
    return {_key("address", where): WIDER * few, _key("pair", name, where): few, _key("account", name): WIDER * few}


def count(keys: dict[str, int], now: datetime) -> bool:
    """Count a try; return whether it is within all limits. One statement for each key, whoever else counts at the same moment.

    A try that is over one limit does not count for the limits after it: nobody can lock an account for everybody from a single
    address.
    """
    for key, most in keys.items():
        if (number := _counted(key, now)) > most:
            if number == most + 1:
                limit_reached.send(sender=PasswordTries, limit=key.partition(":")[0])
            return False
    return True


def forget(keys: Iterable[str]) -> None:
    PasswordTries.objects.filter(key__in=list(keys)).delete()


def forget_old(now: datetime) -> None:
    PasswordTries.objects.filter(since__lt=now - settings.AXES_COOLOFF_TIME).delete()


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256(chr(0).join(parts).encode(errors='replace')).hexdigest()}"


def _counted(key: str, now: datetime) -> int:
    table = PasswordTries._meta.db_table
    is_over = f"{table}.since < %s"
    sql = (
        f"INSERT INTO {table} (key, number, since) VALUES (%s, 1, %s) ON CONFLICT (key) DO UPDATE SET "  # noqa: S608 - our table
        f"number = CASE WHEN {is_over} THEN 1 ELSE {table}.number + 1 END, "
        f"since = CASE WHEN {is_over} THEN excluded.since ELSE {table}.since END RETURNING number"
    )
    moment, start = (connection.ops.adapt_datetimefield_value(at) for at in (now, now - settings.AXES_COOLOFF_TIME))
    with connection.cursor() as cursor:
        cursor.execute(sql, [key, moment, start, start])
        return int(cursor.fetchone()[0])


class CountingBackend:
    """The first backend: it knows nobody, and lets no try through that is over a limit."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        username = credentials.get("username")
        if request is not None and username and not count(limits(username, client_address(request)), timezone.now()):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            raise PermissionDenied


@receiver(user_logged_in)
def forget_tries(request: HttpRequest, user: Any, **_: object) -> None:
    """Forget the tries of an account after the right password. Of those of the address only this one is forgotten: a team behind
    one address may sign in as often as it likes, and knowing one's own password does not help to guess others'."""
    address = client_address(request) if request else None
    of_address, *others = limits(user.get_username(), address)
    forget(others)
    PasswordTries.objects.filter(key=of_address, number__gt=0).update(number=F("number") - 1)


@receiver(post_delete, sender=AccessAttempt)
def forget_tries_of_attempt(instance: AccessAttempt, **_: object) -> None:
    """When an administrator deletes a failed attempt, let its account and its address in again."""
    forget(limits(instance.username or "", instance.ip_address))
