"""What feed readers and reference managers fetch: the published days and weeks, and the papers of any selection."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from digests.models import Digest, Entry, in_published_digest
from digests.page_cache.subjects import EVER, reads_query, shows
from digests.reader import citations
from digests.reader.citations import Keys
from digests.reader.feeds import formats
from digests.reader.feeds.formats import Feed, FeedItem
from digests.reader.feeds.items import day_items, fetch_entries, fetch_posts, paper_items
from digests.reader.feeds.weeks import week_items
from digests.reader.lists.filters import filters_of
from digests.reader.lists.listing import ListPage, listed
from digests.reader.lists.selections import FORMS, Selection, SelectionError, shown
from digests.reader.made_once import of_coming, once
from digests.reader.metadata import metadata_of_list
from digests.reader.pages.calendars import years
from digests.reader.texts import texts_of_citations, texts_of_entries
from digests.templatetags.reading import absolute
from papers import clock
from papers.models import Paper
from papers.rendered.stored import Texts
from papers.rows import fetch

NEWEST_DAYS = 20
SELECTION = ("category", "period", "min", "q", "order", "after")
"""Parameters that the address of a selection may have."""
MOST_CITED = 500
"""The most papers in a file for reference managers; the others are requested with `after`."""
DESCRIPTION = "The new arXiv papers people are talking about, every day"
DESCRIPTION_OF_WEEKS = "The arXiv papers that people talked about most, week by week"
WRITERS = {
    "rss": (formats.rss, "application/rss+xml; charset=utf-8"),
    "atom": (formats.atom, f"{FORMS['atom'][1]}; charset=utf-8"),
    "json": (formats.json_feed, FORMS["json"][1]),
}


@require_safe
def days(request: HttpRequest, form: str) -> HttpResponse:
    """Send the newest digests, each with its list of papers."""
    digests, items = once(_newest_days)
    url = reverse("rss") if form == "rss" else reverse("days-as", args=[form])
    feed = Feed("Hot Papers", DESCRIPTION, absolute(reverse("home")), absolute(url), items)
    papers = [entry.paper for digest in digests for entry in digest.entries.all()]
    response = sent(feed, form)
    # The first day is nobody's neighbour.
    return shows(response, digests=digests, texts_of=papers, posts_of=digests) if digests else response


def _newest_days() -> tuple[list[Digest], list[FeedItem]]:
    digests = list(Digest.objects.published()[:NEWEST_DAYS].prefetch_related("events"))
    fetch_entries(digests)
    return digests, day_items(digests)


@require_safe
def weeks(request: HttpRequest, form: str) -> HttpResponse:
    """Send the newest weeks that are over, each with its hottest papers."""
    title, url = "Hot Papers, week by week", reverse("weekly", args=[form])
    items, digests, papers = once(_newest_weeks)
    response = sent(Feed(title, DESCRIPTION_OF_WEEKS, absolute(reverse("home")), absolute(url), items), form)
    # A day that comes in between, above or below is a neighbour of one that is shown.
    shown: dict[str, Any] = {"digests": digests, "texts_of": papers, "posts_of": digests, "reads_clock": True}
    return shows(response, **shown) if digests else response


def _newest_weeks() -> tuple[list[FeedItem], list[Digest], list[Paper]]:
    return week_items(clock.now())


@require_safe
@reads_query(*SELECTION)
def papers(request: HttpRequest) -> HttpResponse:
    """Show the page of a selection, with its filters as a form that writes the address."""
    try:
        selection = Selection.parse(request.GET)
        page = listed(selection, request.GET.get("after", ""))
    except SelectionError as error:
        return render(request, "selection_error.html", {"error": str(error)}, status=400)
    texts = texts_of_entries(page.entries)
    context = {
        "page": page,
        "texts": texts,
        "filters": filters_of(selection, years()),
        "feeds": selection.feeds,
        "meta": metadata_of_list(page, texts),
    }
    return shows(render(request, "papers.html", context), **page.shows | {"papers_listed": [EVER]})  # the years to choose from


@require_safe
@reads_query(*SELECTION)
def papers_as(request: HttpRequest, form: str) -> HttpResponse:
    """Send a selection's feed. A malformed selection is answered with the reason, in plain text."""
    try:
        page = listed(Selection.parse(request.GET), request.GET.get("after", ""))
    except SelectionError as error:
        return _refused(error)
    return shows(sent(_feed_of(page, form), form), **page.shows, posts_of=[entry.digest for entry in page.entries])


