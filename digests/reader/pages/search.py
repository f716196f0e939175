"""Readers search in all papers that are collected; those that were hot say on which days."""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Digest, Entry, in_published_digest
from digests.page_cache.middleware import reads_query
from digests.reader.lists.selections import Selection, shown
from digests.reader.metadata import Metadata, part_after
from papers.models import Paper, PaperCategory
from papers.search.finding import Results
from papers.search.finding import search as search_papers
from papers.search.query import QueryError

HITS_A_PAGE = 20


@require_safe
@reads_query("q", "after")
def search(request: HttpRequest) -> HttpResponse:
    """What `?q=` finds, the best first, from `?after=` on; how to search where nothing is asked or the query cannot be read.

    Seven queries at most, however many papers there are.
    """
    query = request.GET.get("q", "").strip()
    asked = {name: request.GET[name] for name in ("q", "after") if query and request.GET.get(name)}
    context: dict[str, object] = {
        "query": query,
        "error": None,
        "hits": [],
        "meta": Metadata(
            f"Search for “{shown(query)}”" if query else "Search",
            "Search the arXiv papers that Hot Papers has collected, by words, phrases, authors, categories and days.",
            reverse("search") + ("?" + urlencode(asked) if asked else ""),
            part=part_after(asked.get("after", "")),
        ),
    }
    if query:
        try:
            results = search_papers(query, limit=HITS_A_PAGE, after=request.GET.get("after"))
        except QueryError as error:
            context["error"] = str(error)
        else:
            listed = Selection.of(text=query)
            context |= _shown(results, query) | {"listed": listed, "feeds": listed.feeds}
    return render(request, "search.html", context)


def _shown(results: Results, query: str) -> dict[str, object]:
    papers = [hit.paper for hit in results.hits]
    digests, categories = _days(papers), _categories(papers)
    return {
        "hits": [{"hit": hit, "digests": digests[hit.paper.pk], "categories": categories[hit.paper.pk]} for hit in results.hits],
        "next": "?" + urlencode({"q": query, "after": results.next}) if results.next else None,
    }


def _days(papers: Iterable[Paper]) -> dict[int, list[Digest]]:
    """The published digests that list each paper, the newest first."""
    entries = Entry.objects.filter(in_published_digest(), paper__in=papers).select_related("digest")
    found: defaultdict[int, list[Digest]] = defaultdict(list)
    for entry in entries.order_by("-digest__date"):
        found[entry.paper_id].append(entry.digest)
    return found


def _categories(papers: Iterable[Paper]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for paper, code in PaperCategory.objects.filter(paper__in=papers).order_by("position").values_list("paper", "code"):
        found[paper].append(code)
    return found
