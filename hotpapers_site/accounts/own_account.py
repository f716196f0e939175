"""A user's own account: the second factor, the open sessions, and the latest events."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django_otp.plugins.otp_totp.models import TOTPDevice

from digests.models import NoticesByMail, Received
from hotpapers_site import password_tries
from hotpapers_site.accounts import second_factor
from hotpapers_site.accounts.events import Kind, note
from hotpapers_site.accounts.password import FRESH_FOR_S, may_try
from hotpapers_site.models import SecurityEvent
from hotpapers_site.notices import mail_is_set
from hotpapers_site.sessions import locked_out


class MailForm(forms.Form):
    address = forms.EmailField(max_length=254)


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
    """Return the user's open sessions, last used first."""
    found = []
    for row in Session.objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:MOST_SESSIONS]:
        data = row.get_decoded()
        if data.get("_auth_user_id") == str(user.pk):
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


def _page(request: HttpRequest, *, codes: list[str] | None = None) -> HttpResponse:
    app, begun = second_factor.app_of(request.user), second_factor.begun(request.user)
    context = {
        **admin.site.each_context(request),
        "app": app,
        "begun": begun if not codes else None,
        "qr": segno.make(begun.config_url, error="m").svg_data_uri(scale=4, border=2) if begun else "",
        "secret": _in_fours(begun) if begun else "",
        "form": second_factor.CodeForm(),
        "codes": codes,
        "codes_left": second_factor.codes_left(request.user) if app else 0,
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
    form, begun = second_factor.CodeForm(request.POST), second_factor.begun(request.user)
    if not begun or not form.is_valid():
        messages.error(request, "Enter the six digits that your app shows.")
        return None
    if not may_try(request):
        return locked_out(request, HttpResponse(), {})
    codes = second_factor.confirm(begun, form.cleaned_data["code"])
    if not codes:
        messages.error(request, "This code isn’t right. Check your phone’s clock, and enter the code that the app shows now.")
        return None
    password_tries.forget_tries(request, request.user)
    end_sessions(request.user, but=request.session.session_key)
    note(Kind.FACTOR_ADDED, request.user, request)
    messages.success(request, "From now on you are asked for a code when you sign in. Your other sessions were ended.")
    return _page(request, codes=codes)


def _make_codes(request: HttpRequest) -> HttpResponse | None:
    if not second_factor.app_of(request.user):
        return None
    note(Kind.CODES_MADE, request.user, request)
    return _page(request, codes=second_factor.make_codes(request.user))


def _remove(request: HttpRequest) -> None:
    if second_factor.remove(request.user):
        note(Kind.FACTOR_REMOVED, request.user, request)
        messages.success(request, "The second factor is removed: your password alone signs you in.")


def _end(request: HttpRequest) -> None:
    ended = end_sessions(request.user, but=request.session.session_key, handle=request.POST.get("session", ""))
    if ended:
        note(Kind.SESSIONS_ENDED, request.user, request, str(ended))
    messages.success(request, f"{ended} {'session' if ended == 1 else 'sessions'} ended.")


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
    "end_sessions": _end,
    "notices_by_mail": _notices_by_mail,
    "no_mail": _no_mail,
}
NEEDS_PASSWORD = (_begin, _make_codes, _remove)
