"""Erases posts on request: texts, names and handles go everywhere, and never come back.

The row stays as a tombstone, as of every post that is gone; its counts name nobody. What is erased is known again by a hash, so
that collecting does not bring it back.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from papers.counts.gone import COPIED, ERASED
from papers.counts.measuring import measure_papers
from papers.list_questions import lists
from papers.models import Erasure, Tweet
from papers.models.tweets import TweetQuerySet
from papers.networks.registry import KINDS
from papers.rows import select
from papers.search import post_index
from papers.text.folding import Folded

Subject = Erasure.Subject


class Named(NamedTuple):
    """What a network says of a post that tells whose it is."""

    id: str
    author_id: str
    handle: str


def key_of(network: str, subject: Subject, name: str) -> str:
    text = chr(0).join((network, subject, name.casefold().removeprefix("@")))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def posts_of_author(network: str, author: str) -> TweetQuerySet:
    """The posts of the network's author with this id, or who has or had this handle; one query, to find the ids."""
    author = author.removeprefix("@")
    of_network = Tweet.objects.filter(network=network)
    named = Q(author_id=author) | Q(author_handle__iexact=author)
    ids = set(of_network.filter(named).exclude(author_id="").order_by().values_list("author_id", flat=True))
    return of_network.filter(named | Q(author_id__in=ids))


def id_by_handle(link: str) -> tuple[str, str] | None:
    """Network and id of the post at an address with its author's handle, if a post of the author tells the network's own id."""
    parts = link.strip().split("/")
    handles = [part.casefold().removeprefix("@") for part in parts]
    known = Tweet.objects.annotate(handle=Folded("author_handle")).filter(handle__in=handles).exclude(author_id="")
    for network, handle, author_id in known.order_by().values_list("network", "handle", "author_id").distinct():
        address = "/".join(author_id if part == handle else given for part, given in zip(handles, parts, strict=True))
        if (id := KINDS[network].id_in(address)) is not None:
            return network, id
    return None


def erase_post(network: str, id: str, *, reason: str, now: datetime, by: Any = None) -> int:
    """Erase the post with this id, and refuse it from now on. Returns 0 if it was not here."""
    return _erase(network, Subject.POST, [id], Tweet.objects.filter(network=network, status_id=id), reason, now, by)


def erase_author(network: str, author: str, *, reason: str, now: datetime, by: Any = None) -> int:
    """Erase all posts of the author with this id or handle, and refuse further ones; how many posts there were.

    Whoever is known by a handle alone may take another: with a post that is here, the network's own id is known as well.
    """
    posts = posts_of_author(network, author)
    known = posts.order_by().values_list("author_id", "author_handle").distinct()
    names = {author.removeprefix("@"), *(name for both in known for name in both)} - {""}
    return _erase(network, Subject.AUTHOR, names, posts, reason, now, by)


def _erase(
    network: str, subject: Subject, names: Iterable[str], posts: TweetQuerySet, reason: str, now: datetime, by: Any
) -> int:
    with transaction.atomic():
        keys = list(posts.order_by().values_list("pk", flat=True))
        Erasure.objects.bulk_create(
            [
                Erasure(network=network, subject=subject, key=key, posts=len(keys), reason=reason, by=by, at=now)
                for key in sorted({key_of(network, subject, name) for name in names})
            ],
            ignore_conflicts=True,
        )
        _forget(keys, now)
    return len(keys)


def _forget(keys: Collection[int], now: datetime) -> None:
    """Also in the search index and in SQLite's log, which would hold the texts for a while."""
    Tweet.objects.filter(pk__in=keys).update(state=Tweet.State.ERASED, state_since=now, next_read_at=None, author_id="", **ERASED)
    lists().forget_texts(keys, COPIED)
    measure_papers(keys, now=now)
    post_index.forget(keys)
    if connection.vendor == "sqlite":
        transaction.on_commit(_empty_log)


def _empty_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # does nothing if others read for longer than the timeout


def erase_again(requests: Iterable[Erasure], *, now: datetime) -> int:
    """Erase what these requests name, where an older state of the database took the place of the one that had them. Returns the
    number of posts."""
    missing = {one.key: one for one in requests}
    for key in Erasure.objects.filter(key__in=missing).values_list("key", flat=True):
        del missing[key]
    if not missing:
        return 0
    with transaction.atomic():
        Erasure.objects.bulk_create(
            [
                Erasure(network=one.network, subject=one.subject, key=one.key, posts=one.posts, reason=one.reason, at=one.at)
                for one in missing.values()
            ]
        )
        posts = (
            Tweet.objects.exclude(state=Tweet.State.ERASED)
            .order_by()
            .values_list("pk", "network", "status_id", "author_id", "author_handle")
        )
        keys = [pk for pk, network, *names in posts.iterator() if _keys(network, Named(*names)) & missing.keys()]
        _forget(keys, now)
    return len(keys)


def refused(network: str, posts: Iterable[Named]) -> Collection[str]:
    """The ids of those posts that were erased on request, or are of an author who was; one query."""
    keys = {post.id: _keys(network, post) for post in posts}
    erased = {key for (key,) in select(Erasure, ["key"], "key", {key for several in keys.values() for key in several})}
    return {id for id, several in keys.items() if erased & several}


def _keys(network: str, post: Named) -> set[str]:
    names = [name for name in (post.author_id, post.handle) if name]
    return {key_of(network, Subject.POST, post.id), *(key_of(network, Subject.AUTHOR, name) for name in names)}
