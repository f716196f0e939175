"""Posts of the open networks, as they gave them, into the database. Only posts that link a paper are kept."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from papers import rows
from papers.counts import erased_on_request, gone, measuring
from papers.counts.due import first_due
from papers.counts.mentions import link, match, relink
from papers.counts.refreshing_open import keep
from papers.models import Mention, NetworkDay, Tweet
from papers.networks.base import FoundPost, GoneReason
from papers.networks.post_html import body_of, direction_of

NEW = (
    *("network", "status_id", "author_id", "author_handle", "author_name", "language", "direction", "body_html"),
    *("posted_at", "next_read_at", "embedded_at"),
)
AT_ONCE = 500


def store(network: str, found: Iterable[FoundPost], *, read_at: datetime) -> None:
    """Bring in the posts that link papers, with the counts that came along. The same posts again change nothing but counts."""
    posts = {post.id: post for post in found if post.papers}
    for id in erased_on_request.refused(
        network, (erased_on_request.Named(post.id, post.author_id, post.handle) for post in posts.values())
    ):
        del posts[id]
    with transaction.atomic():
        made = rows.insert(
            Tweet,
            NEW,
            [_row(network, post, read_at) for _, post in sorted(posts.items())],
            returning=["status_id", "id"],
            on_conflict="(network, status_id) DO NOTHING",
        )
        keys = dict(made)
        known = {id: post for id, post in posts.items() if id not in keys}
        unmatched = link(keys, {id: post.papers for id, post in posts.items() if id not in known})
        if known:
            relink(network, {id: post.papers for id, post in known.items()}, now=read_at)
            # What is told again may be back; only a reading says so.
            hidden = Tweet.objects.filter(network=network, status_id__in=known)
            hidden.exclude(state__in=[Tweet.State.LIVE, Tweet.State.ERASED]).update(next_read_at=read_at)
        # Papers that come while this is being stored cannot see the mentions yet.
        transaction.on_commit(lambda: match(tweets=unmatched))
        counted = {id: post for id, post in posts.items() if post.counts}
        for first in range(0, len(counted), AT_ONCE):
            batch = dict(list(counted.items())[first : first + AT_ONCE])
            live = Tweet.objects.select_for_update().live().filter(network=network, status_id__in=batch)
            keep([(tweet, batch[tweet.status_id]) for tweet in live.order_by("pk")], now=read_at)


def remove(network: str, ids: Collection[str], *, now: datetime) -> None:
    """By the network's own word these posts are gone, or link no paper any more; most of them were never here.

    One that an editor linked may be here still without a link of its own: the next reading says.
    """
    known = set(Tweet.objects.live().filter(network=network, status_id__in=ids).values_list("pk", flat=True))
    by_hand = set(Mention.objects.filter(tweet__in=known, is_by_hand=True).values_list("tweet", flat=True))
    Tweet.objects.filter(pk__in=by_hand).update(next_read_at=now)
    _gone(dict.fromkeys(known - by_hand, GoneReason.DELETED), now)


def remove_authors(network: str, reasons: Mapping[str, GoneReason], *, now: datetime) -> None:
    """These authors (by the network's ids) are gone, and with them all their posts."""
    known = Tweet.objects.live().filter(network=network, author_id__in=reasons).values_list("pk", "author_id")
    _gone({pk: reasons[author] for pk, author in known}, now)


def look_for_authors(network: str, authors: Collection[str], *, now: datetime) -> None:
    """These authors are back: the next reading says which of their posts are.

    Those that are live here are due too: a reading from before the return, which is still under way, may call them gone.
    """
    Tweet.objects.filter(network=network, author_id__in=authors).update(next_read_at=now)


def missed(network: str, start: datetime, end: datetime, *, days: Iterable[tuple[datetime, datetime]]) -> None:
    """Note in each of the UTC days (first and last moment) that it was not heard from start to end."""
    for opens, closes in days:
        gap = [max(start, opens).isoformat(), min(end, closes).isoformat()]
        with transaction.atomic():
            row, _ = NetworkDay.objects.select_for_update().get_or_create(date=opens.date(), network=network)
            if gap not in [known[:2] for known in row.missed]:
                row.missed, row.collected_at = [*row.missed, gap], None  # due again, to be filled where that is possible
                row.save(update_fields=["missed", "collected_at"])


def _gone(reasons: Mapping[int, GoneReason], now: datetime) -> None:
    if reasons:
        gone.mark_gone({pk: Tweet.State(reason) for pk, reason in reasons.items()}, now=now)
        measuring.measure_papers(reasons, now=now)


def _row(network: str, post: FoundPost, now: datetime) -> list[object]:
    body = body_of(post.runs)
    return [
        *(network, post.id, post.author_id[:255], post.handle[:255], post.name[:200], post.language),
        *(direction_of(post.runs), body, post.posted_at, first_due(post.posted_at, now), now if body else None),
    ]
