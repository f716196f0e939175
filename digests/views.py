"""The pages that readers see. Only published digests are public, and what appears in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import conditional_page, require_safe

from digests import post
from digests.composing import compose
from digests.models import Digest, DigestQuerySet, Entry, ShownTweet
from digests.page_cache.middleware import shows
from papers.models import Paper, PaperCategory

DAYS_A_PAGE = 10


@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """The newest digests, or those before `?before=YYYY-MM-DD`."""
    page = days_page(request, Digest.objects.published().with_titles())
    return render(request, "digests/home.html", {"page": page})


@require_safe
@conditional_page
def digest(request: HttpRequest, day: date) -> HttpResponse:
    """One day's list. Staff see a digest here before it is published."""
    shown = visible_digest(request, day, Digest.objects.with_neighbours().with_everything())
    has_inflated_counts = any(entry.counts_are_inflated for entry in shown.entries.all())
    response = render(request, "digests/digest.html", {"digest": shown, "has_inflated_counts": has_inflated_counts})
    return shows(kept_private(shown, response), digests=[shown], papers=[entry.paper for entry in shown.entries.all()])


@require_safe
@conditional_page
def digest_markdown(request: HttpRequest, day: date) -> HttpResponse:
    """The day's post as the mirror writes it."""
    shown = visible_digest(request, day, Digest.objects.all())
    text = post.render(compose(shown))
    return kept_private(shown, HttpResponse(text, content_type="text/markdown; charset=utf-8"))


@require_safe
@conditional_page
def paper(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """A paper, the days on which it was hot and the tweets shown there; one that never was hot is not found."""
    found = get_object_or_404(Paper.objects.prefetch_related("categories"), arxiv_id=arxiv_id)
    appearances = list(
        Entry.objects.filter(paper=found, digest__status=Digest.Status.PUBLISHED)
        .select_related("digest")
        .prefetch_related(Prefetch("shown_tweets", ShownTweet.objects.select_related("tweet")))
        .order_by("-digest__date")
    )
    if not appearances:
        raise Http404("No published digest lists this paper")
    context = {
        "paper": found,
        "appearances": appearances,
        "tweets": each_tweet_once(shown for entry in appearances for shown in entry.shown_tweets.all()),
        "has_inflated_counts": any(entry.counts_are_inflated for entry in appearances),
    }
    return shows(render(request, "digests/paper.html", context), papers=[found])


@require_safe
def paper_elsewhere(request: HttpRequest, arxiv_id: str) -> HttpResponseBase:
    """A paper's address with a version or a slash behind it leads to the paper's one page."""
    return redirect("paper", arxiv_id, permanent=True)


@require_safe
@conditional_page
def category(request: HttpRequest, code: str) -> HttpResponse:
    """The hot papers of an arXiv category by day, the newest first."""
    # Subqueries, unlike joins, let the database look along the days and stop at the page's last one.
    entries = Entry.objects.filter(Exists(PaperCategory.objects.filter(paper=OuterRef("paper"), code=code)))
    digests = Digest.objects.published().filter(Exists(entries.filter(digest=OuterRef("pk"))))
    page = days_page(request, digests.with_titles(entries))
    if not page.digests and not page.newer:
        raise Http404("No published digest lists a paper of this category")
    return render(request, "digests/category.html", {"code": code, "page": page})


@dataclass(frozen=True, slots=True)
class DaysPage:
    """Some digests in a row, the newest first; `newer` and `older` are the query strings of the pages beside it."""

    digests: list[Digest]
    before: date | None
    newer: str | None
    older: str | None

    @property
    def has_samples(self) -> bool:
        return any(digest.is_sample for digest in self.digests)


def days_page(request: HttpRequest, digests: DigestQuerySet) -> DaysPage:
    """The page that `?before=YYYY-MM-DD` asks for. Paged by day, so a new digest never shifts a page that someone reads."""
    asked = request.GET.get("before")
    try:
        before = date.fromisoformat(asked) if asked else None
    except ValueError as error:
        raise Http404("Expected ?before=YYYY-MM-DD, a day of the calendar") from error
    shown = list(digests.before(before).order_by("-date")[: DAYS_A_PAGE + 1])
    newer = None
    if before:
        above = list(digests.filter(date__gte=before).order_by("date").values_list("date", flat=True)[: DAYS_A_PAGE + 1])
        if len(above) > DAYS_A_PAGE:
            newer = "?" + urlencode({"before": above[-1]})
        elif above:
            newer = "?"
    older = "?" + urlencode({"before": shown[DAYS_A_PAGE - 1].date}) if len(shown) > DAYS_A_PAGE else None
    return DaysPage(shown[:DAYS_A_PAGE], before, newer, older)


def visible_digest(request: HttpRequest, day: date, digests: DigestQuerySet) -> Digest:
    """The day's digest if the reader may see it. A published one asks for no session, so the answer is the same for all."""
    found = get_object_or_404(digests, date=day)
    if found.status == Digest.Status.PUBLISHED:
        return found
    if request.user.is_staff and request.user.has_perm("digests.view_digest"):
        return found
    raise Http404("This digest is not published")


def kept_private(digest: Digest, response: HttpResponse) -> HttpResponse:
    """The response, never to be cached where the digest is not public."""
    if digest.status != Digest.Status.PUBLISHED:
        add_never_cache_headers(response)
    return response


def each_tweet_once(shown: Iterable[ShownTweet]) -> list[ShownTweet]:
    """The first showing of each tweet."""
    first: dict[int, ShownTweet] = {}
    for one in shown:
        first.setdefault(one.tweet_id, one)
    return list(first.values())
