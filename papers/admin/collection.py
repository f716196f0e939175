"""Read-only admin pages for collection: days, the budget and its ledger, the health of the sources."""

import re
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from papers import clock
from papers.admin.lists import PagedAdmin, ReadOnly
from papers.charts import Chart, found_of_expected, under_limit
from papers.collecting.acknowledging import NotAcknowledged, acknowledge
from papers.models import CollectionDay, Erasure, PaidRead, ReadBudget, SourceHealth
from papers.networks.registry import PAID

DAYS = 60
"""The number of days in a chart, newest last."""
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class ReadOnlyAdmin(ReadOnly, PagedAdmin):
    """Rows that collection writes and nobody edits, with an optional chart above the list."""

    actions: Any = None

    def chart(self) -> Chart | None:
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"chart": self.chart(), **(extra_context or {})})


@admin.register(CollectionDay)
class CollectionDayAdmin(ReadOnlyAdmin):
    list_display = [
        "date",
        "state",
        "found_new",
        "expected_new",
        "tweets_found",
        "tweets_done_at",
        "reason",
        "acknowledged_reason",
    ]
    actions = ["acknowledge"]
    list_filter = ["state"]
    date_hierarchy = "date"
    ordering = ["-date"]
    sortable_by = ["date"]

    def chart(self) -> Chart | None:
        days = CollectionDay.objects.exclude(state=CollectionDay.State.QUIET).order_by("-date")
        latest = list(days.values_list("date", "found_new", "expected_new")[:DAYS])
        counts = [(str(day), found, expected) for day, found, expected in reversed(latest)]
        return found_of_expected("New papers found, out of those arXiv announced", counts)

    def has_acknowledge_permission(self, request: HttpRequest) -> bool:
        """The same permission as for the settings on the desk: administrators."""
        return request.user.has_perm("papers.change_savedrules")

    @admin.action(description="Acknowledge failed days…", permissions=["acknowledge"])
    def acknowledge(self, request: HttpRequest, queryset: QuerySet[CollectionDay]) -> TemplateResponse | None:
        """A page that asks for the reason; once given, the day may stay as it is."""
        reason, refused = request.POST.get("reason", ""), []
        chosen = list(queryset.order_by("date"))
        if "confirmed" in request.POST:
            for day in chosen:
                try:
                    acknowledge(day.date, by=request.user.get_username(), reason=reason, now=clock.now())
                    self.log_change(request, day, f"Acknowledged: {reason}")
                except NotAcknowledged as error:
                    refused.append(str(error))
            if not refused:
                names = ", ".join(str(day.date) for day in chosen)
                self.message_user(request, f"Acknowledged ({len(chosen)}): {names}.", messages.SUCCESS)
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Acknowledge failed days",
            "opts": self.opts,
            "days": chosen,
            "refused": dict.fromkeys(refused),
            "reason": reason,
            "checkbox": ACTION_CHECKBOX_NAME,
            "list": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/acknowledge_days.html", context)


@admin.register(ReadBudget)
class ReadBudgetAdmin(ReadOnlyAdmin):
    list_display = ["period", "reads", "limit"]
    ordering = ["-period"]
    sortable_by = ["period"]

    def chart(self) -> Chart | None:
        periods = ReadBudget.objects.filter(period__regex=DAY).order_by("-period")
        latest = list(periods.values_list("period", "reads")[:DAYS])[::-1]
        return under_limit("Paid reads per day", "reads", latest, PAID.limits(settings).day.reads)

    @admin.display(description="current limit")
    def limit(self, budget: ReadBudget) -> str:
        limits = PAID.limits(settings)
        return f"{(limits.day if re.match(DAY, budget.period) else limits.month).reads:,}"


@admin.register(PaidRead)
class PaidReadAdmin(ReadOnlyAdmin):
    list_display = ["at", "purpose", "reserved", "reads", "dollars"]
    list_filter = ["purpose"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    sortable_by = ["at"]

    @admin.display(description="cost in $")
    def dollars(self, paid: PaidRead) -> str:
        return f"{paid.cost_microdollars / 1e6:.3f}"


@admin.register(SourceHealth)
class SourceHealthAdmin(ReadOnlyAdmin):
    list_display = ["service", "state", "since", "answered_at", "setting", "message"]
    ordering = ["service"]
    sortable_by = ["service"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["at", "network", "subject", "posts", "reason", "by"]
    list_select_related = ["by"]
    ordering = ["-at", "-id"]
    sortable_by = ["at"]
    seen_with = "papers.view_tweet"
