"""Counts and texts of the open networks' posts, read again: each network's own words, within one reading also who hid what."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter

from django.db import transaction

from papers.access.connections import note_answer, note_failure
from papers.counts import measuring
from papers.counts.due import next_wait
from papers.counts.gone import LOOK_AGAIN
from papers.counts.mentions import relink
from papers.counts.refreshed import ASK_AGAIN, Refreshed, keep_states
from papers.list_questions import lists
from papers.models import Mention, Tweet
from papers.networks.base import FoundPost, GoneReason, Network, PostsRead, unreadable
from papers.networks.post_html import body_of, direction_of
from papers.networks.registry import KINDS
from papers.rows import update_each
from papers.sources.http import SourceError
from papers.sources.left_out import LeftOut, is_mostly_unread

AT_ONCE = 500
KEPT = ("counts", "read_at", "next_read_at", "author_handle", "author_name", "body_html", "direction", "language", "embedded_at")
of_kept = attrgetter(*KEPT)


def refresh_posts(network: Network, tweets: Iterable[Tweet], *, now: datetime) -> Refreshed:
    """Read these tweets of the network again. Raises what the network raises; what was stored by then stays.

    Raises Unreadable at the end where most of them came without what we need: then the network has changed.
    """
    done, pending = Refreshed(), list(tweets)
    while pending:
        batch, pending = pending[:AT_ONCE], pending[AT_ONCE:]
        try:
            reading = network.read({tweet.status_id: tweet.posted_at for tweet in batch})
        except SourceError as error:
            note_failure(network.name, error, now)
            raise
        note_answer(network.name, now)
        _store(network.name, batch, reading, now, done)
    if is_mostly_unread(len(done.unreadable), done.read + len(done.unreadable)):
        changed = unreadable(network.title, done.unreadable, done.read + len(done.unreadable))
        note_failure(network.name, changed, now)
        raise changed
    return done


@transaction.atomic
def _store(network: str, asked: Iterable[Tweet], reading: PostsRead, now: datetime, done: Refreshed) -> None:
    """Store the answers, except those that are old news: a post that changed since it was loaded is asked for again."""
    batch = _unchanged(asked)
    gone = {**reading.gone, **_unlinked(network, reading.found)}
    found = [(tweet, reading.found[tweet.status_id]) for tweet in keep_states(batch, gone, reading.unknown, now, done)]
    if lost := [tweet.pk for tweet in batch if tweet.status_id in gone]:
        # A network may know a post only hours after it told of it: what it never showed is looked for again on the same day.
        never_shown = Tweet.objects.filter(pk__in=lost, read_at=None, state_since__gt=now - LOOK_AGAIN)
        never_shown.update(next_read_at=now + ASK_AGAIN)
    if found:
        relink(network, {post.id: post.papers for _, post in found}, now=now)
    keep(found, now=now)
    done.unreadable += [LeftOut(id, lacks) for id, lacks in reading.unreadable.items()]


def _unchanged(asked: Iterable[Tweet]) -> list[Tweet]:
    """Those whose state and due time are as they were when they were loaded, locked.

    The stream may have told otherwise meanwhile: that a post is deleted (its text must not return), or that an author is back.
    """
    tweets = {tweet.pk: tweet for tweet in asked}
    rows = Tweet.objects.select_for_update().filter(pk__in=tweets).order_by("pk").values_list("pk", "state", "next_read_at")
    return [tweets[pk] for pk, *now in rows if now == [tweets[pk].state, tweets[pk].next_read_at]]


def _unlinked(network: str, found: Mapping[str, FoundPost]) -> dict[str, GoneReason]:
    """An edit may have taken the link to a paper away: then it is no post of ours any more, unless an editor says that it is."""
    without = [id for id, post in found.items() if not post.papers]
    by_hand = Mention.objects.filter(is_by_hand=True, tweet__network=network, tweet__status_id__in=without)
    kept = set(by_hand.values_list("tweet__status_id", flat=True)) if without else set()
    return dict.fromkeys((id for id in without if id not in kept), GoneReason.DELETED)


def keep(found: Iterable[tuple[Tweet, FoundPost]], *, now: datetime) -> None:
    """Store what the posts count now, and who their authors are called now.

    Where the network did not tell the first of its counts, all that were there before stay, as of their own moment.
    """
    changed = []
    found = list(found)
    if edited := [tweet.pk for tweet, post in found if _is_edited(tweet, post)]:
        lists().keep_printed_posts(edited)
    for tweet, post in found:
        before = score(tweet.counts) if tweet.read_at else None
        is_read = bool(post.counts) and (not tweet.counts or KINDS[tweet.network].counted[0].name in post.counts)
        counts = dict(post.counts) if is_read else tweet.counts
        age_s = (now - tweet.posted_at).total_seconds()
        wait_s = next_wait(age_s, before, score(counts))
        tweet.counts, tweet.read_at = counts, now if is_read else tweet.read_at
        tweet.next_read_at = None if wait_s is None else now + timedelta(seconds=wait_s)
        tweet.author_handle, tweet.author_name = post.handle[:255] or tweet.author_handle, post.name[:200] or tweet.author_name
        if body := body_of(post.runs):
            tweet.body_html, tweet.direction = body, direction_of(post.runs)
            tweet.language, tweet.embedded_at = post.language, now
        changed.append(tweet)
    update_each(Tweet, KEPT, ([*of_kept(tweet), tweet.pk] for tweet in changed))
    measuring.remember(changed, now=now)


def _is_edited(tweet: Tweet, post: FoundPost) -> bool:
    body, before = body_of(post.runs), (tweet.body_html, tweet.direction, tweet.language)
    return bool(body and tweet.body_html) and before != (body, direction_of(post.runs), post.language)


def score(counts: Mapping[str, int]) -> int:
    """How much there is of everything: only to see whether it changes."""
    return sum(counts.values())
