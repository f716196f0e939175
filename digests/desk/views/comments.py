"""The desk's requests about comments, and the page that shows a day's comments without scripts."""

from collections.abc import Callable
from datetime import date

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digests.desk.comments import threads
from digests.desk.request_body import Body, flag, short_text, text, whole
from digests.desk.responses import EDIT, VIEW, answer, desk_action, desk_part, part, user_of
from digests.desk.views.actions import paper_of
from digests.desk.views.notes import rendering
from digests.editing.conflicts import Refused
from digests.models import Comment
from digests.notices.recipients import who_may
from digests.reviewing import comments
from digests.reviewing.comments import LONGEST
from papers import clock
from papers.models import Paper

MOST_NAMES = 30
"""The most editors who are named below a thread, to be mentioned."""
LONGEST_ID = 40


@desk_action(EDIT)
def comment(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Comment on a paper, or on the whole list if the request names no paper."""
    paper = paper_of(body) if body.get("paper") else None
    token = short_text(body, "token", 40)
    written = comments.write(day, paper, text(body, "text"), by=user_of(request), now=clock.now(), token=token)
    return _answer(request, day, "Comment added.", body, written)


@desk_action(EDIT)
def edit_comment(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    changed = _comment(day, whole(body, "comment"))
    comments.edit(changed, text(body, "text"), text(body, "base"), by=user_of(request), now=clock.now())
    return _answer(request, day, "Comment saved.", body, changed)


@desk_action(EDIT)
def delete_comment(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    if found := Comment.objects.filter(day=day, pk=whole(body, "comment")).first():
        comments.delete(found, by=user_of(request))
    return _answer(request, day, "Comment deleted.", body)


@desk_action(EDIT)
def resolve_comment(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Resolve a comment; reopen it if `resolved` is false."""
    found = _comment(day, whole(body, "comment"))
    if flag(body, "resolved"):
        comments.resolve(found, by=user_of(request), now=clock.now())
        return _answer(request, day, "Comment resolved.", body)
    comments.reopen(found, now=clock.now())
    return _answer(request, day, "Comment reopened.", body)


ACTIONS = {one.name: one for one in (comment, edit_comment, delete_comment, resolve_comment)}


def _comment(day: date, number: int) -> Comment:
    if found := Comment.objects.filter(day=day, pk=number).first():
        return found
    raise Refused(comments.GONE)


def _answer(request: HttpRequest, day: date, said: str, body: Body, *fresh: Comment) -> HttpResponse:
    """Answer with the thread that the page shows."""
    shown = _threads(request, day, short_text(body, "of", LONGEST_ID), fresh)
    return answer(request, day, said, body, parts={"thread": shown})


def _threads(request: HttpRequest, day: date, of: str | None, fresh: tuple[Comment, ...] = ()) -> str:
    """Return all threads of the day, or the one `of` a paper; an empty `of` means that of the list."""
    with rendering() as renderer:
        found = threads(day, user_of(request), fresh=fresh, renderer=renderer)
    if of is not None:
        found = [one for one in found if one.number == of]
    about = Paper.objects.filter(arxiv_id=of).first() if of and not found else None
    return part(
        request,
        "threads",
        threads=found,
        of=of or "",
        title=about.plain_title if about else "",
        is_one=of is not None,
        day=day,
        editors=who_may()[:MOST_NAMES],
        longest=LONGEST,
        token=get_random_string(20),
        can_write=request.user.has_perm(EDIT),
    )


@desk_part(VIEW)
def thread(request: HttpRequest, day: date) -> str:
    """Return the thread for the desk's dialog: `?of=` a paper, or of the list."""
    return _threads(request, day, request.GET.get("of", "")[:LONGEST_ID])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments_page(request: HttpRequest, day: date) -> HttpResponse:
    """Show all comments of the day, with forms that need no scripts."""
    if not request.user.has_perm(EDIT if request.method == "POST" else VIEW):
        raise PermissionDenied
    if request.method == "POST":
        try:
            FORMS.get(request.POST.get("do", ""), _unread)(request, day, request.POST)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("desk-comments", day)
    context = {
        **admin.site.each_context(request),
        "title": f"Comments on {day:%A %-d %B %Y}",
        "day": day,
        "sheet": "admin/comments.css",
        "threads": _threads(request, day, None),
        "is_nav_sidebar_enabled": False,
    }
    return render(request, "admin/desk/comments.html", context)


def _unread(request: HttpRequest, day: date, form: QueryDict) -> None:
    raise Refused("We couldn’t read this request. Reload the page.")


def _write(request: HttpRequest, day: date, form: QueryDict) -> None:
    paper = paper_of({"paper": form["paper"]}) if form.get("paper") else None
    token = short_text({"token": form.get("token", "")}, "token", 40)
    comments.write(day, paper, form.get("text", ""), by=user_of(request), now=clock.now(), token=token)


def _edit(request: HttpRequest, day: date, form: QueryDict) -> None:
    changed = _of_form(day, form)
    comments.edit(changed, form.get("text", ""), form.get("base", ""), by=user_of(request), now=clock.now())


def _delete(request: HttpRequest, day: date, form: QueryDict) -> None:
    comments.delete(_of_form(day, form), by=user_of(request))


def _resolve(request: HttpRequest, day: date, form: QueryDict) -> None:
    comments.resolve(_of_form(day, form), by=user_of(request), now=clock.now())


def _reopen(request: HttpRequest, day: date, form: QueryDict) -> None:
    comments.reopen(_of_form(day, form), now=clock.now())


FORMS: dict[str, Callable[[HttpRequest, date, QueryDict], None]] = {
    "comment": _write,
    "edit_comment": _edit,
    "delete_comment": _delete,
    "resolve": _resolve,
    "reopen": _reopen,
}


def _of_form(day: date, form: QueryDict) -> Comment:
    number = form.get("comment", "")
    return _comment(day, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0)
