"""Small typed factories: rows with sensible values, each overridable."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from digests.models import Digest, Entry, ShownTweet
from papers.models import Mention, Paper, PaperCategory, Tweet
from papers.text.identifiers import snowflake_moment

numbers = count(1)
READ_AT = datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC)


def make_paper(*, categories: tuple[str, ...] = ("cs.LG", "stat.ML"), **fields: Any) -> Paper:
    number = next(numbers)
    values: dict[str, Any] = {
        "arxiv_id": f"2105.{number:05}",
        "title": f"A Synthetic Paper, Number {number}",
        "abstract": "We show that synthetic papers have synthetic abstracts.",
        "authors": ["Ada Example", "Bob Sämple"],
        "listing_date": date(2021, 5, 12),
        "listing_source": Paper.ListingSource.FEED,
    }
    paper = Paper.objects.create(**(values | fields))
    PaperCategory.objects.bulk_create(PaperCategory(paper=paper, position=n, code=code) for n, code in enumerate(categories))
    return paper


def make_tweet(*papers: Paper, **fields: Any) -> Tweet:
    number = next(numbers)
    values: dict[str, Any] = {
        "status_id": str(1_392_360_000_000_000_000 + number),
        "author_name": "Example Lab",
        "author_handle": "example_lab",
        "language": "en",
        "body_html": "Our synthetic paper is out",
    }
    values |= fields
    if "posted_at" not in values:
        values["posted_at"] = snowflake_moment(values["status_id"])
    tweet = Tweet.objects.create(**values)
    Mention.objects.bulk_create(Mention(tweet=tweet, paper=paper) for paper in papers)
    return tweet


def make_digest(day: date = date(2021, 5, 12), *, papers: int = 0, **fields: Any) -> Digest:
    """A published digest with so many new papers, each with one tweet."""
    moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    values: dict[str, Any] = {"date": day, "status": Digest.Status.PUBLISHED, "written_at": moment, "published_at": moment}
    digest = Digest.objects.create(**(values | fields))
    for _ in range(papers):
        paper = make_paper(listing_date=day)
        make_entry(digest, paper, make_tweet(paper))
    return digest


def make_draft(day: date = date(2021, 5, 12), *, papers: int = 0, **fields: Any) -> Digest:
    """A digest that readers have not seen."""
    return make_digest(day, papers=papers, **({"status": "draft", "published_at": None} | fields))


def make_entry(digest: Digest, paper: Paper, *tweets: Tweet, **fields: Any) -> Entry:
    values: dict[str, Any] = {
        "position": digest.entries.count() + 1,
        "retweets": 12,
        "favorites": 80,
        "read_at": READ_AT,
    }
    entry = Entry.objects.create(digest=digest, paper=paper, **(values | fields))
    ShownTweet.objects.bulk_create(ShownTweet(entry=entry, position=n, tweet=tweet) for n, tweet in enumerate(tweets, 1))
    return entry