@require_safe
@reads_query(*SELECTION, "keys")
def papers_cited(request: HttpRequest, form: str) -> HttpResponse:
    """Send a selection to reference managers."""
    try:
        keys = _keys(request)
        query = request.GET.copy()
        query.pop("keys", None)
        page = listed(Selection.parse(query), request.GET.get("after", ""), MOST_CITED)
    except SelectionError as error:
        return _refused(error)
    papers = [entry.paper for entry in page.entries]
    is_source = form == "bib" and keys is Keys.ARXIV  # TeX as arXiv gave it
    text = citations.bibliography(papers, texts_of_citations([] if is_source else papers), form, keys)
    if form == "bib":
        text = _between_comments(page, text)
    response = HttpResponse(text, content_type=citations.CONTENT_TYPES[form])
    if page.next_after:
        response["Link"] = f'<{absolute(page.selection.address(form, after=page.next_after))}>; rel="next"'
    return shows(response, **page.shows_without_counts)


@require_safe
@reads_query("keys")
def paper_cited(request: HttpRequest, arxiv_id: str, form: str) -> HttpResponse:
    """Send a paper on a published list to reference managers."""
    found = of_coming(_cited, arxiv_id)
    if found is None:
        raise Http404("No published list has this paper")
    paper, texts = found
    try:
        text = citations.bibliography([paper], texts, form, _keys(request))
    except SelectionError as error:
        return _refused(error)
    return shows(HttpResponse(text, content_type=citations.CONTENT_TYPES[form]), texts_of=[paper], appearances_of=[paper])


def _cited(arxiv_ids: Collection[str]) -> dict[str, tuple[Paper, Texts]]:
    """Those of the papers that published lists have; three queries."""
    listed = Exists(Entry.objects.filter(in_published_digest(), paper=OuterRef("pk")))
    papers = list(Paper.objects.filter(listed, arxiv_id__in=arxiv_ids).order_by().prefetch_related("categories"))
    texts = texts_of_citations(papers)
    return {paper.arxiv_id: (paper, texts) for paper in papers}


def _keys(request: HttpRequest) -> Keys:
    asked = request.GET.get("keys") or Keys.ARXIV
    if asked not in list(Keys):
        raise SelectionError(f"The keys “{shown(asked)}” aren’t known. Write keys={' or keys='.join(Keys)}.")
    return Keys(asked)


def _refused(error: SelectionError) -> HttpResponse:
    return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")


def sent(feed: Feed, form: str) -> HttpResponse:
    """Return the feed as `rss`, `atom` or `json`, with the moment of its last change."""
    write, content_type = WRITERS["rss" if form == "xml" else form]
    response = HttpResponse(write(feed), content_type=content_type)
    if feed.changed_at:
        response["Last-Modified"] = http_date(feed.changed_at.timestamp())
    return response


def _feed_of(page: ListPage, form: str) -> Feed:
    fetch([entry.digest for entry in page.entries], "events")
    fetch_posts(page.entries)
    selection = page.selection
    return Feed(
        title=selection.title,
        description=f"{selection.title}: arXiv papers that people talk about",
        page=absolute(selection.address()),
        url=absolute(selection.address(form, after=page.after)),
        items=paper_items(page.entries),
        older=absolute(selection.address(form, after=page.next_after)) if page.next_after else None,
    )


def _between_comments(page: ListPage, text: str) -> str:
    """Return the text between comments with the addresses of this page and the next; BibTeX ignores what stands outside of
    entries."""
    parts = [f"% {absolute(page.selection.address(after=page.after))}\n", text]
    if page.next_after:
        parts.append(f"% The list goes on: {absolute(page.selection.address('bib', after=page.next_after))}\n")
    return "\n".join(part for part in parts if part)
