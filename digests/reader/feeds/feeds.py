"""What feed readers and reference managers fetch: the published days, and the papers of any selection. Tweets' texts stay out."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.models import Digest, Entry, ShownTweet, in_published_digest
from digests.page_cache.middleware import reads_query, shows
from digests.reader import bibtex
from digests.reader.feeds import formats
from digests.reader.feeds.formats import Feed, FeedItem
from digests.reader.lists.filters import filters_of
from digests.reader.lists.listing import ListPage, listed
from digests.reader.lists.selections import FORMS, Selection, SelectionError
from digests.reader.metadata import metadata_of_list
from digests.reader.pages.calendars import years
from digests.reader.texts import texts_of_entries, texts_of_list
from digests.templatetags.reading import absolute
from papers.code_links import code_links
from papers.models import Paper, of_live_tweet
from papers.networks.registry import OLD_NETWORK
from papers.rendered.stored import Texts

NEWEST_DAYS = 20
SELECTION = ("category", "period", "min", "q", "order", "after")
"""What the address of a selection may say."""
PAPERS_IN_BIBTEX = 500
DESCRIPTION = "The new arXiv papers people are talking about, every day"
WRITERS = {
    "rss": (formats.rss, "application/rss+xml; charset=utf-8"),
    "atom": (formats.atom, f"{FORMS['atom'][1]}; charset=utf-8"),
    "json": (formats.json_feed, FORMS["json"][1]),
}


@require_safe
def days(request: HttpRequest, form: str) -> HttpResponse:
    """The newest digests, each with its list of papers."""
    digests = Digest.objects.published().with_titles().prefetch_related("events")[:NEWEST_DAYS]
    url = reverse("rss") if form == "rss" else reverse("days-as", args=[form])
    texts = texts_of_entries(entry for digest in digests for entry in digest.entries.all())
    items = [_day_item(digest, texts) for digest in digests]
    feed = Feed("Hot Papers", DESCRIPTION, absolute(reverse("home")), absolute(url), items)
    papers = [entry.paper for digest in digests for entry in digest.entries.all()]
    return shows(_sent(feed, form), digests=digests, papers=papers)


@require_safe
@reads_query(*SELECTION)
def papers(request: HttpRequest) -> HttpResponse:
    """The page of a selection, with its filters as a form that writes the address."""
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
    return shows(render(request, "papers.html", context), papers=[entry.paper for entry in page.entries], any_digest=True)


@require_safe
@reads_query(*SELECTION)
def papers_as(request: HttpRequest, form: str) -> HttpResponse:
    """A selection's feed or BibTeX. A malformed one gets its reason in plain text."""
    try:
        selection = Selection.parse(request.GET)
        after = request.GET.get("after", "")
        page = listed(selection, after, PAPERS_IN_BIBTEX) if form == "bib" else listed(selection, after)
    except SelectionError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    if form == "bib":
        response = HttpResponse(_bibliography(page), content_type=bibtex.CONTENT_TYPE)
    else:
        response = _sent(_feed_of(page, form), form)
    return shows(response, papers=[entry.paper for entry in page.entries], any_digest=True)


@require_safe
def paper_bibtex(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """The BibTeX entry of a paper that a published list has."""
    entries = Entry.objects.filter(in_published_digest(), paper=OuterRef("pk"))
    paper = get_object_or_404(Paper.objects.filter(Exists(entries)).prefetch_related("categories"), arxiv_id=arxiv_id)
    text = bibtex.entry(paper, [one.code for one in paper.categories.all()])
    return shows(HttpResponse(text, content_type=bibtex.CONTENT_TYPE), papers=[paper])


def _sent(feed: Feed, form: str) -> HttpResponse:
    write, content_type = WRITERS[form]
    return HttpResponse(write(feed), content_type=content_type)


def _day_item(digest: Digest, texts: Texts) -> FeedItem:
    return FeedItem(
        url=absolute(digest.get_absolute_url()),
        title=str(digest),
        html=render_to_string("feed_description.html", {"obj": digest, "texts": texts}),
        published=digest.published_at,
        updated=_changed(digest),
        data={"listing_day": str(digest.date), "papers": [entry.paper.arxiv_id for entry in digest.entries.all()]},
    )


def _changed(digest: Digest) -> datetime | None:
    """When readers last saw the digest become another one."""
    moments = [event.at for event in digest.events.all()]
    return max([*moments, digest.published_at] if digest.published_at else moments, default=None)


def _feed_of(page: ListPage, form: str) -> Feed:
    live = ShownTweet.objects.filter(of_live_tweet(), tweet__is_sample=False).select_related("tweet")
    prefetch_related_objects(list(page.entries), "digest__events", Prefetch("shown_tweets", live))
    selection = page.selection
    return Feed(
        title=selection.title,
        description=f"{selection.title}: arXiv papers that people talk about",
        page=absolute(selection.address()),
        url=absolute(selection.address(form, after=page.after)),
        items=_paper_items(page.entries),
        older=absolute(selection.address(form, after=page.next_after)) if page.next_after else None,
    )


def _paper_items(entries: Sequence[Entry]) -> list[FeedItem]:
    items, texts = [], texts_of_list(entries)
    for entry in entries:
        paper, digest = entry.paper, entry.digest
        code = code_links(paper, entry.abstract)
        data = {
            "arxiv_id": paper.arxiv_id,
            "pdf": paper.pdf_url,
            "code": code,
            "listing_day": str(digest.date),
            "number": entry.position,
            "retweets": entry.retweets,
            "favorites": entry.favorites,
            "counts_read_at": formats.moment(entry.read_at),
            "counts_are_inflated": entry.counts_are_inflated,
            "counts": entry.counted,
            "posts": list(dict.fromkeys(shown.tweet.url for shown in entry.shown_tweets.all())),
            "tweet_ids": list(
                dict.fromkeys(one.tweet.status_id for one in entry.shown_tweets.all() if one.tweet.network == OLD_NETWORK)
            ),
            "is_sample": digest.is_sample,
        }
        items.append(
            FeedItem(
                url=absolute(paper.get_absolute_url()),
                title=texts.line_text(entry.title),
                html=render_to_string("feed_paper.html", {"entry": entry, "texts": texts, "code": code}),
                text=texts.abstract_text(entry.abstract) or texts.line_text(entry.title),
                published=digest.published_at,
                updated=_changed(digest),
                elsewhere=paper.abs_url,
                authors=texts.names(entry.authors),
                tags=entry.category_codes,
                data=data,
            )
        )
    return items


def _bibliography(page: ListPage) -> str:
    """The papers, between comments: BibTeX ignores what stands outside of its entries."""
    parts = [f"% {absolute(page.selection.address(after=page.after))}\n"]
    parts += [bibtex.entry(row.paper, [category.code for category in row.paper.categories.all()]) for row in page.entries]
    if page.next_after:
        parts.append(f"% The list goes on: {absolute(page.selection.address('bib', after=page.next_after))}\n")
    return "\n".join(parts)
