"""The second factor at sign-in: a code from an app (TOTP, RFC 6238), or a recovery code that works once.

A user who has set one up is asked for it after the password. Until then, the session opens only the page that asks.
"""

import base64
from collections.abc import Callable
from typing import cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from hotpapers_site import password_tries
from hotpapers_site.accounts.events import Kind, note
from hotpapers_site.accounts.password import may_try
from hotpapers_site.sessions import locked_out

ASKED_FOR = "second_factor_asked_for"
"""Kept in the session from the password until the code."""
OPEN = ("/admin/second_factor/", "/admin/logout/", "/admin/jsi18n/")
CODES = 10
"""How many recovery codes are made at once."""


def app_of(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice | None:
    """Return the app that the user has set up; None if there is no second factor."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    return found


@receiver(user_logged_in)
def ask_after_password(request: HttpRequest, user: User, **_: object) -> None:
    if app_of(user):
        request.session[ASKED_FOR] = True


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: between password and code, a session belongs to nobody. Readers' pages read none, but where a draft may be
    looked at, so theirs is read no earlier than they ask whose it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            user = request.user
            whose = SimpleLazyObject(lambda: AnonymousUser() if request.session.get(ASKED_FOR) else user)
            request.user = cast("User | AnonymousUser", whose)
        elif request.path not in OPEN and request.session.get(ASKED_FOR):
            if request.method == "GET" and "text/html" in request.headers.get("Accept", "text/html"):
                return redirect(f"{reverse('second-factor')}?{urlencode({'next': request.get_full_path()})}")
            request.user = AnonymousUser()
        return get_response(request)

    return middleware


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20,
        help_text="Six digits from your app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split()).lower()


@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then redirect to `?next=`."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("admin:index")
    if not request.session.get(ASKED_FOR) or not request.user.is_authenticated:
        return redirect(onward)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if not may_try(request):
            return locked_out(request, HttpResponse(), {})
        if form.is_valid():
            if device := match_token(request.user, form.cleaned_data["code"]):
                del request.session[ASKED_FOR]
                request.session.cycle_key()
                password_tries.forget_tries(request, request.user)
                if isinstance(device, StaticDevice):
                    left = StaticToken.objects.filter(device=device).count()
                    note(Kind.RECOVERY_CODE, request.user, request, f"{left} left")
                return redirect(onward)
            note(Kind.WRONG_CODE, request.user, request)
            form.add_error("code", "This code isn’t right, was used before, or is too old. Wait for the next one and try again.")
    return render(request, "admin/second_factor.html", {**admin.site.each_context(request), "form": form})


def begin(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice:
    """Return an app that is not confirmed yet; each time with a new secret."""
    TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).delete()
    begun: TOTPDevice = TOTPDevice.objects.create(user_id=user.pk, name="app", confirmed=False)
    return begun


def begun(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice | None:
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).first()
    return found


def confirm(device: TOTPDevice, code: str) -> list[str]:
    """If the code is right, make the app the user's second factor and return new recovery codes; otherwise return none."""
    with transaction.atomic():
        locked = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        if not (locked.verify_is_allowed()[0] and locked.verify_token(code)):
            return []
        TOTPDevice.objects.filter(user=locked.user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=locked.pk).update(confirmed=True)
        return make_codes(locked.user)


def make_codes(user: AbstractBaseUser | AnonymousUser) -> list[str]:
    """Return new recovery codes; earlier ones become invalid. Each works once. They are shown now and never again."""
    with transaction.atomic():
        StaticDevice.objects.filter(user_id=user.pk).delete()
        device = StaticDevice.objects.create(user_id=user.pk, name="recovery codes", confirmed=True)
        codes = [StaticToken.random_token().lower() + StaticToken.random_token().lower() for _ in range(CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def remove(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Remove the user's second factor and recovery codes; return whether there was one."""
    removed: bool = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).delete()[0] > 0
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()
    return removed


def codes_left(user: AbstractBaseUser | AnonymousUser) -> int:
    """Return how many of the user's recovery codes are unused."""
    return int(StaticToken.objects.filter(device__user_id=user.pk).count())


def secret_text(device: TOTPDevice) -> str:
    """Return the app's secret in base32, as apps take it (RFC 4648 §6)."""
    return base64.b32encode(device.bin_key).decode().rstrip("=")
