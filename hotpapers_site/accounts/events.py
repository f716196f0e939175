"""Security events: who signed in from where, and what happened to an account. They are kept, logged, and shown to the user
concerned."""

import logging
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.http import HttpRequest

from hotpapers_site.models import SecurityEvent
from hotpapers_site.password_tries import limit_reached
from hotpapers_site.sessions import client_address

Kind = SecurityEvent.Kind
logger = logging.getLogger("hotpapers.security")
LOUD = {
    *(Kind.LIMIT_REACHED, Kind.WRONG_CODE, Kind.WRONG_KEY, Kind.RECOVERY_CODE),
    *(Kind.FACTOR_REMOVED, Kind.KEY_REMOVED, Kind.RIGHTS_CHANGED),
}
"""Events that are logged as warnings and sent as alerts (health/security.py)."""


def note(kind: Kind, user: AbstractBaseUser | AnonymousUser | None, request: HttpRequest | None = None, detail: str = "") -> None:
    """Keep and log the event; `user` is the owner of the account."""
    address = (client_address(request) if request else None) or ""
    asking = getattr(request, "user", None)
    by = asking if asking and asking.is_authenticated else user
    SecurityEvent.objects.create(
        kind=kind, user_id=user.pk if user else None, by_id=by.pk if by else None, address=address, detail=detail[:200]
    )
    name = user.get_username() if user else "-"
    level = logging.WARNING if kind in LOUD else logging.INFO
    logger.log(level, "%s: %s%s from %s", name, kind.label, f" ({detail})" if detail else "", address or "this machine")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    note(Kind.SIGNED_IN, user, request)


@receiver(limit_reached)
def tries_stopped(limit: str, **_: Any) -> None:
    note(Kind.LIMIT_REACHED, None, detail=f"limit of the {limit}")


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def rights_changed(instance: Any, action: str, reverse: bool, **_: Any) -> None:
    if action in ("post_add", "post_remove", "post_clear") and not reverse:
        note(Kind.RIGHTS_CHANGED, instance, detail=", ".join(instance.groups.values_list("name", flat=True)))
