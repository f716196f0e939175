"""All days, by calendar: years, months, days."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from digests.models import Digest, DigestQuerySet

MONDAY_FIRST = Calendar()


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a calendar; `papers` is None where no list was published."""

    day: date
    papers: int | None


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Cell | None]]
    """From Monday; None where a week's day is another month's."""
    lists: int


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    months: list[Month]
    """Those with a list, the newest first."""

    @property
    def lists(self) -> int:
        return sum(month.lists for month in self.months)


@require_safe
@conditional_page
def archive(request: HttpRequest) -> HttpResponse:
    """All years with their months, and the newest year as a calendar."""
    years = calendar(Digest.objects.published())
    return render(request, "digests/archive.html", {"years": years})


@require_safe
@conditional_page
def year(request: HttpRequest, year: int) -> HttpResponse:
    """A year's calendar."""
    years = calendar(Digest.objects.published().filter(date__year=year))
    if not years:
        raise Http404("No list of this year is published")
    older, newer = beside(date(year, 1, 1), date(year, 12, 31))
    return render(request, "digests/year.html", {"year": years[0], "older": older, "newer": newer})


@require_safe
@conditional_page
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """A month's lists with their titles, the newest first."""
    digests = list(Digest.objects.published().filter(date__year=year, date__month=month).order_by("-date").with_titles())
    if not digests:
        raise Http404("No list of this month is published")
    days = {digest.date: len(digest.entries.all()) for digest in digests}
    older, newer = beside(digests[-1].date.replace(day=1), digests[0].date)
    context = {
        "month": month_of(digests[0].date.replace(day=1), days),
        "digests": digests,
        "has_samples": any(digest.is_sample for digest in digests),
        "older": older,
        "newer": newer,
    }
    return render(request, "digests/month.html", context)


def calendar(digests: DigestQuerySet) -> list[Year]:
    """The years and months that have a list, the newest first; one query."""
    days = dict(digests.order_by("-date").values_list("date").annotate(papers=Count("entries")))
    return [
        Year(year, [month_of(date(year, number, 1), days) for number, _ in groupby(of_year, key=lambda day: day.month)])
        for year, of_year in groupby(days, key=lambda day: day.year)
    ]


def month_of(first: date, days: dict[date, int]) -> Month:
    weeks = [
        [Cell(day, days.get(day)) if day.month == first.month else None for day in week]
        for week in MONDAY_FIRST.monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, sum(1 for week in weeks for cell in week if cell and cell.papers is not None))


def beside(first: date, last: date) -> tuple[date | None, date | None]:
    """The nearest published days before the first and after the last one."""
    published = Digest.objects.published()
    older = published.filter(date__lt=first).order_by("-date").values_list("date", flat=True).first()
    newer = published.filter(date__gt=last).order_by("date").values_list("date", flat=True).first()
    return older, newer
