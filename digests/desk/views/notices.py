"""The notices of an editor; the bell of the desk and of the admin leads here."""

from dataclasses import dataclass

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digests.desk.responses import VIEW, user_of
from digests.models import NoticesByMail, Received
from digests.notices.sentences import said
from papers import clock

SHOWN = 200


@dataclass(frozen=True)
class NoticeRow:
    received: Received
    said: str
    address: str
    """The address on the desk, with the comment; for a notice that is about no day, the list of mirrors."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
def notices(request: HttpRequest) -> HttpResponse:
    """Show the newest notices. A POST marks one or all as read; with `open` it leads to what the notice is about."""
    own = Received.objects.filter(editor=user_of(request)).select_related("notice")
    if request.method == "POST":
        number = request.POST.get("notice", "")
        chosen = own.filter(pk=int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else own.none()
        marked = own if request.POST.get("do") == "all" else chosen
        marked.filter(read_at=None).update(read_at=clock.now())
        first = chosen.first() if request.POST.get("do") == "open" else None
        return redirect(address_of(first) if first else "notices")
    rows = [NoticeRow(one, said(one.notice), address_of(one)) for one in own.order_by("-notice__at", "-pk")[:SHOWN]]
    context = {
        **admin.site.each_context(request),
        "title": "Notices",
        "rows": rows,
        "unread": sum(row.received.read_at is None for row in rows),
        "mail": NoticesByMail.objects.filter(editor=user_of(request)).first(),
        "is_nav_sidebar_enabled": False,
    }
    return render(request, "admin/notices.html", context)


def address_of(received: Received) -> str:
    notice = received.notice
    if notice.day is None:
        return reverse("admin-all")
    if notice.comment_id:
        return f"{reverse('desk-comments', args=[notice.day])}#comment-{notice.comment_id}"
    return reverse("desk", args=[notice.day])
