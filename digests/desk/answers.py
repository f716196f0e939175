"""What the desk's requests are answered: JSON with rendered parts of the page."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from digests.desk.body import Body, read_body
from digests.desk.filters import Filters
from digests.desk.state import Desk, read_desk
from digests.editing.conflicts import Conflict, Refused
from papers import clock
from papers.fetching import NotFetched, Unknown

PARTS = ("list", "candidates", "head")
"""Each is rendered from `admin/desk/_<name>.html`, with the desk. The check (`publishing_views.checks`) is asked for."""
Act = Callable[[HttpRequest, date, Body], HttpResponse]


def desk_action(right: str) -> Callable[[Act], Callable[..., HttpResponse]]:
    """A view of one action: a POST with a JSON object, by a member of staff with this right.

    Errors become answers: a conflict 409, a refusal 400; `html` shows what is there now.
    """

    def decorate(act: Act) -> Callable[..., HttpResponse]:
        @wraps(act)
        @never_cache
        @require_POST
        def view(request: HttpRequest, day: date, **_: Any) -> HttpResponse:
            if refusal := refused(request, right):
                return refusal
            body: Body = {}
            try:
                body = read_body(request)
                return act(request, day, body)
            except Refused as refusal:
                return error(str(refusal))
            except Unknown as unknown:
                return error(str(unknown), status=404)
            except NotFetched as failure:
                return error(str(failure), status=502)
            except Conflict as conflict:
                return conflicting(request, day, body, conflict)

        return view

    return decorate


def refused(request: HttpRequest, right: str) -> JsonResponse | None:
    """The answer to somebody who may not do it; None for those who may."""
    user = request.user
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return error("You’re signed out. Sign in again in another tab, then continue here. Nothing is lost.", status=401)
    if not user.has_perm(right):
        return error("You don’t have permission to do this. Ask an administrator.", status=403)
    return None


def error(sentence: str, *, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def answer(
    request: HttpRequest, day: date, said: str, parts: Iterable[str] = PARTS, *, desk: Desk | None = None, **html: str
) -> JsonResponse:
    """It is done. `said` is for the live region of screen readers; `html` holds parts that are rendered already."""
    desk = desk or desk_of(request, day)
    saved = {"revision": desk.revision, "pulse": desk.pulse, "saved_at": clock.now().isoformat(), "said": said}
    return JsonResponse({**saved, "html": rendered(request, desk, parts) | html})


def conflicting(request: HttpRequest, day: date, body: Body, conflict: Conflict) -> JsonResponse:
    desk = desk_of(request, day)
    told = {
        "what": conflict.what,
        "base": conflict.base,
        "mine": conflict.mine,
        "theirs": conflict.theirs,
        "by": conflict.by,
        "at": conflict.at.isoformat() if conflict.at else None,
        "retry": {**body, **conflict.overrule} if conflict.overrule is not None else None,
    }
    html = rendered(request, desk, PARTS)
    return JsonResponse({"conflict": told, "revision": desk.revision, "pulse": desk.pulse, "html": html}, status=409)


def desk_of(request: HttpRequest, day: date) -> Desk:
    """The desk with the filters of the page's address, which a request repeats in its own."""
    return read_desk(day, user_of(request), Filters.read(request.GET), now=clock.now())


def user_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a view of the desk was reached by nobody")
    return request.user


def rendered(request: HttpRequest, desk: Desk, parts: Iterable[str]) -> dict[str, str]:
    return {name: part(request, name, desk=desk) for name in parts}


def part(request: HttpRequest, name: str, **context: Any) -> str:
    return render_to_string(f"admin/desk/_{name}.html", context, request)
