"""Maps of the published pages for search engines (https://www.sitemaps.org/protocol.html).

`/sitemap.xml` lists one map of each year's lists and papers, so that none grows for ever: a year has some 6,000 addresses, and
50,000 are allowed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.calendars import years
from digests.listing import HOTTEST_OF
from digests.models import Digest, Entry, PublicEvent
from digests.templatetags.reading import absolute

PAGES = ("home", "papers", "archive", "rising", "days", "about")
"""Names of the addresses that belong to no year, besides the hottest papers of each period."""
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    changed_at: datetime | None = None


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The map of the maps."""
    paths = [reverse("sitemap-pages"), *(reverse("sitemap-of-year", args=[year]) for year in years())]
    maps = [Address(absolute(path)) for path in paths]
    return render(request, "digests/sitemap_index.xml", {"addresses": maps}, content_type=XML)


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """What belongs to no year."""
    paths = [*map(reverse, PAGES), *(reverse("hottest", args=[period]) for period in HOTTEST_OF)]
    return _sent(request, [Address(absolute(path)) for path in paths])


@require_safe
def sitemap_of_year(request: HttpRequest, year: str) -> HttpResponse:
    """A year, its months, their lists and the papers of these; two queries."""
    last_event = PublicEvent.objects.filter(digest=OuterRef("pk")).order_by("-at").values("at")[:1]
    digests = Digest.objects.published().between(date(int(year), 1, 1), date(int(year), 12, 31)).order_by("date")
    seen_at = Coalesce(Subquery(last_event), "published_at")
    days = {pk: (day, at) for pk, day, at in digests.values_list("pk", "date", seen_at)}
    if not days:
        raise Http404("No list of this year is published")
    papers = {}  # of several days the newest
    rows = Entry.objects.filter(digest__in=list(days)).order_by("digest__date", "position")
    for arxiv_id, digest_id in rows.values_list("paper__arxiv_id", "digest_id"):
        papers[arxiv_id] = days[digest_id][1]
    months = sorted({day.month for day, _ in days.values()})
    paths = [(reverse("year", args=[int(year)]), None), *((reverse("month", args=[int(year), month]), None) for month in months)]
    paths += [(reverse("digest", args=[day]), at) for day, at in days.values()]
    paths += [(reverse("paper", args=[key]), at) for key, at in papers.items()]
    return _sent(request, [Address(absolute(path), at) for path, at in paths])


def _sent(request: HttpRequest, addresses: list[Address]) -> HttpResponse:
    return render(request, "digests/sitemap.xml", {"addresses": addresses}, content_type=XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers are welcome but for the editors' pages, and for the endless number of selections."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /papers?",
        "Disallow: /papers.",
        f"Sitemap: {absolute(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
