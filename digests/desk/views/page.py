"""The page of a day's desk, the poll by which it hears of changes, and the addresses that lead there."""

from datetime import UTC, date

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from digests.desk.context import visits
from digests.desk.keys import KEYS
from digests.desk.pulse import pulse
from digests.desk.responses import VIEW, desk_of, error, part, refused, user_of
from digests.desk.state import digests_of, newest_day
from digests.desk.views.previews import targets_told
from digests.editing import presence
from digests.editing.columns import TEXTS
from papers import clock


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the desk of the newest day of which we have anything."""
    return redirect("desk", newest_day(clock.now().astimezone(UTC).date()))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Open the admin on the desk, for users who may see it; the list of all its pages is at `admin-all`."""
    if request.user.has_perm(VIEW):
        return redirect("desk-home")
    return admin.site.index(request)


@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # previews; its types know no further arguments
@gzip_page
@require_safe
@permission_required(VIEW, raise_exception=True)
def page(request: HttpRequest, day: date) -> HttpResponse:
    presence.arrive(day, user_of(request))
    presence.forget()
    visits.arrive(day, user_of(request), now=clock.now())
    desk = desk_of(request, day)
    context = {
        **admin.site.each_context(request),
        "title": f"Desk of {day}",
        "desk": desk,
        "keys": KEYS,
        "texts": {"intro": "", **{text.name: text.of for text in TEXTS}},
        "targets": targets_told(),
        "is_nav_sidebar_enabled": False,
    }
    return render(request, "admin/desk/desk.html", context)


@never_cache
@require_safe
def state(request: HttpRequest, day: date) -> HttpResponse:
    """Answer the poll: has something changed since `?seen=<revision>` and `?pulse=` of the last answer? It also says “I am
    here”, at the place `?at=`, in the window `?window=`, and “I am typing” with `?typing=1`.

    204 if nothing changed and the others are where they were, according to `?here=` of the last answer. The page asks for
    changes by `read`.
    """
    if refusal := refused(request, VIEW):
        return refusal
    user = user_of(request)
    place = presence.read_place(request.GET.get("at", ""))
    window = presence.read_window(request.GET.get("window", ""))
    presence.arrive(day, user, place, window=window, is_writing=request.GET.get("typing") == "1")
    digest = digests_of(day)[1]
    revision, now = digest.revision if digest else 0, pulse(day, digest)
    editors, unread = presence.others_and_unread(day, user)
    here = presence.version(editors, unread)
    is_new = str(revision) != request.GET.get("seen", "") or request.GET.get("pulse", now) != now
    if not is_new and request.GET.get("here") == here:
        return HttpResponse(status=204)
    status = digest.status if digest else ""
    told = {"revision": revision, "pulse": now, "status": status, "changed": is_new, "here": here}
    html = {"editors": part(request, "editors", editors=editors), "notices": part(request, "notices", unread=unread)}
    return JsonResponse({**told, "editors": [one.name for one in editors], "html": html})


def unknown(request: HttpRequest, day: date, action: str) -> HttpResponse:
    return error(f"Unknown action “{action}”. Reload the page.", status=404)
