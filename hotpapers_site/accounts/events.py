"""Security events: who signed in from where, and what happened to an account. They are kept, logged, and shown to the user
concerned."""

import logging
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django_otp import user_has_device

from hotpapers_site.models import SecurityEvent
from hotpapers_site.password_tries import limit_reached
from hotpapers_site.sessions import client_address

Kind = SecurityEvent.Kind
logger = logging.getLogger("hotpapers.security")
LOUD = {
    *(Kind.LIMIT_REACHED, Kind.WRONG_CODE, Kind.WRONG_KEY, Kind.RECOVERY_CODE),
    *(Kind.FACTOR_REMOVED, Kind.KEY_REMOVED, Kind.RIGHTS_CHANGED),
}
"""Logged as warnings and sent as alerts (health/security_alerts.py), as is a password that somebody else changed."""
RIGHTS = {"is_active": "active", "is_staff": "staff", "is_superuser": "superuser"}
OPERATOR = "by the operator"
asking: ContextVar[HttpRequest | None] = ContextVar("asking", default=None)
"""The request in which accounts may change; None in a command."""


def note(kind: Kind, user: AbstractBaseUser | AnonymousUser | None, request: HttpRequest | None = None, detail: str = "") -> None:
    """Keep and log the event; `user` is the owner of the account."""
    address = (client_address(request) if request else None) or ""
    person = getattr(request, "user", None)
    by = person if person and person.is_authenticated else user if request else None
    SecurityEvent.objects.create(
        kind=kind, user_id=user.pk if user else None, by_id=by.pk if by else None, address=address, detail=detail[:200]
    )
    name = user.get_username() if user else "-"
    level = logging.WARNING if kind in LOUD or (kind == Kind.PASSWORD_CHANGED and by != user) else logging.INFO
    logger.log(level, "%s: %s%s from %s", name, kind.label, f" ({detail})" if detail else "", address or "this machine")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    note(Kind.SIGNED_IN, user, request, "password only, asked for the second factor" if user_has_device(user) else "")


@receiver(limit_reached)
def tries_stopped(limit: str, **_: Any) -> None:
    note(Kind.LIMIT_REACHED, None, detail=f"limit of the {limit}")


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def rights_changed(instance: Any, action: str, reverse: bool, **_: Any) -> None:
    if action in ("post_add", "post_remove", "post_clear") and not reverse:
        note(Kind.RIGHTS_CHANGED, instance, asking.get(), ", ".join(instance.groups.values_list("name", flat=True)))


@receiver(pre_save, sender=User)
def account_changes(instance: User, raw: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """Note what an account may do from now on, and a new password, whoever sets it."""
    if raw or (update_fields is not None and not update_fields & {*RIGHTS, "password"}):
        return
    if (before := User.objects.filter(pk=instance.pk).values(*RIGHTS).first()) is None:
        return
    request = asking.get()
    now = {name: getattr(instance, name) for name in RIGHTS}
    if changed := [f"{'now' if now[name] else 'no longer'} {word}" for name, word in RIGHTS.items() if now[name] != before[name]]:
        note(Kind.RIGHTS_CHANGED, instance, request, ", ".join(changed))
    if instance._password is not None:  # type: ignore[attr-defined]  # None also where only its hash is renewed
        note(Kind.PASSWORD_CHANGED, instance, request, "" if request else OPERATOR)


@receiver(post_save, sender=User)
def account_begins(instance: User, created: bool, **_: Any) -> None:
    if created and (request := asking.get()):
        note(Kind.RIGHTS_CHANGED, instance, request, "a new account")
