"""Posts on the open networks about sample papers, made up like all sample data; the sample files hold those of X."""

from datetime import datetime, timedelta
from typing import Any

from digests.models import Entry, ShownTweet
from papers.models import Mention, Tweet
from papers.ranking.ranking import default_weights, points

POSTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (
        1,
        {
            "network": "bluesky",
            "status_id": "at://did:plc:sample00000000000000000{n}/app.bsky.feed.post/3sample{n}",
            "author_name": "Reading Group",
            "author_handle": "reading-group.example",
            "body_html": "We read this one together yesterday. The figures alone are worth it.",
            "counts": {"likes": 64, "reposts": 18, "quotes": 3, "replies": 5},
        },
    ),
    (
        1,
        {
            "network": "hackernews",
            "status_id": "9{n:08}",
            "author_name": "sample_reader",
            "author_handle": "sample_reader",
            "body_html": "A paper from the sample data",
            "counts": {"points": 142, "comments": 57},
        },
    ),
    (2, {"network": "huggingface", "status_id": "", "body_html": "", "counts": {"upvotes": 88, "comments": 4}}),
)
"""Each with the position, in its day's list, of the paper that it is about; `{n}` is the number of the day."""


def add(entries: list[Entry], now: datetime) -> None:
    """Add the posts under the first papers of each list. If they are here already, nothing changes."""
    days = sorted({entry.digest.date for entry in entries})
    for entry in entries:
        for place, post in POSTS:
            if place == entry.position:
                _add(entry, post, days.index(entry.digest.date) + 1, now)


def _add(entry: Entry, post: dict[str, Any], n: int, now: datetime) -> None:
    # At Hugging Face a paper is a post of its own, by its arXiv id.
    number = str(post["status_id"]).format(n=n) or entry.paper.arxiv_id
    told = {**post, "is_sample": True, "posted_at": entry.read_at - timedelta(hours=3), "read_at": now, "language": "en"}
    network = told.pop("network")
    told.pop("status_id")
    tweet, is_new = Tweet.objects.get_or_create(network=network, status_id=number, defaults=told)
    if not is_new:
        return
    Mention.objects.create(tweet=tweet, paper=entry.paper)
    ShownTweet.objects.create(entry=entry, tweet=tweet, position=entry.shown_tweets.count() + 1)
    entry.counts = {**entry.counts, network: post["counts"]}
    entry.extra_points += points(network, post["counts"], default_weights())
    entry.save(update_fields=["counts", "extra_points"])
