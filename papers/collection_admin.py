"""The collection in the admin, to be looked at: days, the budget and its ledger, the health of the sources."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from papers.models import CollectionDay, PaidRead, ReadBudget, SourceHealth


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What the collection writes and nobody edits."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CollectionDay)
class CollectionDayAdmin(ReadOnlyAdmin):
    list_display = ["date", "state", "found_new", "expected_new", "tweets_found", "swept_until", "reason"]
    list_filter = ["state"]
    date_hierarchy = "date"


@admin.register(ReadBudget)
class ReadBudgetAdmin(ReadOnlyAdmin):
    list_display = ["period", "reads"]
    ordering = ["-period"]


@admin.register(PaidRead)
class PaidReadAdmin(ReadOnlyAdmin):
    list_display = ["at", "purpose", "reserved", "reads", "dollars"]
    list_filter = ["purpose"]
    date_hierarchy = "at"

    @admin.display(description="cost in $", ordering="cost_microdollars")
    def dollars(self, paid: PaidRead) -> str:
        return f"{paid.cost_microdollars / 1e6:.3f}"


@admin.register(SourceHealth)
class SourceHealthAdmin(ReadOnlyAdmin):
    list_display = ["service", "state", "since", "answered_at", "setting", "message"]
