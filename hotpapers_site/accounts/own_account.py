"""A user's own account: app, keys and recovery codes of the second factor, the open sessions, and the latest events."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from digests.models import NoticesByMail, Received
from hotpapers_site import password_tries
from hotpapers_site.accounts import keys, second_factor
from hotpapers_site.accounts.events import Kind, note
from hotpapers_site.accounts.password import FRESH_FOR_S, may_try
from hotpapers_site.models import SecurityEvent
from hotpapers_site.sending_notices import mail_is_set
from hotpapers_site.sessions import locked_out
from papers.form_fields import refuse_control_characters
from papers.plurals import counted


class MailForm(forms.Form):
    address = forms.EmailField(max_length=254)


class KeyForm(forms.Form):
    name = forms.CharField(max_length=64, validators=[refuse_control_characters])

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


MOST_SESSIONS = 1_000
"""The most sessions of all users that are searched, those that last longest first."""
EVENTS = 20


@dataclass(frozen=True)
class OpenSession:
    handle: str
    """Names it in a form. Its key, which opens it, never leaves the server."""
    key: str
    began_at: datetime
    used_at: datetime
    address: str
    browser: str


def sessions_of(user: AbstractBaseUser | AnonymousUser) -> list[OpenSession]:
    """Return the user's open sessions, last used first. Those from before the password changed open nothing any more."""
    found, of_password = [], cast("User", user).get_session_auth_hash()
    for row in Session.objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:MOST_SESSIONS]:
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk) and data.get(HASH_SESSION_KEY) == of_password:
            began, used = (datetime.fromtimestamp(data.get(name, 0), UTC) for name in ("began_at", "used_at"))
            handle = hashlib.sha256(row.session_key.encode()).hexdigest()[:16]
            found.append(OpenSession(handle, row.session_key, began, used, data.get("address", ""), data.get("browser", "")))
    return sorted(found, key=lambda one: one.used_at, reverse=True)


def end_sessions(user: AbstractBaseUser | AnonymousUser, *, but: str | None, handle: str = "") -> int:
    """End the user's sessions, all or the one with the handle, except the one with that key; return how many were ended."""
    ended = [one.key for one in sessions_of(user) if one.key != but and handle in ("", one.handle)]
    return Session.objects.filter(session_key__in=ended).delete()[0]


