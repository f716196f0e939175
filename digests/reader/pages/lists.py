"""Papers from many days: those of a category, the hottest, and those that rise."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Digest, Entry
from digests.page_cache.subjects import EVER, shows
from digests.reader.lists.activity import activity_of_category, top_of_category
from digests.reader.lists.listing import HOTTEST_OF, listed
from digests.reader.lists.rising import may_rise, rising
from digests.reader.lists.selections import Selection, SelectionError
from digests.reader.metadata import Metadata, metadata_of_list
from digests.reader.pages.paging import days_page
from digests.reader.texts import texts_of_entries
from digests.templatetags.reading import day_text
from papers import clock
from papers.models import PaperCategory
from papers.text.taxonomy import category_name, in_arxivs_capitals


@require_safe
def category(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show the hot papers of an arXiv category by day, newest first."""
    # Subqueries, unlike joins, let the database look along the days and stop at the page's last one.
    entries = Entry.objects.filter(Exists(PaperCategory.objects.filter(paper=OuterRef("paper"), code=code)))
    digests = Digest.objects.published().filter(Exists(entries.filter(digest=OuterRef("pk"))))
    page = days_page(request, digests.with_titles(entries))
    if not page.digests and not page.newer:
        if (written := in_arxivs_capitals(code)) != code:
            return redirect("category", written, permanent=True)
        raise Http404("No published digest lists a paper of this category")
    selection = Selection.of(category=code)
    before = f"?before={page.before}" if page.before else ""
    newest = None if page.before else page.digests[0].date
    top = top_of_category(code, newest) if newest else []
    name = category_name(code)
    title = (
        f"Hot papers in {name}"
        + (f" ({code})" if name != code else "")
        + (f" before {day_text(page.before)}" if page.before else "")
    )
    context = {
        "code": code,
        "name": name,
        "page": page,
        "top": top if page.older else [],
        "activity": activity_of_category(code, newest) if newest else None,
        "texts": texts_of_entries([*(entry for one in page.digests for entry in one.entries.all()), *top]),
        "selection": selection,
        "hottest": Selection.of(category=code, order="hottest"),
        "feeds": selection.feeds,
        "meta": Metadata(
            title,
            f"The papers of arXiv’s category {name} ({code}) that people talk about, by day"
            + (f", before {page.before}." if page.before else "."),
            reverse("category", args=[code]) + before,
        ),
    }
    papers = [*(entry.paper for one in page.digests for entry in one.entries.all()), *(entry.paper for entry in top)]
    return shows(render(request, "category.html", context), digests=page.digests, texts_of=papers, categories=[code])


@require_safe
def hottest_week(request: HttpRequest) -> HttpResponseBase:
    return redirect("hottest", "week")


@require_safe
def hottest(request: HttpRequest, period: str) -> HttpResponse:
    """Show the hottest papers of the newest week, month or year, of a calendar period (2021-05), or of all time."""
    try:
        selection = Selection.of(period=period, order="hottest")
        page = listed(selection)
    except SelectionError as error:
        raise Http404(str(error)) from error
    texts = texts_of_entries(page.entries)
    title = f"The hottest papers {selection.period.words or 'of all time'}"  # not that of the same list in /papers
    context = {
        "page": page,
        "title": title,
        "texts": texts,
        "period": period,
        "periods": HOTTEST_OF,
        "feeds": selection.feeds,
        "meta": metadata_of_list(page, texts, title, reverse("hottest", args=[period])),
    }
    return shows(render(request, "hottest.html", context), **page.shows)


@require_safe
def rising_now(request: HttpRequest) -> HttpResponse:
    """Show the papers that gained most in the last 24 hours."""
    description = "The arXiv papers that people talk about more and more right now."
    now = clock.now()
    found = rising(now)
    texts = texts_of_entries(row.entry for row in found)
    context = {"rising": found, "texts": texts, "meta": Metadata("Rising now", description, reverse("rising"))}
    return shows(render(request, "rising.html", context), papers=may_rise(now), papers_listed=[EVER], reads_clock=True)
