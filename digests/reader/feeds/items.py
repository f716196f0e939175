"""The contents of feeds: days with their papers, and single papers. Feeds link to posts; the texts of posts stay out."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from digests.models import Digest, Entry
from digests.reader.feeds.formats import FeedItem, moment
from digests.reader.texts import texts_of_days, texts_of_list
from digests.templatetags.reading import absolute
from papers.code_links import code_links
from papers.models import Tweet
from papers.networks.registry import OLD_NETWORK
from papers.rendered.stored import Texts
from papers.rows import fetch

SENTENCE = re.compile(r".{20,}?[.!?](?= [A-Z0-9]|$)")
LONGEST_LEAD = 600
"""The longest first sentence of an abstract, in characters."""


def fetch_posts(entries: Iterable[Entry]) -> None:
    """Fetch the posts that the entries show, including those that are gone, since that changes the text; one query."""
    fetch(entries, "shown_tweets", joined="tweet", only=lambda shown: not shown.tweet.is_sample)


def fetch_entries(digests: Iterable[Digest]) -> None:
    """Fetch the digests' entries with everything that feeds print of them; two queries."""
    fetch_posts(fetch(digests, "entries", joined="paper"))


def day_items(digests: Sequence[Digest]) -> list[FeedItem]:
    """Return items of digests, which need `fetch_entries` and their events; one query."""
    texts, items = texts_of_days(digests), []
    for digest in digests:
        entries = list(digest.entries.all())
        items.append(
            FeedItem(
                url=absolute(digest.get_absolute_url()),
                title=headline(str(digest), [texts.line_text(entry.title) for entry in entries[:1]], len(entries)),
                html=render_to_string("feed_day.html", day_context(digest, texts)),
                published=digest.published_at,
                updated=changed(digest),
                touched=touched(entries),
                data={"listing_day": str(digest.date), "papers": [entry.paper.arxiv_id for entry in entries]},
            )
        )
    return items


def day_context(digest: Digest, texts: Texts) -> dict[str, Any]:
    """Return what the template of a day prints."""
    entries = list(digest.entries.all())
    for entry in entries:
        entry.digest = digest
    return {"digest": digest, **list_context(entries, texts)}


def list_context(entries: Sequence[Entry], texts: Texts) -> dict[str, Any]:
    """Return what a list of papers prints."""
    told = {entry.pk: {"lead": lead(entry.abstract, texts), "posts": posts(entry)} for entry in entries}
    return {"entries": entries, "told": told, "texts": texts}


def lead(abstract: str, texts: Texts) -> str:
    """Return the sentence that stands for the abstract; the first one if none was picked."""
    if picked := texts.lead_text(abstract):
        return picked
    text = " ".join(texts.abstract_text(abstract)[:LONGEST_LEAD].split())
    found = SENTENCE.match(text)
    return found[0] if found else text


def paper_items(entries: Sequence[Entry]) -> list[FeedItem]:
    """Return items of entries, which need paper, its categories, digest, its events and `fetch_posts`; one query."""
    items, texts = [], texts_of_list(entries)
    for entry in entries:
        paper, digest = entry.paper, entry.digest
        code, shown = code_links(paper, entry.abstract), posts(entry)
        data = {
            "arxiv_id": paper.arxiv_id,
            "pdf": paper.pdf_url,
            "code": code,
            "listing_day": str(digest.date),
            "number": entry.position,
            "retweets": entry.retweets,
            "favorites": entry.favorites,
            "counts_read_at": moment(entry.read_at),
            "counts_are_inflated": entry.counts_are_inflated,
            "counts": entry.counted,
            "posts": [tweet.url for tweet in shown],
            "tweet_ids": [tweet.status_id for tweet in shown if tweet.network == OLD_NETWORK],
            "is_sample": digest.is_sample,
        }
        items.append(
            FeedItem(
                url=absolute(paper.get_absolute_url()),
                title=texts.line_text(entry.title),
                html=render_to_string("feed_paper.html", {"entry": entry, "texts": texts, "code": code, "posts": shown}),
                text=texts.abstract_text(entry.abstract) or texts.line_text(entry.title),
                published=digest.published_at,
                updated=changed(digest),
                touched=touched([entry]),
                elsewhere=paper.abs_url,
                authors=texts.names(entry.authors),
                tags=entry.category_codes,
                data=data,
            )
        )
    return items


def headline(name: str, titles: Sequence[str], number: int) -> str:
    """Return the name of a list with its first title: `Hot Papers 2021-05-12: A Title, and 11 more`."""
    more = f", and {number - 1} more" if number > 1 else ""
    return f"{name}: {titles[0]}{more}" if titles else name


def posts(entry: Entry) -> list[Tweet]:
    """Return the posts that the entry shows and that still exist, without duplicates."""
    shown = (one.tweet for one in entry.shown_tweets.all() if one.tweet.state == Tweet.State.LIVE)
    return list({tweet.pk: tweet for tweet in shown}.values())


def changed(digest: Digest) -> datetime | None:
    """Return when the digest last changed for readers."""
    moments = [event.at for event in digest.events.all()]
    return max([*moments, digest.published_at] if digest.published_at else moments, default=None)


def touched(entries: Sequence[Entry]) -> datetime | None:
    """Return when a post last disappeared or came back, and its link with it: this is no news, but changes the text."""
    tweets = (one.tweet for entry in entries for one in entry.shown_tweets.all())
    return max((tweet.state_since for tweet in tweets if tweet.state_since), default=None)
