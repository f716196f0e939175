"""Addresses of the desk, under /admin/desk/."""

from django.contrib import admin
from django.urls import include, path

from digests import converters  # noqa: F401 - registers `day` and `arxiv_id`
from digests.desk.views import batch, calendar, comments, context, look, notes, notices, page, review

ACTIONS = {
    **batch.QUEUED,
    **comments.ACTIONS,
    **review.ACTIONS,
    "read": batch.read,
    "changes": batch.changes,
    "note_preview": notes.note_preview,
}

urlpatterns = [
    path("", admin.site.admin_view(page.index), name="admin-home"),
    path("all/", admin.site.admin_view(admin.site.index), name="admin-all"),
    path("notices/", admin.site.admin_view(notices.notices), name="notices"),
    path("desk/", admin.site.admin_view(page.home), name="desk-home"),
    path("desk/go", admin.site.admin_view(calendar.go), name="desk-go"),
    path("calendar/", admin.site.admin_view(calendar.this_month), name="calendar"),
    path("calendar/<year:year>/<month:month>/", admin.site.admin_view(calendar.month), name="calendar-month"),
    path("desk/<day:day>/", admin.site.admin_view(page.page), name="desk"),
    path("desk/<day:day>/state", page.state, name="desk-state"),
    path("desk/<day:day>/look/<arxiv_id:arxiv_id>", look.look, name="desk-look"),
    path("desk/<day:day>/why/<arxiv_id:arxiv_id>", look.why, name="desk-why"),
    path("desk/<day:day>/posts/<arxiv_id:arxiv_id>", look.posts, name="desk-posts"),
    path("desk/<day:day>/past", context.past, name="desk-past"),
    path("desk/<day:day>/templates/<arxiv_id:arxiv_id>", context.templates, name="desk-templates"),
    path("desk/<day:day>/compared", context.compare, name="desk-compared"),
    path("desk/<day:day>/thread", comments.thread, name="desk-thread"),
    path("desk/<day:day>/comments/", admin.site.admin_view(comments.comments_page), name="desk-comments"),
    *(path(f"desk/<day:day>/{name}", action, name=f"desk-{name}") for name, action in ACTIONS.items()),
    path("desk/<day:day>/", include("digests.desk.publishing_urls")),
    path("desk/<day:day>/<slug:action>", page.unknown),
]
