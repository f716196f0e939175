"""The desk's pages and requests."""

from datetime import UTC, date

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digests.desk import presence
from digests.desk.answers import PARTS, desk_of, error, part, refused, rendered, user_of
from digests.desk.state import digests_of, newest_day, pulse
from papers import clock
from papers.models import Paper, Tweet
from papers.ranking.candidates import ranked, rules

VIEW = "digests.view_digest"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today's desk: that of the newest day of which something is here."""
    return redirect("desk", newest_day(clock.now().astimezone(UTC).date()))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The admin opens on the desk, for those who may see it; the list of all its pages is at `admin-all`."""
    if request.user.has_perm(VIEW):
        return redirect("desk-home")
    return admin.site.index(request)


@require_safe
def page(request: HttpRequest, day: date) -> HttpResponse:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    presence.arrive(day, user_of(request), now=timezone.now())
    presence.forget(now=timezone.now())
    desk = desk_of(request, day)
    context = {**admin.site.each_context(request), "title": f"Desk of {day}", "desk": desk, "is_nav_sidebar_enabled": False}
    return render(request, "admin/desk/desk.html", context)


@never_cache
@require_safe
def state(request: HttpRequest, day: date) -> HttpResponse:
    """The poll: what changed since `?seen=<revision>`, or since `?pulse=` of the last answer; and "I am here"."""
    if refusal := refused(request, VIEW):
        return refusal
    user = user_of(request)
    presence.arrive(day, user, now=timezone.now())
    digest = digests_of(day)[1]
    revision, beat = digest.revision if digest else 0, pulse(day, digest)
    seen = request.GET.get("seen", "")
    is_new = str(revision) != seen or request.GET.get("pulse", beat) != beat
    return JsonResponse(
        {
            "revision": revision,
            "pulse": beat,
            "status": digest.status if digest else "",
            "editors": presence.others(day, user, now=timezone.now()),
            "html": rendered(request, desk_of(request, day), PARTS) if is_new else {},
        }
    )


@never_cache
@require_safe
def why(request: HttpRequest, day: date, arxiv_id: str) -> HttpResponse:
    """The ledger of a paper's score."""
    if refusal := refused(request, VIEW):
        return refusal
    paper = get_object_or_404(Paper, arxiv_id=arxiv_id)
    heat = ranked({paper.pk: paper.arxiv_id}, rules())[0]
    tweets = {tweet.key: tweet for tweet in Tweet.objects.filter(mentions__paper=paper)}
    lines = [(line, tweets.get(line.key)) for line in heat.tweets]
    shares: dict[str, int] = {}
    for line in heat.tweets:
        if not line.left_out:
            shares[line.network] = shares.get(line.network, 0) + line.gave
    return HttpResponse(part(request, "why", paper=paper, heat=heat, lines=lines, shares=shares))


def unknown(request: HttpRequest, day: date, action: str) -> HttpResponse:
    return error(f"Unknown action “{action}”. Reload the page.", status=404)
