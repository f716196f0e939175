"""Answers with finished pages before any other work: first in Django's middleware, and before Django itself where possible."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from digests.models import Digest
from digests.page_cache.cache import Key, PageCache
from digests.page_cache.finished import Answer, Page, finish
from papers.models import Paper

View = TypeVar("View", bound=Callable[..., object])
EVER = "*"
"""For `shows`, all times."""
MOST_MONTHS = 11
LONGEST_HOST = 300
"""Of a Host header, port included."""
NEVER = ("/admin/", settings.STATIC_URL)
# The sandbox shows its running clock on every page.
cache = PageCache(0 if settings.SANDBOX_CLOCK else settings.PAGE_CACHE_MIB * 1024 * 1024)


def shows(
    response: HttpResponse,
    *,
    digests: Iterable[Digest] = (),
    papers: Iterable[Paper] = (),
    texts_of: Iterable[Paper | int] = (),
    appearances_of: Iterable[Paper] = (),
    ranks_of: Iterable[date] = (),
    days: Iterable[date | str] = (),
    categories: Iterable[str] = (),
    lists_of: Iterable[str] = (),
    papers_listed: Iterable[str] = (),
    days_beside: Iterable[Digest] = (),
) -> HttpResponse:
    """Declare what the response shows: these digests (rows, entries and neighbours), papers (texts, counts, tweets, and the
    digests that list them), of some papers no more than texts and categories, or which lists have them, the ranks of listing
    days, how days were collected, which published papers are of categories, something of any list of a time, which papers the
    lists of a time have and in which order, which days are next to a digest, and nothing else. A time is a day, a month
    (`2021-05`), a year (`2021`), or `*` for ever; `days` may name some, too. A response that declares nothing is made again after
    every change.
    """
    subjects = [f"digest:{one.date}" for one in digests]
    subjects += [f"paper:{one.pk}" for one in papers]
    subjects += [f"text:{one.pk if isinstance(one, Paper) else one}" for one in texts_of]
    subjects += [f"appears:{one.pk}" for one in appearances_of]
    subjects += [f"ranks:{day}" for day in ranks_of] + [f"day:{day}" for day in days]
    subjects += [f"category:{code}" for code in categories]
    subjects += [f"digest:{time}" for time in lists_of] + [f"listed:{time}" for time in papers_listed]
    subjects += [f"beside:{one.date}" for one in days_beside]
    response.page_subjects = frozenset(subjects)  # type: ignore[attr-defined]
    return response


def times(since: date | None, until: date | None) -> list[str]:
    """The months from a day to another, or the years where these are fewer, or all times: as `shows` takes them."""
    if since is None or until is None:
        return [EVER]
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    if last - first < MOST_MONTHS:
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
    years = range(since.year, until.year + 1)
    return [f"{year:04}" for year in years] if len(years) <= MOST_MONTHS else [EVER]


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
        with cache.rendering() as rendering:
            response = self._get_response(request)
            if getattr(response, "database_is_away", False):
                cache.database_failed()
                return _stale(kept, environ) if (kept := cache.kept(key)) else response
            if (page := finish(response)) is None:
                return response
            if _reads_all(request):
                cache.put(key, page, rendering)
        return _response(page, environ)


def held_answer(environ: dict[str, Any], *, wait: bool = True) -> Answer | None:
    """The answer to a request with these WSGI variables from a held page. None if Django has to make it and, without `wait`,
    also if finding out would take a moment."""
    key = _key(environ)
    page = cache.get(key, wait=wait) if key else None
    return page.answer(environ) if page else None


def before(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, with held pages answered before it: Django's handler alone takes a third of the time of a whole
    answer."""

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if (held := held_answer(environ)) is None:
            return application(environ, start_response)
        status, headers, body = held
        start_response(STATUS_LINES[status], headers)
        return [body]

    return answer


STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)}


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


def reads_query(*names: str) -> Callable[[View], View]:
    """Marks a view that reads these parts of an address's query. Pages with any other part are not held, so that nobody fills
    the memory by inventing addresses of one page."""

    def mark(view: View) -> View:
        view.query_names = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


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
