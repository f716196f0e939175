"""The second factor at sign-in: a security key or passkey, a code from an app (TOTP, RFC 6238), or a recovery code.

A user who has set one up is asked for it after the password. Until then, the session opens only the page that asks. Recovery
codes work once. A key never replaces the password.
"""

import base64
import re
from collections.abc import Callable
from typing import Any, cast

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
from django_otp import match_token, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from hotpapers_site import password_tries
from hotpapers_site.accounts import keys
from hotpapers_site.accounts.events import Kind, note
from hotpapers_site.accounts.password import may_try
from hotpapers_site.sessions import locked_out

ASKED_FOR = "second_factor_asked_for"
"""Kept in the session from the password until the second factor."""
OPEN = ("/admin/second_factor/", "/admin/logout/", "/admin/jsi18n/")
WRONG = "This code isn’t right, was used before, or is too old. Check your phone’s clock, wait for the next code and try again."
CODES = 10
"""How many recovery codes are made at once."""


def app_of(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice | None:
    """Return the app that the user has set up."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    return found


@receiver(user_logged_in)
def ask_after_password(request: HttpRequest, user: User, **_: object) -> None:
    if user_has_device(user):
        request.session[ASKED_FOR] = True


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: between password and second factor, a session belongs to nobody. On readers' pages, the session is read only
    if the page asks for the user, which it does where a draft may be shown."""

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
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, help_text: str, is_first: bool = True) -> None:
        super().__init__(*args)
        self.fields["code"].help_text = help_text
        if not is_first:
            del self.fields["code"].widget.attrs["autofocus"]

    def clean_code(self) -> str:
        return re.sub(r"[\s-]", "", str(self.cleaned_data["code"])).lower()


@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a key or a code, whatever the user has, then redirect to `?next=`."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("admin:index")
    if not request.session.get(ASKED_FOR) or not request.user.is_authenticated:
        return redirect(onward)
    has_key, has_app = keys.has_key(request.user), app_of(request.user) is not None
    codes = "Six digits from your app, or one of your recovery codes." if has_app else "One of your recovery codes."
    form = CodeForm(request.POST if "code" in request.POST else None, help_text=codes, is_first=not has_key)
    trouble = ""
    if request.method == "POST":
        if not may_try(request):
            return locked_out(request, HttpResponse(), {})
        if "key" in request.POST:
            trouble = _why_no_key(request)
            if not trouble:
                return redirect(onward)
        elif form.is_valid() and _is_code(request, form):
            return redirect(onward)
    context = {
        **admin.site.each_context(request),
        "form": form if has_app or codes_left(request.user) else None,
        "has_app": has_app,
        "has_key": has_key,
        "key_options": keys.ask(request) if has_key and keys.is_here(request) else None,
        "place_of_keys": keys.place(),
        "trouble": trouble,
    }
    return render(request, "admin/second_factor.html", context)


def _why_no_key(request: HttpRequest) -> str:
    """Let the user in if the key is right; otherwise return why it is not."""
    try:
        keys.check(request, request.POST["key"])
    except keys.Refused as refused:
        if refused.detail:
            note(Kind.WRONG_KEY, request.user, request, refused.detail)
        return str(refused)
    _let_in(request)
    note(Kind.SIGNED_IN, request.user, request, "with a key")
    return ""


def _is_code(request: HttpRequest, form: CodeForm) -> bool:
    """Let the user in if the code is right; otherwise say so in the form."""
    if device := match_token(request.user, form.cleaned_data["code"]):
        _let_in(request)
        if isinstance(device, StaticDevice):
            left = StaticToken.objects.filter(device=device).count()
            note(Kind.RECOVERY_CODE, request.user, request, f"{left} left")
        else:
            note(Kind.SIGNED_IN, request.user, request, "with a code")
        return True
    note(Kind.WRONG_CODE, request.user, request)
    form.add_error("code", WRONG)
    return False


def _let_in(request: HttpRequest) -> None:
    del request.session[ASKED_FOR]
    request.session.cycle_key()
    password_tries.forget_tries(request, request.user)


def begin(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice:
    """Return an app that is not confirmed yet; each time with a new secret."""
    TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).delete()
    begun: TOTPDevice = TOTPDevice.objects.create(user_id=user.pk, name="app", confirmed=False)
    return begun


def begun(user: AbstractBaseUser | AnonymousUser) -> TOTPDevice | None:
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).first()
    return found


def confirm(device: TOTPDevice, code: str) -> bool:
    """Make the app the user's second factor if the code is right; return whether it is."""
    with transaction.atomic():
        locked = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        if not (locked.verify_is_allowed()[0] and locked.verify_token(code)):
            return False
        TOTPDevice.objects.filter(user=locked.user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=locked.pk).update(confirmed=True)
        return True


def first_codes(user: AbstractBaseUser | AnonymousUser) -> list[str]:
    """Return recovery codes if the user has none yet; otherwise return none, and those that there are stay valid."""
    return [] if codes_left(user) else make_codes(user)


def make_codes(user: AbstractBaseUser | AnonymousUser) -> list[str]:
    """Return new recovery codes; earlier ones become invalid. Each works once. They are shown now and never again."""
    with transaction.atomic():
        StaticDevice.objects.filter(user_id=user.pk).delete()
        device = StaticDevice.objects.create(user_id=user.pk, name="recovery codes", confirmed=True)
        codes = [StaticToken.random_token().lower() + StaticToken.random_token().lower() for _ in range(CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def has_one(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Return whether the user has an app or a key: recovery codes alone are no second factor."""
    return app_of(user) is not None or keys.has_key(user)


def remove(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Remove the user's app, keys and recovery codes; return whether there was any."""
    with transaction.atomic():
        had_any: bool = user_has_device(user)
        keys.remove_all(user)
        remove_app(user)
        forget_codes(user)
    return had_any


def remove_app(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Remove the user's app, confirmed or begun; return whether there was a confirmed one."""
    removed: bool = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).delete()[0] > 0
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    return removed


def forget_codes(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Remove the recovery codes if neither app nor key is left; return whether so."""
    if has_one(user):
        return False
    StaticDevice.objects.filter(user_id=user.pk).delete()
    return True


def codes_left(user: AbstractBaseUser | AnonymousUser) -> int:
    """Return how many of the user's recovery codes are unused."""
    return int(StaticToken.objects.filter(device__user_id=user.pk).count())


def secret_text(device: TOTPDevice) -> str:
    """Return the app's secret in base32, as apps take it (RFC 4648 §6)."""
    return base64.b32encode(device.bin_key).decode().rstrip("=")
