"""Answers to the desk's requests: JSON with the rows that changed, and the small parts of the page around them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from digests.desk.filters import Filters
from digests.desk.request_body import Body, read_body, versions
from digests.desk.rows.changed import changed_rows
from digests.desk.state import Desk, read_desk
from digests.editing.conflicts import Conflict, Refused
from papers import clock
from papers.fetching import NotFetched, Unknown

VIEW, EDIT, PUBLISH = "digests.view_digest", "digests.change_digest", "digests.publish_digest"
PARTS = ("head", "tools", "candidates_head", "candidates_foot", "list_head", "list_foot")
"""Names of the parts; each is rendered from `admin/desk/_<name>.html`. The check is requested separately
(`views/publication.py`)."""
Act = Callable[[HttpRequest, date, Body], HttpResponse | str]
"""An action. It returns what it did in words, which is answered together with the changed rows, or an answer of its own."""


@dataclass(frozen=True)
class DeskAction:
    """The view of one action: a POST with a JSON object, by a member of staff with this right.

    A refusal is answered with 400, a conflict with 409 and what is there now.
    """

    right: str
    act: Act

    @property
    def name(self) -> str:
        return self.act.__name__

    def __call__(self, request: HttpRequest, day: date, **_: Any) -> HttpResponse:
        response: HttpResponse = _post(request, day, self)
        return response


def desk_action(right: str) -> Callable[[Act], DeskAction]:
    return lambda act: DeskAction(right, act)


@gzip_page
@never_cache
@require_POST
def _post(request: HttpRequest, day: date, action: DeskAction) -> HttpResponse:
    if refusal := refused(request, action.right):
        return refusal
    body: Body = {}
    try:
        body = read_body(request)
        done = action.act(request, day, body)
        return answer(request, day, done, body) if isinstance(done, str) else done
    except Refused as refusal:
        return error(str(refusal))
    except Unknown as unknown:
        return error(str(unknown), status=404)
    except NotFetched as failure:
        return error(str(failure), status=502)
    except Conflict as conflict:
        told = {"conflict": as_told(conflict, body), **standing(request, desk_of(request, day), body)}
        return JsonResponse(told, status=409)


def refused(request: HttpRequest, right: str) -> JsonResponse | None:
    """Return the answer to somebody who may not do it, or None for somebody who may.

    The desk says whose page it is: what an editor typed is not saved in the name of who signed in there since.
    """
    user = request.user
    if request.headers.get("X-Editor", str(user.pk)) != str(user.pk):
        return error("You’re signed out here. Sign in again in another tab, then continue here. Nothing is lost.", status=401)
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return error("You’re signed out. Sign in again in another tab, then continue here. Nothing is lost.", status=401)
    if not user.has_perm(right):
        return error("You don’t have permission to do this. Ask an administrator.", status=403)
    return None


def desk_part(right: str) -> Callable[[Callable[..., str]], Callable[..., HttpResponse]]:
    """The view of a part of the page, as HTML: for members of staff with this right, read anew each time."""

    def made(show: Callable[..., str]) -> Callable[..., HttpResponse]:
        @gzip_page
        @never_cache
        @require_safe
        @wraps(show)
        def view(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            return refused(request, right) or HttpResponse(show(request, *args, **named))

        return view

    return made


def error(sentence: str, *, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def answer(
    request: HttpRequest,
    day: date,
    said: str,
    body: Body,
    *,
    desk: Desk | None = None,
    parts: Mapping[str, str] | None = None,
    **more: Any,
) -> JsonResponse:
    """Answer that it is done. `said` is for the live region of screen readers; `parts` are already rendered."""
    found = standing(request, desk or desk_of(request, day), body)
    html = found["html"] | dict(parts or {})
    return JsonResponse({**found, "saved_at": clock.now().isoformat(), "said": said, "html": html, **more})


def standing(request: HttpRequest, desk: Desk, body: Body) -> dict[str, Any]:
    """Return the list and the candidates as they are now: only rows whose version the page does not have (`have` in the body)."""
    return {
        "revision": desk.revision,
        "pulse": desk.pulse,
        "html": {name: part(request, name, desk=desk) for name in PARTS},
        "rows": changed_rows(desk, versions(body)),
    }


def as_told(conflict: Conflict, body: Body) -> dict[str, Any]:
    return {
        "what": conflict.what,
        "base": conflict.base,
        "mine": conflict.mine,
        "theirs": conflict.theirs,
        "by": conflict.by,
        "at": conflict.at.isoformat() if conflict.at else None,
        "retry": {**without_versions(body), **conflict.overrule} if conflict.overrule is not None else None,
    }


def without_versions(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "have"}


def desk_of(request: HttpRequest, day: date) -> Desk:
    """Return the desk with the filters in the page's address, which each request repeats in its own address."""
    return read_desk(day, user_of(request), Filters.read(request.GET), now=clock.now())


def user_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a view of the desk was reached by nobody")
    return request.user


def part(request: HttpRequest, name: str, **context: Any) -> str:
    return render_to_string(f"admin/desk/_{name}.html", context, request)
