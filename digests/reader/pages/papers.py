"""Everything about one paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from digests.models import ShownTweet
from digests.page_cache.subjects import shows, times
from digests.reader import bibtex
from digests.reader.made_once import of_coming
from digests.reader.metadata import metadata_of_paper
from digests.reader.pages import charts
from digests.reader.pages.counts_over_time import History
from digests.reader.pages.loading import load
from digests.reader.related import nearby
from papers.code_links import code_links
from papers.models import Paper, Tweet
from papers.network_words import title
from papers.networks.registry import KINDS
from papers.ranking.ranking import Rules, points
from papers.ranking.repeats import Said
from papers.search.words import author_key
from papers.text.taxonomy import category_name

MOST_BOXES = 100
"""The most posts that are shown with their text."""
MOST_POSTS = 1000
"""The most posts in all; those without text, or beyond MOST_BOXES, take one line each."""
MOST_AUTHORS = 200
MOST_IN_SIGHT = 30
"""Authors before the abstract; if there are more, all but the first FIRST_IN_SIGHT are folded."""
FIRST_IN_SIGHT = 20
FIRST_WITH_HTML = "2312"
"""arXiv makes pages of papers submitted since December 2023: https://info.arxiv.org/about/accessible_HTML.html"""
CHART = {"width": 600, "height": 180}


@require_safe
def paper(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """Show a paper: what arXiv and the networks say about it, and the published lists that have it, if there are any."""
    found = of_coming(load, arxiv_id)
    if found is None:
        raise Http404("No paper that readers may see")
    one, categories, texts, history = found.paper, found.categories, found.texts, found.history
    has_inflated_counts = any(entry.counts_are_inflated for entry in found.appearances)
    posts = posts_of(found.tweets, found.shown, found.rules)
    authors = [(name, author_key(name)) for name in texts.names(one.authors)[:MOST_AUTHORS]]
    in_sight = len(authors) if len(authors) <= MOST_IN_SIGHT else FIRST_IN_SIGHT
    context = {
        "paper": one,
        "texts": texts,
        "appearances": found.appearances,
        "posts": posts,
        "by_network": by_network(posts.boxes),
        "elsewhere": elsewhere(one, [*posts.boxes, *posts.lines]),
        "categories": [(code, category_name(code)) for code in categories],
        "related": found.related,
        "history": history,
        "charts": drawn(history) if history and len(history.readings) > 1 and not has_inflated_counts else [],
        "rank_now": found.rank_now,
        "authors": authors[:in_sight],
        "folded_authors": authors[in_sight:],
        "authors_left": max(0, len(one.authors) - MOST_AUTHORS),
        "code": code_links(one),
        "citation": bibtex.citation(one, categories, texts),
        "bibtex": bibtex.entry(one, categories),
        "meta": metadata_of_paper(one, categories, texts),
        "has_inflated_counts": has_inflated_counts,
    }
    return shows(
        render(request, "paper.html", context),
        papers=[one],
        texts_of=[related.paper for related in found.related],
        ranks_of=[one.listing_date],
        papers_listed=times(*nearby(one.listing_date)),  # among which the related ones are found
    )


@require_safe
def paper_elsewhere(request: HttpRequest, arxiv_id: str) -> HttpResponseBase:
    """Redirect a paper’s address with a version or a slash at its end to the paper’s one page."""
    return redirect("paper", arxiv_id, permanent=True)


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts that link a paper, each once."""

    boxes: list[ShownTweet]
    """Posts with a text, and posts that are gone."""
    lines: list[ShownTweet]
    left: int
    """The number of posts that are not shown."""


def posts_of(tweets: Iterable[Tweet], shown: Iterable[ShownTweet], ranked_by: Rules) -> Posts:
    """First the posts that its lists show, even if they are gone meanwhile; then all others of those that count, best first.

    If somebody posted the same text on several networks, its best post has a box, and the others take a line each.
    """
    first: dict[int, ShownTweet] = {}
    for one in shown:
        first.setdefault(one.tweet_id, one)
    weights = ranked_by.weights
    counted = (tweet for tweet in tweets if tweet.pk not in first)
    others = sorted(counted, key=lambda tweet: (-points(tweet.network, tweet.counted, weights), tweet.posted_at, tweet.pk))
    room = max(0, MOST_POSTS - len(first))
    posts = [*first.values(), *(ShownTweet(tweet=tweet) for tweet in others[:room])]
    boxes: list[ShownTweet] = []
    told: list[Said] = []
    for one in posts:
        if len(boxes) < MOST_BOXES and (one.body_html or one.tweet.state != Tweet.State.LIVE):
            tweet = one.tweet
            said = Said.read(tweet.network, one.author_name, one.author_handle, one.body_html, tweet.posted_at)
            if one.tweet_id in first or not any(said.repeats(other) for other in told):
                boxes.append(one)
                told.append(said)
    in_boxes = {one.tweet_id for one in boxes}
    lines = [one for one in posts if one.tweet_id not in in_boxes]
    return Posts(boxes, lines, len(others) - room if len(posts) >= MOST_POSTS else 0)


def by_network(boxes: list[ShownTweet]) -> list[tuple[str, list[ShownTweet]]]:
    """The posts of each network together, the networks in the order of their first posts."""
    found: dict[str, list[ShownTweet]] = {}
    for one in boxes:
        found.setdefault(one.tweet.network, []).append(one)
    return list(found.items())


def elsewhere(paper: Paper, posts: list[ShownTweet]) -> list[tuple[str, str]]:
    """Links to the paper on other sites: text and address. On each network, the first post with comments is a discussion."""
    found = []
    if "/" not in paper.arxiv_id:
        if paper.arxiv_id >= FIRST_WITH_HTML:
            found.append(("HTML", f"https://arxiv.org/html/{paper.arxiv_id}"))
        found.append(("Hugging Face", f"https://huggingface.co/papers/{paper.arxiv_id}"))
        found.append(("alphaXiv", f"https://www.alphaxiv.org/abs/{paper.arxiv_id}"))
    discussions: dict[str, str] = {}
    for one in posts:
        if one.tweet.state == Tweet.State.LIVE and one.tweet.counted.get("comments") and not one.tweet.is_sample:
            discussions.setdefault(f"Discussion on {title(one.tweet.network)}", one.tweet.url)
    return [*found, *discussions.items()]


@dataclass(frozen=True, slots=True)
class Chart:
    """What one network counted over time: a line for each of its counts, over the same ground."""

    title: str
    lines: list[tuple[str, charts.Line, list[int]]]
    """The words for what is counted, its line over time, and its numbers."""
    moments: list[datetime]
    top: int

    @property
    def middle(self) -> int:
        return self.top // 2


def drawn(history: History) -> list[Chart]:
    """A chart for each network that counted something, in its own words; counts of networks are never added up."""
    found = []
    for network, kind in KINDS.items():
        told = [(reading.at, reading.counted.get(network, {})) for reading in history.readings]
        counted = [one for one in kind.counted if any(one.name in counts for _, counts in told)]
        if not any(count for _, counts in told for count in counts.values()):
            continue
        top = charts.round_top(max(counts.get(one.name, 0) for _, counts in told for one in counted))
        lines = []
        for one in counted:
            numbers = [counts.get(one.name, 0) for _, counts in told]
            points_of = [(at, number) for (at, _), number in zip(told, numbers, strict=True)]
            lines.append((one.plural, charts.line(points_of, top=top, **CHART), numbers))
        found.append(Chart(kind.title, lines, [at for at, _ in told], top))
    return found
