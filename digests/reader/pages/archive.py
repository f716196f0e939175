"""All days, by calendar: years, months, days."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Digest
from digests.page_cache.subjects import EVER, shows
from digests.reader.lists.selections import Selection
from digests.reader.metadata import Metadata
from digests.reader.pages.calendars import calendar_of, month_of, years
from digests.reader.texts import texts_of_entries


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Show the newest year as a calendar, with links to all others."""
    all_years = years()
    newest = calendar_of(all_years[0]) if all_years else None
    meta = Metadata("All days", "Every day’s list of hot arXiv papers, by year and month.", reverse("archive"))
    response = render(request, "archive.html", {"year": newest, "years": all_years, "meta": meta})
    return shows(response, papers_listed=[EVER], days=[f"{newest.year:04}"] if newest else [])


@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show a year's calendar."""
    shown = calendar_of(year)
    if not shown.days:
        raise Http404("No list of this year is published")
    meta = Metadata(f"Hot papers of {year}", f"The lists of hot arXiv papers of {year}, by month.", reverse("year", args=[year]))
    feeds = Selection.feeds_of(period=f"{year:04}")
    response = render(request, "year.html", {"year": shown, "years": shown.years, "meta": meta, "feeds": feeds})
    return shows(response, papers_listed=[EVER], days=[f"{year:04}"])


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Show a month's lists with their titles, newest first."""
    digests = list(Digest.objects.published().filter(date__year=year, date__month=month).order_by("-date").with_titles())
    if not digests:
        raise Http404("No list of this month is published")
    shown = month_of(date(year, month, 1))
    name = f"{shown.first:%B} {year}"
    older, newer = beside(digests[-1].date, digests[0].date)
    context = {
        "month": shown,
        "texts": texts_of_entries(entry for digest in digests for entry in digest.entries.all()),
        "digests": digests,
        "feeds": Selection.feeds_of(period=f"{year:04}-{month:02}"),
        "has_samples": any(digest.is_sample for digest in digests),
        "older": older,
        "newer": newer,
        "meta": Metadata(
            f"Hot papers of {name}",
            f"The lists of hot arXiv papers of {name}, day by day.",
            reverse("month", args=[year, month]),
        ),
    }
    papers, time = [entry.paper for digest in digests for entry in digest.entries.all()], f"{year:04}-{month:02}"
    ends = [digests[0], digests[-1]]
    return shows(render(request, "month.html", context), days_beside=ends, texts_of=papers, days=[time], papers_listed=[time])


def beside(first: date, last: date) -> tuple[date | None, date | None]:
    """Return the nearest published days before the first and after the last one."""
    published = Digest.objects.published()
    older = published.filter(date__lt=first).order_by("-date").values_list("date", flat=True).first()
    newer = published.filter(date__gt=last).order_by("date").values_list("date", flat=True).first()
    return older, newer
