"""Pages for errors. Django's own pages read the request's form first; if that is what is wrong with the request, they fail,
too."""

import logging
import re
import sys
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template import loader
from django.urls import Resolver404, is_valid_path
from django.views import csrf, defaults

from papers.database_errors import why_away

ADMIN_PAGE = re.compile(r"(?P<app>[a-z_]+?)_(?P<model>[a-z]+)_(?P<page>add|change|changelist|delete|history)")
"""The name of an admin page's address."""
RIGHT = {"changelist": "view", "history": "view"}
OWN_PAGES = {
    "system": "papers.change_savedrules",
    **dict.fromkeys(("desk", "calendar-month", "notices"), "digests.view_digest"),
}
"""The rights that pages of our own ask for, by the name of their address."""
RETRY_AFTER_S = 30
logger = logging.getLogger(__name__)


def unread(view: Any) -> Any:
    """Return the view without Django's decorator, which reads the form for a token that our pages do not show."""
    return view.__wrapped__


bad_request = unread(defaults.bad_request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead from an address with slashes too many at its end to the page that is meant; for all others say that there is none. The
    admin's addresses end with one: it leads to them. A page that says itself that there is nothing is believed. Editors are led
    back to the desk."""
    path, query = request.path_info.rstrip("/"), request.META.get("QUERY_STRING", "")
    is_unknown = isinstance(exception, Resolver404) and path != request.path_info
    if is_unknown and not path.startswith(("//", "/admin")) and is_valid_path(path or "/"):
        return HttpResponsePermanentRedirect(f"{path or '/'}?{query}" if query else path or "/")
    if request.path.startswith("/admin/") and getattr(request, "user", AnonymousUser()).is_staff:
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    response: HttpResponse = unread(defaults.page_not_found)(request, exception)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page for an error of ours. If only the database is away: 503, when to try again, and one line in the log."""
    if not (reason := why_away(sys.exception())):
        response: HttpResponse = unread(defaults.server_error)(request)
        return response
    logger.warning("The database does not answer, so %s %s got a 503: %s", request.method, request.path, reason)
    page = loader.render_to_string("503.html", {"is_editor": request.path.startswith("/admin/"), "path": request.path})
    away = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    away["Retry-After"] = str(RETRY_AFTER_S)
    away["Cache-Control"] = "no-store"
    away.database_is_away = True  # type: ignore[attr-defined]
    away._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the whole traceback
    return away


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say which roles may do it. Readers never see such a page, so they are told nothing."""
    if not request.path.startswith("/admin/"):
        response: HttpResponse = unread(defaults.permission_denied)(request, exception)
        return response
    context = {**admin.site.each_context(request), "roles": _roles(request), "why": str(exception)}
    return render(request, "admin/403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a request without its form's token. Only the admin has forms: other pages can be read, and nothing else."""
    if request.path.startswith("/admin/"):
        response: HttpResponse = csrf.csrf_failure(request, reason)
        return response
    return HttpResponseNotAllowed(["GET", "HEAD"])


def _roles(request: HttpRequest) -> list[str]:
    """Return the roles with the permission that the page asks for; empty if it does not ask for exactly one."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    if match and match.app_name == "admin" and (page := ADMIN_PAGE.fullmatch(name)):
        app, right = page["app"], f"{RIGHT.get(page['page'], page['page'])}_{page['model']}"
    elif name in OWN_PAGES:
        app, _, right = OWN_PAGES[name].partition(".")
    else:
        return []
    found = Group.objects.filter(permissions__codename=right, permissions__content_type__app_label=app)
    return list(found.order_by("name").values_list("name", flat=True).distinct())