@never_cache
@admin.site.admin_view
def own_account(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        action = ACTIONS.get(request.POST.get("action", ""))
        if action is None:
            raise Http404("Unknown action")
        if action in NEEDS_PASSWORD and time.time() - request.session.get("password_at", 0) > FRESH_FOR_S:
            return redirect(f"{reverse('confirm-password')}?{urlencode({'next': reverse('own-account')})}")
        return action(request) or redirect("own-account")
    return _page(request)


def _page(request: HttpRequest, *, codes: list[str] | None = None, key_options: dict[str, Any] | None = None) -> HttpResponse:
    app, begun = second_factor.app_of(request.user), second_factor.begun(request.user)
    context = {
        **admin.site.each_context(request),
        "app": app,
        "begun": begun if not codes else None,
        "qr": segno.make(begun.config_url, error="m").svg_data_uri(scale=4, border=2) if begun else "",
        "secret": _in_fours(begun) if begun else "",
        "form": second_factor.CodeForm(help_text="Six digits from your app.", is_first=not key_options),
        "codes": codes,
        "codes_left": second_factor.codes_left(request.user),
        "keys": keys.keys_of(request.user),
        "key_options": key_options,
        "keys_work": keys.is_here(request),
        "place_of_keys": keys.place(),
        "sessions": sessions_of(request.user),
        "own_key": request.session.session_key,
        "mail": NoticesByMail.objects.filter(editor=request.user.pk).first(),
        "mail_is_set": mail_is_set(),
        "events": SecurityEvent.objects.filter(user=request.user.pk).select_related("by")[:EVENTS],
    }
    return render(request, "admin/own_account.html", context)


def _in_fours(device: TOTPDevice) -> str:
    """Return the secret in groups of four, as people type it into an app."""
    text = second_factor.secret_text(device)
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _begin(request: HttpRequest) -> None:
    second_factor.begin(request.user)


def _cancel(request: HttpRequest) -> None:
    TOTPDevice.objects.filter(user_id=request.user.pk, confirmed=False).delete()


def _confirm(request: HttpRequest) -> HttpResponse | None:
    form, begun = second_factor.CodeForm(request.POST, help_text=""), second_factor.begun(request.user)
    if not begun or not form.is_valid():
        messages.error(request, "Enter the six digits that your app shows.")
        return None
    if not may_try(request):
        return locked_out(request, HttpResponse(), {})
    if not second_factor.confirm(begun, form.cleaned_data["code"]):
        messages.error(request, "This code isn’t right. Check your phone’s clock, and enter the code that the app shows now.")
        return None
    note(Kind.FACTOR_ADDED, request.user, request)
    return _added(request, "The app")


def _added(request: HttpRequest, what: str) -> HttpResponse:
    """End the sessions for which the password alone was enough, and show recovery codes if there are none yet."""
    password_tries.forget_tries(request, request.user)
    end_sessions(request.user, but=request.session.session_key)
    says = "From now on you are asked for your second factor when you sign in. Your other sessions were ended."
    messages.success(request, f"{what} is set up. {says}")
    return _page(request, codes=second_factor.first_codes(request.user))


def _make_codes(request: HttpRequest) -> HttpResponse | None:
    if not second_factor.has_one(request.user):
        return None
    note(Kind.CODES_MADE, request.user, request)
    return _page(request, codes=second_factor.make_codes(request.user))


def _remove(request: HttpRequest) -> None:
    if second_factor.remove_app(request.user):
        note(Kind.FACTOR_REMOVED, request.user, request, "the app")
        _removed(request, "The app")


def _removed(request: HttpRequest, what: str) -> None:
    is_last = second_factor.forget_codes(request.user)
    says = "From now on your password alone signs you in." if is_last else "Your second factor is what is left."
    messages.success(request, f"{what} is removed. {says}")


def _begin_key(request: HttpRequest) -> HttpResponse | None:
    if not keys.is_here(request):
        messages.error(request, f"Security keys can be set up only at {keys.place() or 'a site with a name and HTTPS'}.")
        return None
    return _page(request, key_options=keys.ask_for_new(request))


def _add_key(request: HttpRequest) -> HttpResponse | None:
    form = KeyForm(request.POST)
    if not may_try(request):
        return locked_out(request, HttpResponse(), {})
    if not form.is_valid():
        messages.error(request, "Give the key a name of at most 64 characters, then add it again.")
        return None
    try:
        key = keys.add(request, request.POST.get("key", ""), form.cleaned_data["name"])
    except keys.Refused as refused:
        messages.error(request, str(refused))
        return None
    note(Kind.KEY_ADDED, request.user, request, key.name)
    return _added(request, f"“{key.name}”")


def _own_key(request: HttpRequest) -> WebAuthnCredential:
    number = request.POST.get("number", "")
    found = [key for key in keys.keys_of(request.user) if str(key.pk) == number]
    if not found:
        raise Http404("No such key")
    return found[0]


def _rename_key(request: HttpRequest) -> None:
    key, form = _own_key(request), KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the key a name of at most 64 characters.")
    elif (name := form.cleaned_data["name"]) != key.name:
        note(Kind.KEY_RENAMED, request.user, request, f"{key.name} → {name}")
        key.name = name
        key.save(update_fields=["name"])
        messages.success(request, f"The key is now called “{name}”.")


def _remove_key(request: HttpRequest) -> None:
    key = _own_key(request)
    key.delete()
    note(Kind.KEY_REMOVED, request.user, request, key.name)
    _removed(request, f"“{key.name}”")


def _end(request: HttpRequest) -> None:
    ended = end_sessions(request.user, but=request.session.session_key, handle=request.POST.get("session", ""))
    if ended:
        note(Kind.SESSIONS_ENDED, request.user, request, str(ended))
    messages.success(request, f"{counted(ended, 'session')} ended.")


def _notices_by_mail(request: HttpRequest) -> HttpResponse | None:
    form = MailForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter the address to which notices are to be sent, like ann@papers.example.")
        return None
    NoticesByMail.objects.update_or_create(editor_id=request.user.pk, defaults={"address": form.cleaned_data["address"]})
    messages.success(request, "From now on notices are also sent to this address.")
    return None


def _no_mail(request: HttpRequest) -> None:
    NoticesByMail.objects.filter(editor=request.user.pk).delete()
    Received.objects.filter(editor=request.user.pk, is_mail_due=True).update(is_mail_due=False)
    messages.success(request, "Notices are no longer sent by mail.")


ACTIONS: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "begin": _begin,
    "cancel": _cancel,
    "confirm": _confirm,
    "make_codes": _make_codes,
    "remove": _remove,
    "begin_key": _begin_key,
    "add_key": _add_key,
    "rename_key": _rename_key,
    "remove_key": _remove_key,
    "end_sessions": _end,
    "notices_by_mail": _notices_by_mail,
    "no_mail": _no_mail,
}
NEEDS_PASSWORD = (_begin, _make_codes, _remove, _begin_key, _add_key, _rename_key, _remove_key)
