"""A few days of sample data, so that an empty site has something to show.

The ids, titles, authors and categories are those of real papers; the days, counts, abstracts and tweets are made up. The last
sample day is the newest listing day: its papers are candidates on the desk, and it has no list yet; the days before it are
published. The samples are removed as soon as real papers of one of their days are here (`step_aside`).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from digests.markdown import sample_networks
from digests.markdown.files import PostFile, post_files, read_post
from digests.markdown.format import render
from digests.markdown.importing import store
from digests.markdown.post import Post, PostPaper, PostTweet
from digests.models import Digest, Entry
from papers.access.connections import calendar
from papers.collecting.days import newest_announced
from papers.models import Mention, Paper, PaperMeasurement, Provenance, Tweet
from papers.networks.registry import OLD_NETWORK
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed

SAMPLES = Path(__file__).parent / "sample_posts"
GROWTH = {32: 0.02, 28: 0.07, 24: 0.18, 20: 0.3, 16: 0.52, 12: 0.7, 8: 0.83, 4: 0.94, 1: 1.0}
"""Hours before now, and the share of a paper's counts at that time."""


def load(now: datetime) -> list[date]:
    """Store the sample days, marked as samples; return the days, oldest first. The last one has no list yet."""
    readings = [read_post(file) for file in post_files(SAMPLES)[0]]
    days = _newest_listing_days(newest_announced(now), len(readings))
    with transaction.atomic():
        for reading, day in zip(readings, days, strict=True):
            store(_moved(reading, day, now), is_sample=True)
        sample_networks.add(list(Entry.objects.filter(digest__is_sample=True).select_related("digest", "paper")), now)
        _show_as_just_read(now)
        Digest.objects.filter(date=days[-1], is_sample=True).delete()
    index_changed()
    render_changed()
    return days


def _newest_listing_days(newest: date, count: int) -> list[date]:
    announcements = calendar()
    days = [newest]
    while len(days) < count:
        days.insert(0, announcements.previous_listing_day(days[0]))
    return days


def _moved(reading: PostFile, day: date, now: datetime) -> PostFile:
    """Return the sample post as one of the listing day `day`."""
    post = reading.post
    by = day - post.day
    written_at = min(post.written_at + by, now.replace(microsecond=0))
    moved = Post(day, written_at, tuple(_moved_paper(paper, by, written_at) for paper in post.papers))
    return replace(reading, post=moved, text=render(moved))


def _moved_paper(paper: PostPaper, by: timedelta, read_at: datetime) -> PostPaper:
    return paper._replace(read_at=read_at, tweets=tuple(_moved_tweet(tweet, by) for tweet in paper.tweets))


def _moved_tweet(tweet: PostTweet, by: timedelta) -> PostTweet:
    moved = tweet._replace(day=tweet.day + by)
    if tweet.network != OLD_NETWORK:
        return moved
    # The moment is in the upper bits of a status id, in milliseconds.
    return moved._replace(status_id=str(int(tweet.status_id) + (int(by.total_seconds() * 1000) << 22)))


def _show_as_just_read(now: datetime) -> None:
    """Give the sample papers a history up to now, and their tweets the counts of the papers."""
    entries = list(Entry.objects.filter(digest__is_sample=True).prefetch_related("shown_tweets__tweet"))
    PaperMeasurement.objects.bulk_create(
        [
            PaperMeasurement(
                paper_id=entry.paper_id,
                provenance=Provenance.NETWORK,
                read_at=now - timedelta(hours=hours, minutes=7 * entry.position),
                retweets=int(entry.retweets * share ** (0.5 + entry.position % 3)),
                favorites=int(entry.favorites * share ** (0.4 + entry.position % 4 / 2)),
                counts={of: {name: int(n * share) for name, n in counts.items()} for of, counts in entry.counts.items()},
                extra_points=int(entry.extra_points * share),
            )
            for entry in entries
            for hours, share in GROWTH.items()
        ],
        ignore_conflicts=True,
    )
    tweets = []
    for entry in entries:
        everything = [row.tweet for row in entry.shown_tweets.all()]
        for tweet in everything:
            if tweet.network != OLD_NETWORK:
                tweet.counts, tweet.read_at = entry.counts.get(tweet.network, {}), now
        shown = [tweet for tweet in everything if tweet.network == OLD_NETWORK]
        tweets += everything
        for place, tweet in enumerate(shown):
            # The first has the most; together they have what the paper has.
            of_place = 1 / 2 ** (place + 1) if place + 1 < len(shown) else 1 / 2**place
            tweet.retweets, tweet.favorites = int(entry.retweets * of_place), int(entry.favorites * of_place)
            tweet.replies = tweet.quotes = 0
            tweet.read_at = now
    Tweet.objects.bulk_update(tweets, ["retweets", "favorites", "replies", "quotes", "counts", "read_at"])


def step_aside() -> int:
    """Remove the sample days once real papers of one of them are here; return how many days were removed."""
    first = Paper.objects.filter(is_sample=True).order_by("listing_date").values_list("listing_date", flat=True).first()
    if first is None or not Paper.objects.filter(is_sample=False, listing_date__gte=first).exists():
        return 0
    return clear()


@transaction.atomic
def clear() -> int:
    """Remove the sample days, and those of their papers and tweets that nothing else has shown since; return how many days were
    removed."""
    for paper_id, read_at in Entry.objects.filter(digest__is_sample=True).values_list("paper", "read_at"):
        PaperMeasurement.objects.filter(paper=paper_id, provenance=Provenance.POST, read_at__lte=read_at).delete()
    days = set(Paper.objects.filter(is_sample=True).values_list("listing_date", flat=True))
    _, removed = Digest.objects.filter(is_sample=True).delete()
    Mention.objects.filter(tweet__is_sample=True, tweet__shown=None).delete()
    Tweet.objects.filter(is_sample=True, shown=None).delete()
    Paper.objects.filter(is_sample=True, entries=None).delete()
    return max(len(days), removed.get("digests.Digest", 0))
