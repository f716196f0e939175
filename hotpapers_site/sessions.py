"""Editors' sessions: they end some hours after they were last used; and the address from which somebody signs in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RENEW_EVERY_S = 600
"""A session is written at most this often, so that not every request writes to the database."""
POLL = "desk-state"
"""The request that an open desk sends by itself: it does not show that anybody is there."""


@receiver(user_logged_in)
def begin_use(request: HttpRequest, **_: object) -> None:
    now = int(time.time())
    request.session["began_at"] = request.session["password_at"] = now
    request.session["address"], request.session["browser"] = (
        client_address(request) or "",
        request.headers.get("User-Agent", "")[:200],
    )
    _use(request.session, now)


def _use(session: SessionBase, now: int) -> None:
    """Let it last SESSION_COOKIE_AGE (s) from now, but no longer than SESSION_LIFETIME since its user signed in."""
    session["used_at"] = now
    end = session.setdefault("began_at", now) + int(settings.SESSION_LIFETIME.total_seconds())
    session.set_expiry(datetime.fromtimestamp(min(now + settings.SESSION_COOKIE_AGE, end), UTC))


def keep_session_in_use(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a request that used its user prolongs the session. Readers' pages never use one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if request.session.accessed and "_auth_user_id" in request.session and not (match and match.view_name == POLL):
            now = int(time.time())
            if now - request.session.get("used_at", 0) >= RENEW_EVERY_S:
                _use(request.session, now)
        return response

    return middleware


def client_address(request: HttpRequest) -> str | None:
    """Return who asks: behind a proxy of ours, the last address that it added to X-Forwarded-For; otherwise the address of the
    connection."""
    claimed = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        claimed.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    for address in claimed:
        try:
            return str(ip_address(address))
        except ValueError:
            continue
    return None


def locked_out(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    """Answer somebody who failed too often; the answer is the same whether there is such a user or not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {**admin.site.each_context(request), "minutes": minutes}
    return render(request, "admin/locked_out.html", context, status=429)
