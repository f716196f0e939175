"""Maps of the published pages for search engines (https://www.sitemaps.org/protocol.html).

`/sitemap.xml` lists one map for each month that has a list, so that no map grows for ever: a month has some 500 papers and
5,000 names of authors. A page that several months lead to, such as that of a category, stands in the map of each: leaving it
out would require a look at all other months.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Digest, Entry, PublicEvent
from digests.page_cache.subjects import EVER, shows
from digests.reader.lists.listing import HOTTEST_OF
from digests.templatetags.reading import absolute
from papers.models import PaperAuthor, PaperCategory
from papers.rows import select

PAGES = ("home", "papers", "archive", "rising", "days", "about")
"""Names of addresses that belong to no time, besides the hottest papers of each period."""
MOST_ADDRESSES = 50_000
"""The protocol allows no more in a map. Only a month with a hundred authors for each paper has more: then the last names are
left out."""
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    changed_at: datetime | None = None


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Send the map of the maps; one query."""
    months = Digest.objects.published().dates("date", "month", order="DESC")
    paths = [reverse("sitemap-pages"), *(reverse("sitemap-of-month", args=[day.year, day.month]) for day in months)]
    maps = [Address(absolute(path)) for path in paths]
    return shows(render(request, "sitemap_index.xml", {"addresses": maps}, content_type=XML), papers_listed=[EVER])


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Send what belongs to no month; one query."""
    years = Digest.objects.published().dates("date", "year", order="DESC")
    paths = [*map(reverse, PAGES), *(reverse("hottest", args=[period]) for period in HOTTEST_OF)]
    paths += [reverse("year", args=[day.year]) for day in years]
    return shows(_sent(request, [Address(absolute(path)) for path in paths]), papers_listed=[EVER])


@require_safe
def sitemap_of_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Send a month, its lists, and their papers with categories and authors; four queries."""
    last_event = PublicEvent.objects.filter(digest=OuterRef("pk")).order_by("-at").values("at")[:1]
    digests = Digest.objects.published().filter(date__year=year, date__month=month).order_by("date")
    seen_at = Coalesce(Subquery(last_event), "published_at")
    days = {pk: (day, at) for pk, day, at in digests.values_list("pk", "date", seen_at)}
    if not days:
        raise Http404("No list of this month is published")
    papers, keys = {}, set()
    rows = Entry.objects.filter(digest__in=list(days)).order_by("digest__date", "position")
    for key, arxiv_id, digest in rows.values_list("paper", "paper__arxiv_id", "digest"):
        keys.add(key)
        papers[arxiv_id] = days[digest][1]  # of several days the newest
    categories = sorted({code for (code,) in select(PaperCategory, ["code"], "paper", keys)})
    authors = sorted({key for (key,) in select(PaperAuthor, ["key"], "paper", keys)} - {""})
    paths = [(reverse("month", args=[year, month]), None)]
    paths += [(reverse("digest", args=[day]), at) for day, at in days.values()]
    paths += [(reverse("paper", args=[arxiv_id]), at) for arxiv_id, at in papers.items()]
    paths += [(reverse("category", args=[code]), None) for code in categories]
    paths += [(reverse("author", args=[key]), None) for key in authors]
    response = _sent(request, [Address(absolute(path), at) for path, at in paths[:MOST_ADDRESSES]])
    time = f"{year:04}-{month:02}"
    return shows(response, texts_of=keys, papers_listed=[time], lists_seen=[time])


def _sent(request: HttpRequest, addresses: list[Address]) -> HttpResponse:
    return render(request, "sitemap.xml", {"addresses": addresses}, content_type=XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Send robots.txt: crawlers are welcome, except on editors' pages and on the endless number of selections."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /papers?",
        "Disallow: /papers.",
        f"Sitemap: {absolute(reverse('sitemap'))}",
    ]
    return shows(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))
