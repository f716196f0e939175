"""A network's stream, followed by one process of all machines; the place is kept with the posts found until there."""

import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from papers import clock
from papers.access.connections import health_of, note_answer, note_failure
from papers.collecting import days, open_posts
from papers.collecting.open_days import note_missed
from papers.models import CollectionDay, NetworkDay, StreamPlace
from papers.networks.base import Heard, Stream
from papers.sources.http import Transient
from papers.sources.left_out import LeftOut

LEASE = timedelta(seconds=45)
"""Longer than a connection takes to be made or given up. By the real clock."""
LOOK_AGAIN_S = 2.0
NOTE_EVERY_S = 30.0
GIVE_UP_S = 60.0
UNREADABLE = "JSON with an author and a moment"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotLeading(Exception):
    """Another process follows by now."""


def follow(
    network: str,
    stream: Stream,
    *,
    until_live: bool = False,
    say: Callable[[str], object] = lambda text: None,
    give_up_s: float = GIVE_UP_S,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Follow for ever, or until all from before this call is in; waits while another process leads.

    With `until_live` raises Transient where no host says anything for `give_up_s`.
    """
    me, started = f"{socket.gethostname()}:{os.getpid()}", clock.now()
    StreamPlace.objects.get_or_create(network=network)
    waiting = False
    while True:
        if _lead(network, me):
            try:
                _follow(network, stream, me, until_live, give_up_s, say)
            except NotLeading:
                continue
            finally:
                StreamPlace.objects.filter(network=network, leader=me).update(leader="", leader_until=None)
            return
        if not waiting:
            say("Another process follows the stream; this one waits.")
            waiting = True
        if until_live and StreamPlace.objects.filter(network=network, is_live=True, heard_at__gte=started).exists():
            return
        sleep(LOOK_AGAIN_S)
        connection.close_if_unusable_or_obsolete()


def _lead(network: str, me: str) -> bool:
    """Take the lead where nobody has it, its lease is over, or it was a process of this machine that is no more. A lease for much
    longer than anybody takes one is from before the clock was set back."""
    now = timezone.now()
    place = StreamPlace.objects.get(network=network)
    free = Q(leader="") | Q(leader_until__lte=now) | Q(leader_until__gt=now + 10 * LEASE)
    if _is_dead(place.leader):
        free |= Q(leader=place.leader)
    return bool(StreamPlace.objects.filter(free, network=network).update(leader=me, leader_until=now + LEASE, is_live=False))


def _is_dead(leader: str) -> bool:
    host, _, process = leader.rpartition(":")
    if host != socket.gethostname() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _follow(network: str, stream: Stream, me: str, until_live: bool, give_up_s: float, say: Callable[[str], object]) -> None:
    cursor = _cursor(network, stream)
    heard_s, noted_s, trouble = time.monotonic(), float("-inf"), ""
    for heard in stream.follow(cursor):
        keep(network, heard, me)
        if heard.trouble != trouble:
            trouble = heard.trouble
            if not until_live:  # it ends with that sentence, or without a word
                say(trouble or "The stream is back.")
        if heard.trouble:
            note_failure(health_of(network), Transient(heard.trouble), clock.now())
            noted_s = float("-inf")
        elif heard.frames:
            heard_s = time.monotonic()
            if heard_s - noted_s >= NOTE_EVERY_S:
                note_answer(health_of(network), clock.now())
                noted_s = heard_s
        if until_live and heard.is_live:
            return
        if until_live and time.monotonic() - heard_s >= give_up_s:
            raise Transient(trouble or f"The stream of {network} sent nothing for {give_up_s:.0f} s.")


def _cursor(network: str, stream: Stream) -> int:
    """Where to go on from; the first time it is as far back as the stream goes, which is kept as its beginning."""
    place = StreamPlace.objects.get(network=network)
    if place.cursor is None:
        place.began_at = clock.now() - stream.lookback
        place.cursor = (place.began_at - EPOCH) // timedelta(microseconds=1)
        place.save(update_fields=["began_at", "cursor"])
        # Days that were asked for before are due again: they tell, or fill by search, what was not heard of them.
        NetworkDay.objects.filter(network=network, collected_until=None).update(collected_at=None)
    return place.cursor


def keep(network: str, heard: Heard, me: str) -> None:
    """Store what was heard, and the place, in one transaction. Raises NotLeading where `me` does not lead."""
    now = clock.now()
    ours = StreamPlace.objects.filter(network=network, leader=me)
    with transaction.atomic():
        changes = {"leader_until": timezone.now() + LEASE, "is_live": heard.is_live, "cursor": heard.cursor}
        if not ours.update(**changes, **({"heard_at": now} if heard.frames else {})):
            raise NotLeading
        open_posts.store(network, heard.found, read_at=now)
        if heard.removed:
            open_posts.remove(network, heard.removed, now=now)
        if heard.authors_gone:
            open_posts.remove_authors(network, heard.authors_gone, now=now)
        if heard.authors_back:
            open_posts.look_for_authors(network, heard.authors_back, now=now)
        if heard.missed:
            note_missed(network, *heard.missed, now=now)
        if heard.unreadable and (day := CollectionDay.objects.filter(date=now.date()).first()):
            with days.changing(day.date, now) as row:
                days.remember(row, network, [LeftOut("", UNREADABLE)] * heard.unreadable, anew=False)
