"""The editors' calendar, and the form that leads to any day."""

from datetime import UTC, date

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from digests.converters import expect_year
from digests.desk.calendar import WORDS, month_of
from digests.desk.responses import VIEW
from digests.desk.state import newest_day
from papers import clock


@require_safe
def this_month(request: HttpRequest) -> HttpResponse:
    """Show the month of the newest day of which we have anything."""
    day = newest_day(clock.now().astimezone(UTC).date())
    return redirect("calendar-month", day.year, day.month)


@require_safe
@permission_required(VIEW, raise_exception=True)
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    now = clock.now()
    found = month_of(year, month, now)
    context = {
        **admin.site.each_context(request),
        "title": f"Calendar, {found.first:%B %Y}",
        "month": found,
        "states": WORDS,
        "weekdays": [f"{one.day:%A}" for one in found.weeks[0]],
        "today": now.astimezone(UTC).date(),
        "is_nav_sidebar_enabled": False,
    }
    return render(request, "admin/desk/calendar.html", context)


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Redirect to the desk of `?day=`, which a browser's date picker writes."""
    try:
        day = date.fromisoformat(request.GET.get("day", "")[:10])
        expect_year(day.year)
    except ValueError:
        messages.error(request, "We couldn’t read this day. Write it as 2026-11-20.")
        return redirect("calendar")
    return redirect("desk", day)
