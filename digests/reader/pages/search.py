"""The search in all collected papers. Results that were on a list name its days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.page_cache.subjects import reads_query, shows
from digests.reader.lists.selections import Selection, SelectionError, shown
from digests.reader.metadata import Metadata, part_after
from digests.reader.pages.search_results import POSTS_A_PAGE, POSTS_BESIDE, address, categories_of, chips, entries_of, posts_of
from digests.templatetags.reading import absolute
from papers.models import Paper, PaperCategory
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts
from papers.search.expressions import FIRST
from papers.search.finding import Results
from papers.search.finding import search as search_papers
from papers.search.orders import Order
from papers.search.parts import QueryError
from papers.search.query import LONGEST_QUERY, parse
from papers.search.suggesting import suggested
from papers.text.taxonomy import category_name

HITS_A_PAGE = 20
ORDERS = {Order.RELEVANCE: "Relevance", Order.NEWEST: "Newest", Order.HOTTEST: "Most talked about"}


@require_safe
@reads_query("q", "after", "order", "in")
def search(request: HttpRequest) -> HttpResponse:
    """What `?q=` finds, in `?order=`, from `?after=` on, or with `?in=posts` the posts; how to search where nothing is asked, or
    the query cannot be read.

    Forty queries at most, however many papers there are.
    """
    query = request.GET.get("q", "").strip()
    asked = {name: request.GET[name] for name in ("q", "order", "in", "after") if query and request.GET.get(name)}
    how = _how(asked)
    context: dict[str, object] = {
        "query": query,
        "how": how,
        "error": None,
        "results": None,
        "hits": [],
        "posts": [],
        "is_posts": False,
        "all_posts": "",
        "narrower": [],
        "next": None,
        "meta": Metadata(
            f"Search for “{shown(query)}”{how}" if query else "Search",
            f"{'Posts' if asked.get('in') else 'Papers'} matching “{shown(query)}”{how}, of those that Hot Papers has collected."
            if query
            else "Search the arXiv papers that Hot Papers has collected, by words, phrases, authors, categories and days.",
            reverse("search") + ("?" + urlencode(asked) if asked else ""),
            part=part_after(asked.get("after", "")),
        ),
    }
    if query:
        try:
            order = _order(request.GET.get("order", ""))
            if request.GET.get("in") == "posts":
                context |= _posts(query, request.GET.get("after", ""))
            else:
                results = search_papers(query, limit=HITS_A_PAGE, after=request.GET.get("after"), order=order)
                context |= _shown(results, query, order, is_first=not request.GET.get("after"))
        except QueryError as error:
            context["error"] = str(error)
    return render(request, "search.html", context)


@require_safe
@reads_query("q")
def suggest(request: HttpRequest) -> JsonResponse:
    """Send suggestions for the typed text, as browsers read them (https://github.com/dewitt/opensearch): the text, what it may
    become, what that is, and its address. At most twenty queries."""
    text = request.GET.get("q", "").strip()
    found = suggested(text[:LONGEST_QUERY])
    texts = Texts((Kind.LINE, paper.title) for paper in found.papers)
    rows = [(texts.line_text(paper.title), "Paper", absolute(_address_of(paper))) for paper in found.papers]
    rows += [(name, "Author", absolute(reverse("author", args=[key]))) for name, key in found.authors]
    answer = [text, *([row[column] for row in rows] for column in range(3))]
    return JsonResponse(answer, safe=False, content_type="application/x-suggestions+json")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Send the description by which browsers can search here from their address bar."""
    return shows(render(request, "opensearch.xml", {"absolute": absolute}, content_type="application/opensearchdescription+xml"))


def _address_of(paper: Paper) -> str:
    return paper.get_absolute_url() if paper.is_public else address(f"arXiv:{paper.arxiv_id}")


def _order(text: str) -> Order:
    try:
        return Order(text or Order.RELEVANCE)
    except ValueError as error:
        raise QueryError("This order is not there. Choose relevance, newest or hottest.") from error


def _shown(results: Results, query: str, order: Order, *, is_first: bool) -> dict[str, object]:
    papers = [hit.paper for hit in results.hits]
    entries, categories = entries_of(papers), _categories(papers)
    posts, more_posts = posts_of(parse(results.found.instead or query), POSTS_BESIDE) if is_first else ([], "")
    listed = _selection(results.query.text)
    return {
        "results": results,
        "hits": [{"hit": hit, "entries": entries[hit.paper.pk], "categories": categories[hit.paper.pk]} for hit in results.hits],
        "next": _further(address(query, order=order, after=results.next)) if results.next else None,
        "chips": chips(results, order),
        "named": [(code, category_name(code)) for code in results.found.meaning.categories],
        "orders": [(name, address(query, order=one), one is order) for one, name in ORDERS.items()],
        "has_old_counts": any(entry.counts_are_inflated for found in entries.values() for entry in found[:1]),
        "narrower": categories_of(results, order),
        "posts": posts,
        "all_posts": address(query, kind="posts") if more_posts else "",
        "instead": address(results.found.instead),
        "meant": address(results.meant),
        "listed": listed,
        "feeds": listed.feeds if listed else [],
    }


def _how(asked: Mapping[str, str]) -> str:
    """Say in words which page of the results this is."""
    words = {"newest": ", newest first", "hottest": ", most talked about first"}
    return ", posts" if asked.get("in") == "posts" else words.get(asked.get("order", ""), "")


def _further(page: str) -> str:
    """The query string for a link to a page of results."""
    return page.removeprefix(reverse("search"))


def _selection(text: str) -> Selection | None:
    try:
        return Selection.of(text=text)
    except SelectionError:
        return None


def _posts(query: str, after: str) -> dict[str, object]:
    if after and not (after.isascii() and after.isdecimal() and len(after) < 20):
        raise QueryError("This page of results is not there. Search again for the first one.")
    posts, more = posts_of(parse(query), POSTS_A_PAGE, int(after) if after else FIRST)
    return {
        "posts": posts,
        "is_posts": True,
        "papers": address(query),
        "next": _further(address(query, kind="posts", after=more)) if more else None,
    }


def _categories(papers: Iterable[Paper]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for paper, code in PaperCategory.objects.filter(paper__in=papers).order_by("position").values_list("paper", "code"):
        found[paper].append(code)
    return found
