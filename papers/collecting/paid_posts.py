"""Tweets as the network that charges gave them, into the database."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from papers import rows
from papers.counts import erased_on_request, measuring
from papers.counts.due import first_due
from papers.counts.measuring import Reading
from papers.counts.mentions import add_mentions
from papers.models import Mention, Tweet, UnmatchedMention
from papers.networks.paid import FoundTweet
from papers.networks.registry import PAID

NEW = (
    *("network", "status_id", "author_id", "author_handle", "language", "posted_at", "next_read_at"),
    *("state", "state_since"),
)


def store(found: Iterable[FoundTweet], *, read_at: datetime) -> None:
    """Bring in the tweets that link papers, with their counts at `read_at`. Retweets and superseded versions are left out."""
    tweets = {tweet.status_id: tweet for tweet in found if tweet.papers and not tweet.is_retweet}
    superseded = {old for tweet in tweets.values() for old in tweet.edit_history if old != tweet.status_id}
    tweets = {status_id: tweet for status_id, tweet in sorted(tweets.items()) if status_id not in superseded}
    named = (erased_on_request.Named(tweet.status_id, tweet.author_id, tweet.handle) for tweet in tweets.values())
    for status_id in erased_on_request.refused(PAID.name, named):
        del tweets[status_id]
    if not tweets:
        return
    _supersede(tweets.values(), superseded, read_at)
    with transaction.atomic():
        rows.insert(
            Tweet,
            NEW,
            [_row(tweet, read_at) for tweet in tweets.values()],
            on_conflict="(network, status_id) DO NOTHING",
        )
        _complete(tweets)
    keys = add_mentions(PAID.name, {status_id: tweet.papers for status_id, tweet in tweets.items()})
    readings = [
        Reading(
            keys[status_id], read_at, tweet.counts.retweets, tweet.counts.favorites, tweet.counts.replies, tweet.counts.quotes
        )
        for status_id, tweet in tweets.items()
    ]
    measuring.record(readings, now=read_at)


def authors_of(status_ids: Collection[str]) -> dict[str, str]:
    """The network's ids of the authors of those tweets that are here with their author."""
    known = Tweet.objects.filter(network=PAID.name, status_id__in=status_ids).exclude(author_id="")
    return dict(known.values_list("status_id", "author_id"))


def _row(tweet: FoundTweet, read_at: datetime) -> list[object]:
    posted_at = _posted_at(tweet, read_at)
    state = [Tweet.State.WITHHELD, read_at] if tweet.is_withheld else [Tweet.State.LIVE, None]
    due = first_due(posted_at, read_at)
    return [PAID.name, tweet.status_id, tweet.author_id, tweet.handle, tweet.language, posted_at, due, *state]


def _posted_at(tweet: FoundTweet, read_at: datetime) -> datetime:
    """The moment in its id where that tells it, else what the network says."""
    return PAID.posted_at(tweet.status_id) or tweet.created_at or read_at


def _complete(tweets: Mapping[str, FoundTweet]) -> None:
    """What a tweet of the old site's posts or of the sample data lacks."""
    lacking = list(Tweet.objects.filter(network=PAID.name, status_id__in=tweets, author_id=""))
    for row in lacking:
        row.author_id, row.is_sample = tweets[row.status_id].author_id, False
    Tweet.objects.bulk_update(lacking, ["author_id", "is_sample"])


def _supersede(tweets: Iterable[FoundTweet], superseded: Collection[str], read_at: datetime) -> None:
    """An edited tweet has a new id: the row of its old id, where there is one, becomes that of the newest."""
    if not superseded:
        return
    newest = {old: tweet for tweet in tweets for old in tweet.edit_history if old != tweet.status_id}
    for pk, old in Tweet.objects.filter(network=PAID.name, status_id__in=superseded).values_list("pk", "status_id"):
        try:
            with transaction.atomic():
                renamed = Tweet.objects.filter(pk=pk, status_id=old)
                new = newest[old]
                renamed.update(status_id=new.status_id, posted_at=_posted_at(new, read_at), embedded_at=None)
        except IntegrityError:
            _merge(pk, newest[old].status_id)


def _merge(old: int, newest: str) -> None:
    """Both versions have rows: the newest takes the mentions over, and the old one is not read any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model, column in ((Mention, "paper_id"), (UnmatchedMention, "arxiv_id")):
            table = model._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} (tweet_id, {column}) SELECT tweet.id, {table}.{column} FROM {table} "  # noqa: S608
                f"JOIN {Tweet._meta.db_table} tweet ON tweet.network = %s AND tweet.status_id = %s "
                f"WHERE {table}.tweet_id = %s ON CONFLICT DO NOTHING",
                [PAID.name, newest, old],
            )
        Mention.objects.filter(tweet=old).delete()
        UnmatchedMention.objects.filter(tweet=old).delete()
        Tweet.objects.filter(pk=old).update(next_read_at=None)
