"""The machine proposes a day's list; editors decide."""

from datetime import date, datetime

from django.db import transaction

from digests.models import Digest, Entry, ShownTweet
from papers.candidates import candidates
from papers.models import CollectionDay, Paper, Provenance, Tweet
from papers.ranking import LedgerLine


def propose(day: date, *, now: datetime) -> Digest | None:
    """A draft of the day's hot papers in rank order, with their counts and shown tweets as they were last read.

    None where there is nothing to propose: the day is not collected completely, or it has a digest, whoever made it.
    """
    if not CollectionDay.objects.filter(date=day, state=CollectionDay.State.COMPLETE).exists():
        return None
    hot = [paper for paper in candidates(day) if paper.hot]
    papers = dict(Paper.objects.filter(arxiv_id__in=[paper.arxiv_id for paper in hot]).values_list("arxiv_id", "pk"))
    shown = [line for paper in hot for line in paper.tweets if line.shown]
    tweets = dict(Tweet.objects.filter(status_id__in=[line.id for line in shown]).values_list("status_id", "pk"))
    with transaction.atomic():
        digest, made = Digest.objects.get_or_create(date=day, defaults={"written_at": now.replace(microsecond=0)})
        if not made:
            return None
        entries = Entry.objects.bulk_create(
            Entry(
                digest=digest,
                position=paper.rank,
                paper_id=papers[paper.arxiv_id],
                retweets=paper.retweets,
                favorites=paper.favorites,
                read_at=last_read(paper.tweets, now),
                provenance=Provenance.NETWORK,
            )
            for paper in hot
        )
        ShownTweet.objects.bulk_create(
            ShownTweet(entry=entry, position=position, tweet_id=tweets[line.id])
            for entry, paper in zip(entries, hot, strict=True)
            for position, line in enumerate((line for line in paper.tweets if line.shown), 1)
        )
    return digest


def last_read(ledger: tuple[LedgerLine, ...], now: datetime) -> datetime:
    """The latest moment at which a tweet that counts was read, in whole seconds."""
    return max((line.read_at for line in ledger if line.read_at and not line.left_out), default=now).replace(microsecond=0)
