"""The admin's page "System": processes, queues, slow tasks, last errors, budgets."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from hotpapers_site.health.acknowledging import acknowledge
from hotpapers_site.health.report import report
from hotpapers_site.models import Trouble
from papers.admin.collection import ReadBudgetAdmin
from papers.collecting.acknowledging import NotAcknowledged
from papers.models import ReadBudget

RIGHT = "papers.change_savedrules"
"""The right to see it, the same as for the settings on the desk: administrators."""
PAST = 20


@never_cache
@admin.site.admin_view
def system(request: HttpRequest) -> HttpResponse:
    """Show how everything is; a POST acknowledges one trouble."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    if request.method == "POST":
        return _acknowledge(request)
    told = _with_moments(report())
    tasks = sorted(told["tasks"], key=lambda one: -one["slowest_s"])
    context = {
        **admin.site.each_context(request),
        "title": "System",
        "told": told,
        "tasks": tasks,
        "errors": sorted((one for one in tasks if one["error"]), key=lambda one: one["error_at"], reverse=True),
        "past": Trouble.objects.filter(ended_at__isnull=False).order_by("-ended_at")[:PAST],
        "chart": ReadBudgetAdmin(ReadBudget, admin.site).chart(),
        "time_zone": settings.TIME_ZONE,
    }
    return render(request, "admin/system.html", context)


def _acknowledge(request: HttpRequest) -> HttpResponse:
    try:
        row = acknowledge(request.POST.get("key", ""), by=request.user.get_username(), reason=request.POST.get("reason", ""))
    except NotAcknowledged as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Acknowledged: {row}")
    return redirect("system")


def _with_moments(told: Any) -> Any:
    """Return the same, with its moments as a template shows them."""
    if isinstance(told, dict):
        return {name: _moment(one) if name.endswith(("at", "since")) else _with_moments(one) for name, one in told.items()}
    return [_with_moments(one) for one in told] if isinstance(told, list) else told


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
