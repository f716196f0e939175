"""The texts of the tweets that are shown: fetched once, and once a day while they are new, so that a gone tweet goes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from papers.access.connections import Sources, note_answer, note_failure
from papers.counts import gone, measuring
from papers.list_questions import lists
from papers.models import Tweet
from papers.networks.base import Embed, Protected
from papers.networks.registry import KINDS, texts
from papers.ranking.candidates import candidates
from papers.sources.http import Gone, Malformed, RateLimited, SourceError

CANDIDATE_DAYS = 3
"""Listing days whose hot papers may still enter a digest, today's included."""
NEW_FOR = timedelta(days=7)
AGAIN_AFTER = timedelta(days=1)
OLD_AGAIN_AFTER = timedelta(days=30)
FIRST_LOOK, LAST_LOOK = timedelta(hours=1), timedelta(days=1)
"""When a tweet that is no longer shown is looked for again; after the last look its text is erased."""
GIVE_UP_AFTER = 3
"""Failures in a row: it is the service then, and not a tweet."""
HIDDEN = Q(state__in=[Tweet.State.DELETED, Tweet.State.PROTECTED]) & ~Q(body_html="")
"""Gone by the word of the texts' service alone, and not for long."""


@dataclass
class Embedded:
    """Tweets, by what the service said of them."""

    stored: int = 0
    gone: int = 0
    failed: int = 0
    """What was stored stays, and they are asked for again."""


def to_embed(now: datetime) -> list[Tweet]:
    """The tweets to fetch, those without a text first: what the hot papers of the last listing days would show, and what digests
    show, again after a day where the digest is of the last week, else after thirty. And the hidden ones that are due.

    Digests made of posts of the old site keep the texts of those posts.
    """
    today = now.astimezone(UTC).date()
    hot = [paper for n in range(CANDIDATE_DAYS) for paper in candidates(today - timedelta(days=n)) if paper.hot]
    candidates_of = Tweet.objects.with_keys({line.key for paper in hot for line in paper.tweets if line.shown})

    def due(shown: QuerySet[Any, Any], again_after: timedelta) -> QuerySet[Tweet]:
        # Not "before then, or never": nearly all posts have no text, and PostgreSQL would read every one of them.
        fresh = Tweet.objects.filter(pk=OuterRef("tweet"), embedded_at__gt=now - again_after)
        those = Tweet.objects.filter(pk__in=shown.filter(~Exists(fresh)), is_sample=False)
        return those.exclude(network__in=KINDS.keys() - texts().keys()).live().order_by()

    tweets = due(candidates_of.order_by().values(tweet=F("pk")), AGAIN_AFTER).union(
        due(lists().tweets_of_the_network(after=today - NEW_FOR), AGAIN_AFTER),
        due(lists().tweets_of_the_network(), OLD_AGAIN_AFTER),
        Tweet.objects.with_texts_elsewhere().filter(HIDDEN, next_read_at__lte=now).order_by(),
    )
    return sorted(tweets, key=lambda tweet: (bool(tweet.embedded_at), tweet.embedded_at or tweet.posted_at))


def embed(
    tweets: Iterable[Tweet], *, now: datetime, sources: Sources, progress: Callable[[int], object] = lambda done: None
) -> Embedded:
    """Fetch name, handle, language, direction and body of each; `progress` gets the number of tweets after each.

    A tweet that the service does not show is hidden at once; its text is kept until it was looked for after an hour and after a
    day. A failure keeps what is here. Raises the error where the service asks us to slow down, or fails three times in a row. Not
    to be called inside a transaction.
    """
    done, in_a_row = Embedded(), 0
    changed: list[int] = []
    answered: set[str] = set()
    try:
        for place, tweet in enumerate(tweets, 1):
            try:
                _keep(tweet, sources.texts[tweet.network].embed(tweet.status_id, tweet.author_handle), now)
            except Gone as error:
                _hide(tweet, Tweet.State.PROTECTED if isinstance(error, Protected) else Tweet.State.DELETED, now)
                changed.append(tweet.pk)
                done.gone += 1
            except Malformed:
                # This answer says nothing about the service, and the next is not likely to be better before tomorrow.
                Tweet.objects.filter(pk=tweet.pk).update(embedded_at=now)
                done.failed += 1
            except SourceError as error:
                done.failed += 1
                in_a_row += 1
                if isinstance(error, RateLimited) or in_a_row == GIVE_UP_AFTER:
                    note_failure(texts()[tweet.network].name, error, now)
                    raise
                continue
            else:
                done.stored += 1
                answered.add(tweet.network)
                if tweet.state != Tweet.State.LIVE:
                    changed.append(tweet.pk)
            in_a_row = 0
            progress(place)
    finally:
        measuring.measure_papers(changed, now=now)
    for network in answered:
        note_answer(texts()[network].name, now)
    return done


def _keep(tweet: Tweet, embed: Embed, now: datetime) -> None:
    # Where a reading has found meanwhile that it is gone, it stays gone.
    still = Tweet.objects.filter(Q(state=Tweet.State.LIVE) | HIDDEN, pk=tweet.pk)
    text = {"language": embed.language, "direction": embed.direction, "body_html": embed.body_html}
    is_edited = tweet.body_html and any(getattr(tweet, name) != value for name, value in text.items())
    with transaction.atomic():
        if is_edited:
            lists().keep_printed_posts([tweet.pk])
        still.update(author_name=embed.name, author_handle=embed.handle, embedded_at=now, **text)
        if tweet.state != Tweet.State.LIVE:
            still.update(state=Tweet.State.LIVE, state_since=None, next_read_at=now)


def _hide(tweet: Tweet, state: Tweet.State, now: datetime) -> None:
    if tweet.state == Tweet.State.LIVE:
        live = Tweet.objects.live().filter(pk=tweet.pk)
        live.update(state=state, state_since=now, next_read_at=now + FIRST_LOOK)
    elif now - (tweet.state_since or now) < LAST_LOOK:
        Tweet.objects.filter(HIDDEN, pk=tweet.pk).update(next_read_at=(tweet.state_since or now) + LAST_LOOK)
    else:
        gone.erase(tweet.pk)
