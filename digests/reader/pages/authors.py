"""The papers of an author's name. A name is not a person: arXiv does not say who is who."""

import re
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Entry, in_published_digest
from digests.page_cache.subjects import reads_query
from digests.reader.lists.activity import HOTTEST_FIRST, TOP, activity_by_month, best_of
from digests.reader.lists.selections import Selection
from digests.reader.metadata import Metadata, part_after
from digests.reader.texts import texts_of_papers
from papers.models import Paper, PaperAuthor
from papers.search.words import author_key

PAPERS_A_PAGE = 50
MOST_SPELLINGS = 10
MOST_PARTS = 7
"""The most parts of an old key that are tried: each gap between two parts can be read in two ways."""
MOST_ASKED = 100
FEW = 8
"""If there are fewer papers, the hottest need no list of their own."""
MOST_COUNTED = 1000
"""The most papers of a name that are counted."""


@reads_query("after")
def author(request: HttpRequest, name: str) -> HttpResponseBase:
    """Redirect a name in any spelling to the one address of all its spellings."""
    key = author_key(name)
    if not key:
        raise Http404("Expected a name")
    if key != name:
        return redirect("author", key, permanent=True)
    if now := renamed(key):
        return redirect("author", now, permanent=True)
    return papers_of(request, key)


def renamed(key: str) -> str | None:
    r"""Return the current key of a name whose key was this one while keys were made from names in TeX: `alvarez` for
    `a-lvarez`, from `{\'A}lvarez`.

    Two queries at most; one if the key is in use.
    """
    parts = key.split("-")
    if not 2 <= len(parts) <= MOST_PARTS or PaperAuthor.objects.filter(key=key).exists():
        return None
    joined = {parts[0]}
    for part in parts[1:]:
        joined = {f"{one}{sign}{part}" for one in joined for sign in ("", "-")}
    for found in (
        PaperAuthor.objects.filter(key__in=joined - {key}).select_related("paper").only("key", "paper__authors")[:MOST_ASKED]
    ):
        if any(author_key(name) == key for name in found.paper.authors):
            return found.key
    return None


@require_safe
def papers_of(request: HttpRequest, key: str) -> HttpResponse:
    """Show all collected papers of the name, newest first, with the published lists that have them. Seven queries."""
    of_name = PaperAuthor.objects.filter(key=key).values("paper")
    published = Entry.objects.filter(in_published_digest()).select_related("digest").order_by("-digest__date")
    papers = Paper.objects.filter(
        Paper.public() | Exists(published.filter(paper=OuterRef("pk"))),
        pk__in=of_name,
    )
    after = request.GET.get("after", "")
    shown = list(
        behind(papers, after)
        .order_by("-listing_date", "-pk")
        .defer("abstract")
        .prefetch_related(Prefetch("entries", published))[: PAPERS_A_PAGE + 1]
    )
    if not shown:
        raise Http404("No paper of this name was collected")
    spellings = PaperAuthor.objects.filter(key=key).order_by("name").values_list("name", flat=True).distinct()[:MOST_SPELLINGS]
    names = list(spellings)
    days = [] if after else list(papers.order_by("-listing_date").values_list("listing_date", flat=True)[:MOST_COUNTED])
    hottest = (
        published.filter(paper__in=of_name).order_by(*HOTTEST_FIRST).select_related("digest", "paper").defer("paper__abstract")
    )
    top = best_of(hottest[: TOP * 3]) if len(shown) > FEW and not after else []
    last = shown[PAPERS_A_PAGE - 1] if len(shown) > PAPERS_A_PAGE else None
    address = reverse("author", args=[key])
    context = {
        "name": names[0],
        "collected": len(days),
        "activity": activity_by_month(days, days[0]) if days else None,
        "top": top,
        "names": names,
        "papers": shown[:PAPERS_A_PAGE],
        "texts": texts_of_papers(shown, top),
        "after": after,
        "older": "?" + urlencode({"after": f"{last.listing_date}.{last.pk}"}) if last else None,
        "feeds": Selection.feeds_of(text=f'author:"{key.replace("-", " ")}"'),
        "meta": Metadata(
            f"Papers by {names[0]}",
            f"The papers by authors named {names[0]} that were collected, and the lists on which they were hot.",
            address + ("?" + urlencode({"after": after}) if after else ""),
            part=part_after(after),
        ),
    }
    return render(request, "author.html", context)


def behind(papers: QuerySet[Paper], after: str) -> QuerySet[Paper]:
    """Return those after a place in the list: the listing day and the primary key of the last paper before."""
    if not after:
        return papers
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})", after)
    try:
        day, pk = date.fromisoformat(found[1] if found else ""), int(found[2] if found else 0)
    except ValueError as error:
        raise Http404("Expected ?after= as the link to older papers writes it") from error
    return papers.filter(Q(listing_date__lt=day) | Q(pk__lt=pk), listing_date__lte=day)
