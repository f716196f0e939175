"""What the site says about itself: how it ranks, what happened on each day, and what it stores about a reader (nothing)."""

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.page_cache.subjects import reads_query, shows
from digests.reader.metadata import Metadata
from digests.reader.pages.daylog import logged_day, logged_days, runs
from digests.reader.pages.paging import asked_day
from digests.reader.texts import texts_of_events
from digests.templatetags.reading import day_text
from papers.counts.due import HORIZON
from papers.network_words import weighed
from papers.networks.registry import KINDS
from papers.ranking.candidates import rules

DAYS_A_PAGE = 60


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Explain the ranking, by the rules in force."""
    held = rules()
    context = {
        "rules": held,
        "weighed": weighed(held.weights),
        "archives": settings.ARXIV_ARCHIVES,
        "cross_lists": settings.INCLUDE_CROSS_LISTS,
        "not_collected": [said for kind in KINDS.values() if (said := kind.not_collected(settings))],
        "horizon_days": HORIZON.days,
        "appears_at": settings.AUTO_PUBLISH_AT,
        "clocks": settings.TIME_ZONE,
        "meta": Metadata(
            "How the ranking works",
            "Which papers are collected, what makes one hot, which posts are shown, and what the counts mean.",
            reverse("about"),
        ),
    }
    return shows(render(request, "about.html", context))


@require_safe
@reads_query("before")
def days(request: HttpRequest) -> HttpResponse:
    """Show the log of all days, newest first, or of those before `?before=YYYY-MM-DD`."""
    before = asked_day(request)
    found = logged_days(before, DAYS_A_PAGE + 1)
    shown = found[:DAYS_A_PAGE]
    older = shown[-1].date if len(found) > DAYS_A_PAGE else None
    meta = Metadata(
        f"Day log before {before}" if before else "Day log",
        f"What was collected on each day{f' before {day_text(before)}' if before else ''}, and what became of its list.",
        reverse("days") + (f"?before={before}" if before else ""),
    )
    return render(request, "days.html", {"runs": runs(shown), "before": before, "older": older, "meta": meta})


@require_safe
def day(request: HttpRequest, day: date) -> HttpResponse:
    """Show what happened on one day."""
    found = logged_day(day)
    if found is None:
        raise Http404("Nothing is known of this day")
    name = day_text(day)
    meta = Metadata(f"Log of {name}", f"What was collected on {name}, and what became of its list.", reverse("day", args=[day]))
    return render(request, "day.html", {"day": found, "texts": texts_of_events(found.events), "meta": meta})


@require_safe
def reading(request: HttpRequest) -> HttpResponse:
    """Show what the browser remembers about its reader. The page's script fills it in; the site learns nothing."""
    return shows(render(request, "reading.html"))
