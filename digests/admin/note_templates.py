"""The admin page of the texts that notes begin from: whoever edits lists edits these."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from digests.models import NoteTemplate


@admin.register(NoteTemplate)
class NoteTemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "text", "position"]
    fields = ["name", "text", "position"]
    ordering = ["position", "name"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("digests.view_digest")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("digests.change_digest")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)
