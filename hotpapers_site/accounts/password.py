"""A user's own password, and the protection of accounts: only somebody who gave a password a short while ago may change them."""

import time
from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache

from hotpapers_site import password_tries
from hotpapers_site.accounts import events
from hotpapers_site.sessions import client_address, locked_out

FRESH_FOR_S = 600
"""For this long after a password was given, pages of accounts open."""
FORM_FOR_S = 1200
"""For this long a form may be sent, since filling it in takes time."""
ACCOUNTS = ("auth_user_", "auth_group_")
LOOKING = ("auth_user_changelist", "auth_group_changelist", "auth_user_history", "auth_group_history")
"""Pages that change nothing unless something is posted to them."""


@admin.site.admin_view
def password_change(request: HttpRequest) -> HttpResponse:
    """Show the admin's page for one's own password; the old password may be tried as rarely as at sign-in."""
    if request.method != "POST":
        return admin.site.password_change(request)
    if not may_try(request):
        return locked_out(request, HttpResponse(), {})
    response = admin.site.password_change(request)
    if response.status_code == 302:
        password_tries.forget_tries(request, request.user)
    return response


def may_try(request: HttpRequest) -> bool:
    """Count a try of one's own password; return False if there were too many."""
    return password_tries.count(password_tries.limits(request.user.get_username(), client_address(request)), timezone.now())


class PasswordForm(forms.Form):
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}), strip=False, max_length=4096
    )

    def __init__(self, user: AbstractBaseUser, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("This isn’t your password.")
        return password


@never_cache
def confirm_password(request: HttpRequest) -> HttpResponse:
    """Ask for the password again, then redirect to `?next=`."""
    if not (request.user.is_authenticated and request.user.is_staff):
        return redirect(f"{reverse('admin:login')}?{urlencode({'next': request.get_full_path()})}")
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("admin-all")
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST":
        if not may_try(request):
            return locked_out(request, HttpResponse(), {})
        if form.is_valid():
            password_tries.forget_tries(request, request.user)
            request.session["password_at"] = int(time.time())
            return redirect(onward)
    return render(request, "admin/confirm_password.html", {**admin.site.each_context(request), "form": form})


class FreshPasswordMiddleware:
    """Keeps somebody who finds an open browser from changing accounts; lists can be edited. Also keeps the request at hand, so
    that security events say who changed what."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = events.asking.set(request)
        try:
            return self._get_response(request)
        finally:
            events.asking.reset(token)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        match = request.resolver_match
        name = match.url_name or "" if match and match.app_name == "admin" else ""
        if not name.startswith(ACCOUNTS) or (name in LOOKING and request.method != "POST") or not request.user.is_authenticated:
            return None
        age_s = time.time() - request.session.get("password_at", 0)
        if age_s < (FORM_FOR_S if request.method == "POST" else FRESH_FOR_S):
            return None
        return redirect(f"{reverse('confirm-password')}?{urlencode({'next': request.get_full_path()})}")
