"""Answers with finished pages before any other work: first in Django's middleware, and before Django itself in rsgi.py."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from digests.page_cache.cache import Key, PageCache
from digests.page_cache.finished import Answer, Page, finish

LONGEST_HOST = 300
"""Of a Host header, port included."""
NEVER = ("/admin/", settings.STATIC_URL)
# The sandbox shows its running clock on every page.
cache = PageCache(0 if settings.SANDBOX_CLOCK else settings.PAGE_CACHE_MIB * 1024 * 1024)


class FinishedPagesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        environ = request.META
        if (key := _key(environ)) is None or connection.in_atomic_block:  # what an open transaction sees is for no one else
            return self._get_response(request)
        if held := cache.get(key):
            return _response(held, environ)
        if kept := cache.kept(key):
            return _stale(kept, environ)
        began = cache.moment
        response = self._get_response(request)
        if getattr(response, "database_is_away", False):
            cache.database_failed()
            return _stale(kept, environ) if (kept := cache.kept(key)) else response
        if (page := finish(response)) is None:
            return response
        if _reads_all(request):
            cache.put(key, page, began)
        return _response(page, environ)


def held_answer(environ: dict[str, Any]) -> Answer | None:
    """The answer to a request with these WSGI variables from a held page, for the event loop. None if Django has to make it, and
    also if finding out would take a moment."""
    key = _key(environ)
    page = cache.get(key, wait=False) if key else None
    return page.answer(environ) if page else None


def _key(environ: dict[str, Any]) -> Key | None:
    """What tells pages apart; None for what is never held.

    The host is not part of it: a page is the same for every name of the site, and other names are never answered.
    """
    path, host = environ["PATH_INFO"], environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    if (
        environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or path.startswith(NEVER)
        or len(host) > LONGEST_HOST
        or not _is_ours(host, *settings.ALLOWED_HOSTS)
    ):
        return None
    if settings.SECURE_PROXY_SSL_HEADER:
        header, value = settings.SECURE_PROXY_SSL_HEADER
        is_secure = environ.get(header) == value
    else:
        is_secure = environ["wsgi.url_scheme"] == "https"
    return "https" if is_secure else "http", path, environ.get("QUERY_STRING", "")


@lru_cache(maxsize=256)
def _is_ours(host: str, *names: str) -> bool:
    name, _ = split_domain_port(host)
    return bool(name) and validate_host(name, names)


def _reads_all(request: HttpRequest) -> bool:
    match = request.resolver_match
    return not request.GET or bool(match and set(request.GET) <= getattr(match.func, "query_names", frozenset()))


def _response(page: Page, environ: dict[str, Any]) -> HttpResponse:
    status, headers, body = page.answer(environ)
    return HttpResponse(body, status=status, headers=dict(headers))


def _stale(page: Page, environ: dict[str, Any]) -> HttpResponse:
    """A page from before the database went away: for this reader alone, so that nobody keeps it for longer."""
    response = _response(page, environ)
    response["Cache-Control"] = "no-store"
    return response
