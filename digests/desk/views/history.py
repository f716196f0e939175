"""A day's list as it was: history, comparison, restoring."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from digests.desk.request_body import Body, revision
from digests.desk.responses import EDIT, PUBLISH, VIEW, desk_action, user_of
from digests.desk.state import digests_of
from digests.desk.views.publication import own, titles_in
from digests.editing import history
from digests.editing.comparing import difference
from digests.editing.conflicts import Conflict, Refused
from digests.editing.history import UnknownVersion
from digests.editing.restoring import restore as restore_list
from digests.editing.sentences import runs, said, said_of
from digests.models import Digest, Dismissal, ListChange
from digests.publishing.correcting import open_correction


@require_http_methods(["GET", "HEAD", "POST"])
def history_page(request: HttpRequest, day: date) -> HttpResponse:
    """Show all versions, newest first, grouped into runs of the same action; with ?a= and ?b= two of them side by side. A POST
    restores one."""
    shown = list_of(request, day)
    if request.method == "POST":
        return _restore_from_page(request, day)
    listed = versions_of(day)
    context = {
        **admin.site.each_context(request),
        "day": day,
        "sheet": "admin/history.css",
        "digest": shown,
        "can_restore": request.user.has_perm(EDIT if shown.is_editable else PUBLISH),
        "opens_correction": not shown.is_editable,
        "is_nav_sidebar_enabled": False,
    }
    if "a" not in request.GET or "b" not in request.GET:
        return render(
            request, "admin/desk/history.html", context | {"title": f"History of {day:%A %-d %B %Y}", "runs": _runs(listed)}
        )
    before, after = sorted((_asked(request, name, listed) for name in ("a", "b")), key=lambda one: one.pk)
    found = difference(history.then(shown, before.pk), history.then(shown, after.pk))
    context |= {
        "title": f"Compare versions of {day:%A %-d %B %Y}",
        "versions_shown": _told([before, after]),
        "difference": found,
        "texts": titles_in(found),
    }
    return render(request, "admin/desk/compare.html", context)


def _told(changes: list[ListChange]) -> list[dict[str, Any]]:
    """Return the changes as the page shows them."""
    return [
        {"pk": one.pk, "at": one.at, "by": one.editor, "what": what} for one, what in zip(changes, said_of(changes), strict=True)
    ]


def _runs(changes: list[ListChange]) -> list[dict[str, Any]]:
    """Return the changes in runs of the same action: each run is represented by its newest change, and `steps` are the earlier
    ones."""
    told = {one["pk"]: one for one in _told(changes)}
    return [told[run.newest.pk] | {"what": run.said, "steps": [told[one.pk] for one in run.changes[1:]]} for run in runs(changes)]


def _asked(request: HttpRequest, name: str, listed: list[ListChange]) -> ListChange:
    for one in listed:
        if str(one.pk) == request.GET[name]:
            return one
    raise Http404("There is no such version of this day")


def _restore_from_page(request: HttpRequest, day: date) -> HttpResponse:
    seen = request.POST.get("revision", "")[:10]
    try:
        body: Body = {"revision": int(seen)} if seen.isdecimal() else {}
        messages.success(request, restore_version(request, day, request.POST.get("version", ""), revision(body)))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("desk-history", day)
    except Conflict as conflict:
        since = "; ".join(str(conflict.theirs).splitlines())
        messages.error(
            request,
            f"Nothing was restored, because the list changed since you opened this page ({since}). Check it, then try again.",
        )
        return redirect("desk-history", day)
    return redirect("desk", day)


@desk_action(EDIT)
def restore(request: HttpRequest, day: date, body: Body) -> str:
    try:
        return restore_version(request, day, str(body.get("version", "")), revision(body))
    except PermissionDenied as denied:
        raise Refused(str(denied)) from None


def restore_version(request: HttpRequest, day: date, version: str, seen: int) -> str:
    """Make the list what it was; a published list is restored in a correction, which needs the right to publish. Return what
    was done, in words.

    Raises Refused, and Conflict if the list is no longer at the revision `seen`.
    """
    shown = list_of(request, day)
    if not request.user.has_perm(EDIT if shown.is_editable else PUBLISH):
        raise PermissionDenied("You don’t have permission to do this. Ask an administrator.")
    then = next((one for one in versions_of(day) if str(one.pk) == version), None)
    if then is None:
        raise Refused("There is no such version of this day.")
    user, words = user_of(request), said(then)
    if shown.revision != seen:
        raise history.conflict(shown, seen, mine=f"restore the list after “{words}”")
    if shown.goes_out_at:
        raise Refused("This day is being published. Undo that first, then restore.")
    try:
        with transaction.atomic():
            if not shown.is_editable:
                shown, seen = open_correction(own(day), by=user), seen + 1  # its beginning is one change
            restore_list(shown.pk, then, by=user, seen=seen)
            Dismissal.objects.filter(day=day, paper__entries__digest=shown).delete()
    except (UnknownVersion, Digest.DoesNotExist):
        raise Refused("Someone else closed this list. Reload the page.") from None
    return f"Restored the list of {then.at:%-d %b %Y, %H:%M} UTC ({words})."


def list_of(request: HttpRequest, day: date) -> Digest:
    """Return the list that the desk shows, for users who may see the desk."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    if digest := digests_of(day)[1]:
        return digest
    raise Http404("This day has no list")


def versions_of(day: date) -> list[ListChange]:
    """Return the versions of the day's digest and of its open correction, newest first."""
    digests: Any = {digest.pk: digest for digest in digests_of(day) if digest}
    return sorted((one for digest in digests.values() for one in history.changes(digest)), key=lambda one: -one.pk)
