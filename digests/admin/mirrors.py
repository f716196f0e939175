"""The admin page of the mirrors: how each is, and "bring up to date now"."""

from celery import current_app
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from digests.mirror.health import difference
from digests.models import MirrorHealth
from papers.admin.collection import ReadOnlyAdmin


@admin.register(MirrorHealth)
class MirrorHealthAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "good_at", "ran_at", "changed_days", "message"]
    ordering = ["name"]
    actions = ["bring_up_to_date"]
    seen_with = "digests.view_digest"

    def has_bring_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("digests.publish_digest")

    @admin.display(description="days to look at", empty_value="all")
    def changed_days(self, row: MirrorHealth) -> int | None:
        target = next((one for one in settings.MIRRORS if one.name == row.name), None)
        return difference(target) if target else 0

    @admin.action(description="Bring up to date now", permissions=["bring"])
    def bring_up_to_date(self, request: HttpRequest, rows: "QuerySet[MirrorHealth]") -> None:
        try:
            for row in rows:
                current_app.send_task("digests.tasks.mirror_one", [row.name], queue="mirror", retry=False)
        except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
            self.message_user(
                request,
                f"The queue does not answer ({type(error).__name__}). Once it does, the mirrors follow within a minute.",
                messages.ERROR,
            )
        else:
            self.message_user(request, "Queued. Reload this page in a moment.", messages.SUCCESS)
