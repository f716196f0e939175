"""Security keys and passkeys (WebAuthn, https://www.w3.org/TR/webauthn-3/) as a second factor.

A key signs a challenge of ours together with the address at which it was asked. So it answers this site alone (settings
OTP_WEBAUTHN_*, which follow from SITE_URL), and a page that only looks like ours gets nothing that it could use.
"""

import json
import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest
from django_otp_webauthn.exceptions import CredentialNotFound, CredentialUserMismatch
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers import parse_authentication_credential_json, parse_authenticator_data

from hotpapers_site import values

User = AbstractBaseUser | AnonymousUser
NEW, KNOWN = "new_key_asked_for", "key_asked_for"
"""Where the session keeps what a new key, and one that is set up, is asked to sign."""
MOST = 20
"""Keys of one user."""
LONGEST_ANSWER = 16_384
"""In characters. An answer with the longest id that the standard allows and a large signature has less than half of that."""
LONGEST_ID = 1_023
"""In bytes (WebAuthn §4, credential id)."""
SAME_FOR_S = 300
"""For this long a page that is opened again, perhaps in another tab, asks to sign the same, so that both tabs work."""
ANSWERED_WITHIN_S = 900


class Refused(Exception):
    """A key was not accepted; the text is for the user."""

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail
        """For the security event; empty if nothing was wrong with the key itself."""


def keys_of(user: User) -> list[WebAuthnCredential]:
    """Return the user's keys, in the order in which they were added."""
    return list(WebAuthnCredential.objects.filter(user_id=user.pk, confirmed=True).order_by("pk"))


def has_key(user: User) -> bool:
    return bool(WebAuthnCredential.objects.filter(user_id=user.pk, confirmed=True).exists())


def remove_all(user: User) -> None:
    WebAuthnCredential.objects.filter(user_id=user.pk).delete()


def is_here(request: HttpRequest) -> bool:
    """Return whether keys work at the address at which this page was asked for."""
    return bool(settings.OTP_WEBAUTHN_RP_ID) and values.host_of(f"//{request.get_host()}") == settings.OTP_WEBAUTHN_RP_ID


def place() -> str:
    """Return the one address at which keys work; empty if they work nowhere."""
    return next(iter(settings.OTP_WEBAUTHN_ALLOWED_ORIGINS), "")


def ask_for_new(request: HttpRequest) -> dict[str, Any]:
    """Return what the browser is to ask a key that is to be set up (`navigator.credentials.create`)."""
    options, state = _helper(request).register_begin(user=request.user)
    request.session[NEW] = {**state, "at": int(time.time())}
    return dict(options)


def ask(request: HttpRequest) -> dict[str, Any]:
    """Return what the browser is to ask one of the user's keys (`navigator.credentials.get`)."""
    options, state = _helper(request).authenticate_begin(user=request.user, require_user_verification=False)
    asked, now = request.session.get(KNOWN), int(time.time())
    if asked and now - asked["at"] < SAME_FOR_S:
        return {**options, "challenge": asked["challenge"]}
    request.session[KNOWN] = {**state, "at": now}
    return dict(options)


def read(answer: str) -> dict[str, Any]:
    """Read what the browser sent. Raises Refused if it is too long, or no JSON object."""
    try:
        found = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("The browser’s answer couldn’t be read. Try again, or use another browser.", "an answer that is none")
    return found


def add(request: HttpRequest, answer: str, name: str) -> WebAuthnCredential:
    """Set up a key for the user who asks. Raises Refused."""
    state, data = _taken(request, NEW), read(answer)
    if len(keys_of(request.user)) >= MOST:
        raise Refused(f"You have {MOST} keys, which is the most. Remove one first.")
    try:
        with transaction.atomic():
            key = _helper(request).register_complete(user=request.user, state=state, data=data)
            if len(key.credential_id) > LONGEST_ID:
                raise ValueError(f"an id of {len(key.credential_id)} bytes")
            key.name = name
            key.save(update_fields=["name"])
    except OperationalError:  # of the database: nothing is wrong with the key
        raise
    except IntegrityError as error:
        raise Refused("This key is set up already. Use another one.") from error
    except Exception as error:  # whatever the libraries meet in what a stranger may have written
        raise Refused("The key’s answer wasn’t accepted, so it was not added. Try again, or use another key.") from error
    return key


def check(request: HttpRequest, answer: str) -> WebAuthnCredential:
    """Return the key of the user who asks which gave the answer. Raises Refused."""
    state, data = _taken(request, KNOWN), read(answer)
    try:
        with transaction.atomic():
            # A copy that is used at the same moment waits here, and is found out.
            list(WebAuthnCredential.objects.select_for_update().filter(user_id=request.user.pk))
            key = _helper(request).authenticate_complete(user=request.user, state=state, data=data)
            if not key.confirmed:
                raise CredentialNotFound
    except OperationalError:
        raise
    except (CredentialNotFound, CredentialUserMismatch) as error:
        raise Refused("This key isn’t one of your account’s. Use another one.", "not a key of the account") from error
    except Exception as error:  # as above
        if _counter_went_back(request.user, data):
            raise Refused(
                "This key may have been copied: it counts its uses, and the count went back. Use another way to sign in, then "
                "remove this key.",
                "its count went back, so it may have been copied",
            ) from error
        raise Refused("The key’s answer wasn’t accepted. Try again.", "an answer that doesn’t fit") from error
    return key


def _helper(request: HttpRequest) -> WebAuthnHelper:
    return WebAuthnCredential.get_webauthn_helper(request=request)


def _taken(request: HttpRequest, name: str) -> dict[str, Any]:
    """Return what was asked; it can be answered once, whatever comes of it. Raises Refused."""
    asked = request.session.pop(name, None)
    if not asked or time.time() - asked["at"] > ANSWERED_WITHIN_S:
        raise Refused("That took too long, or was sent twice. Try again.")
    return dict(asked)


def _counter_went_back(user: User, data: dict[str, Any]) -> bool:
    """Return whether the answer counts no more uses than the key had already (WebAuthn §6.1.1)."""
    try:
        answer = parse_authentication_credential_json(data)
        count = parse_authenticator_data(answer.response.authenticator_data).sign_count
        digest = WebAuthnCredential.get_credential_id_sha256(answer.raw_id)
        key = WebAuthnCredential.objects.get(user_id=user.pk, credential_id_sha256=digest)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - an answer that cannot be read counts nothing
        return False
    return bool(0 < key.sign_count >= count)
