"""What a page of results shows beside the papers: filters that can be removed, categories, posts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.safestring import SafeString

from digests.models import Entry, ShownTweet, in_published_digest
from digests.reader.lists.filters import Chip
from papers.models import Mention, Paper, PaperCategory, Tweet
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts
from papers.search.expressions import FIRST
from papers.search.finding import Results
from papers.search.orders import Order
from papers.search.parts import Part
from papers.search.post_finding import matching_posts
from papers.search.query import Query

NAMES = {
    "author": "Author",
    "cat": "Category",
    "year": "Year",
    "period": "Date",
    "since": "Since",
    "until": "Until",
    "title": "Title",
}
MOST_CATEGORIES = 6
Place = tuple[int, int]
POSTS_BESIDE, POSTS_A_PAGE = 3, 20
LOOKED_AT = 5
"""Find this many times as many posts as are shown, because some are gone or about papers that are not public."""


@dataclass(frozen=True, slots=True)
class PostHit:
    shown: ShownTweet
    paper: Paper
    title: SafeString
    """The paper’s title, as HTML."""


def address(query: str, *, order: Order = Order.RELEVANCE, after: str = "", kind: str = "") -> str:
    """The address of the search; if nothing is left to search for, that of the empty search page."""
    words = {"q": query, "order": "" if order is Order.RELEVANCE else order.value, "in": kind, "after": after}
    asked = urlencode({name: value for name, value in words.items() if value})
    return f"{reverse('search')}?{asked}" if query else reverse("search")


def chips(results: Results, order: Order) -> list[Chip]:
    """The filters of the query, in its order."""
    query = results.query
    found: list[tuple[Place, str, str, tuple[Place, ...]]] = []
    times = Counter((part.place, part.typed) for part in query.parts if part.kind in ("since", "until"))
    found += [
        (part.place, "Dates" if times[part.place, part.typed] > 1 else NAMES[part.kind], part.typed, (part.place,))
        for part in query.parts
        if part.kind in NAMES
    ]
    found = list(dict.fromkeys(found))
    found += [
        (group[0].place, "Without", " and ".join(map(_said, group)), tuple({part.place for part in group}))
        for group in query.without
    ]
    found += [(author.places[0], "Author", author.name, author.places) for author in results.found.meaning.authors]
    return [Chip(kind, label, address(_without(query.text, places), order=order)) for _, kind, label, places in sorted(found)]


def _said(part: Part) -> str:
    return f"{NAMES[part.kind].lower()} {part.typed}" if part.kind in NAMES else part.typed


def _without(text: str, places: Sequence[Place]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def categories_of(results: Results, order: Order) -> list[tuple[str, int, str]]:
    """The most frequent categories of the papers that are counted, with their number and the address of the narrower search; one
    query, or none."""
    if results.total < 2 or results.query.categories:
        return []
    rows = PaperCategory.objects.filter(paper__in=results.counted).order_by().values_list("code")
    counted = rows.annotate(number=Count("pk")).order_by("-number", "code")[:MOST_CATEGORIES]
    return [(code, number, address(f"{results.query.text} cat:{code}", order=order)) for code, number in counted]


def posts_of(query: Query, limit: int, before: int = FIRST) -> tuple[list[PostHit], str]:
    """Posts with all words of the query that readers may see, each with its paper, and the `after` of the next page (empty for
    the last); five queries, or one."""
    ids = matching_posts(query, LOOKED_AT * limit + 1, before=before)
    if not ids:
        return [], ""
    tweets = Tweet.objects.live().filter(is_excluded=False).exclude(body_html="").in_bulk(ids)
    mentions = Mention.objects.filter(tweet__in=list(tweets)).select_related("paper").order_by("pk")
    of_tweet = {mention.tweet_id: mention.paper for mention in reversed(mentions)}
    texts = Texts((Kind.LINE, paper.title) for paper in of_tweet.values())
    listed = set(Entry.objects.filter(in_published_digest(), paper__in=of_tweet.values()).values_list("paper", flat=True))
    found: list[PostHit] = []
    for pk in ids[: LOOKED_AT * limit]:
        paper = of_tweet.get(pk)
        if paper and (paper.is_public or paper.pk in listed):
            if len(found) == limit:
                return found, str(found[-1].shown.tweet.pk)
            found.append(PostHit(ShownTweet(tweet=tweets[pk]), paper, texts.line(paper.title)))
    return found, str(ids[LOOKED_AT * limit - 1]) if len(ids) > LOOKED_AT * limit else ""


def entries_of(papers: Iterable[Paper]) -> dict[int, list[Entry]]:
    """How published digests list each paper, the newest first; one query."""
    entries = Entry.objects.filter(in_published_digest(), paper__in=papers).select_related("digest")
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries.order_by("-digest__date"):
        found[entry.paper_id].append(entry)
    return found
