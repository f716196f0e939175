"""The tweets of a day that link papers.

A day is swept in pieces while it goes on: each piece begins where the one before ended, so that each tweet is paid for
once. With a floor a piece misses the tweets that rise above it later. Then, once the day is over, the last sweep takes
the whole day: it finds those, and is the next day's reading of all the others. Without a floor it takes the rest alone.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Self

from django.conf import settings

from papers import clock
from papers.access import budget
from papers.access.connections import Sources, no_key, note_answer
from papers.collecting import days
from papers.collecting.announced import Progress, no_progress
from papers.collecting.paid_posts import authors_of, store
from papers.counts.mentions import add_mentions
from papers.models import CollectionDay, NetworkDay, PaidRead
from papers.networks.base import unreadable
from papers.networks.paid import FoundTweet, Paid, SweepPage, roots_wanted
from papers.networks.registry import PAID
from papers.sources.http import SourceError
from papers.sources.left_out import is_mostly_unread


@dataclass
class Place:
    """Where an unfinished sweep goes on; kept as JSON in the network's `sweep_token` of the day."""

    token: str | None = None
    """The next page; None for the first one."""
    is_through: bool = False
    """All pages are read; roots of threads may be left to look up."""
    roots: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Roots to look up: by status id, then by the author of the replies, the papers that these link."""
    unread: list[list[str]] = field(default_factory=list)
    """What could not be read when the next page was read before: names, and what each lacks."""

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(**json.loads(text)) if text else cls()

    def write(self) -> str:
        return json.dumps(asdict(self))


def collect_tweets(day: date, *, now: datetime, sources: Sources, progress: Progress = no_progress) -> CollectionDay:
    """Bring in the tweets of the UTC day `day`, up to half a minute ago; goes on where an earlier call was broken off.

    Asks nothing where the day is done. What was read is kept, whatever happens then. Raises the errors of
    `papers.sources.http`, BudgetSpent among them, after the day has them as its reason.
    """
    row = days.row_of(day, now)
    if _state_of(day).done_at:
        return row
    try:
        if sources.paid is None:
            raise no_key()
        while _begin(day, now):
            _sweep(day, sources.paid, now, progress)
            note_answer(PAID.name, clock.now())
    except SourceError as error:
        if error.status == 400:
            _forget_place(day, now)
        days.failed(day, PAID.name, error, now)
        raise
    return CollectionDay.objects.get(date=day)


def _state_of(day: date) -> NetworkDay:
    return NetworkDay.objects.get_or_create(date=day, network=PAID.name)[0]


@contextlib.contextmanager
def _changing(day: date, now: datetime) -> Iterator[tuple[CollectionDay, NetworkDay]]:
    """The day's row, locked, and the network's state of it; what the block leaves in them is saved."""
    with days.changing(day, now) as row:
        state = _state_of(day)
        yield row, state
        state.save()


def _begin(day: date, now: datetime) -> bool:
    """Set the bounds of the next piece, or leave those of an unfinished one; whether there is one."""
    opens, closes = clock.bounds(day)
    until = min((now - PAID.settled).replace(microsecond=0), closes)
    with _changing(day, now) as (row, state):
        if state.done_at:
            return False
        if until == closes and state.sweep_end != closes and PAID.has_floor(settings):
            state.collected_until, state.sweep_end = None, None
            days.remember(row, PAID.name, ())  # the whole day is read again
        if state.sweep_end is None:
            if until <= (state.collected_until or opens):
                return False
            state.sweep_end, state.sweep_token = until, ""
    return True


def _forget_place(day: date, now: datetime) -> None:
    """The network does not take the place any more: the next attempt begins the piece anew."""
    with _changing(day, now) as (_, state):
        state.sweep_end, state.sweep_token = None, ""


def _sweep(day: date, paid: Paid, now: datetime, progress: Progress) -> None:
    state = _state_of(day)
    place = Place.read(state.sweep_token)
    if not place.is_through:
        _read_pages(state, place, paid, now, progress)
    while place.roots:
        _look_up_roots(place, paid)
        _keep(day, place, now)
    _finish(day, now)


def _read_pages(state: NetworkDay, place: Place, paid: Paid, now: datetime, progress: Progress) -> None:
    reservations: list[budget.Reservation] = []

    def reserve(posts: int) -> None:
        reservations.append(budget.reserve(posts, PaidRead.Purpose.SWEEP, now=clock.now()))

    opens, closes = clock.bounds(state.date)
    found = 0
    try:
        for page in paid.sweep(
            start=state.collected_until or opens,
            end=state.sweep_end or closes,
            max_reads=budget.left(clock.now()),
            token=place.token,
            before_page=reserve,
        ):
            if reservations:
                reservations.pop().settle(page.reads)
            store(page.tweets, read_at=clock.now())
            _remember_unread(state.date, place, page, now)
            _remember_roots(place, page.tweets)
            place.token, place.is_through, place.unread = page.next_token, not page.more, []
            _keep(state.date, place, now)
            found += len(page.tweets)
            progress(found, None)
    except SourceError as error:
        for reservation in reservations:
            reservation.failed(error)
        raise
    if not place.is_through:
        raise budget.refusal(clock.now())


def _remember_unread(day: date, place: Place, page: SweepPage, now: datetime) -> None:
    """Raises Unreadable where most of the page is: then the network has changed, and the page is to be read again."""
    if page.left_out or place.unread:
        with _changing(day, now) as (row, state):
            days.remember(row, PAID.name, page.left_out, anew=False, instead=place.unread)
            place.unread = [[one.name, one.lacks] for one in page.left_out]
            state.sweep_token = place.write()
    if is_mostly_unread(len(page.left_out), page.reads):
        raise unreadable(PAID.title, page.left_out, page.reads)


def _remember_roots(place: Place, found: tuple[FoundTweet, ...]) -> None:
    wanted = set(roots_wanted(found))
    for tweet in found:
        if tweet.conversation_id in wanted and tweet.papers and not tweet.answers_another:
            papers = place.roots.setdefault(tweet.conversation_id, {}).setdefault(tweet.author_id, [])
            papers += [paper for paper in tweet.papers if paper not in papers]


def _look_up_roots(place: Place, paid: Paid) -> None:
    """A call's worth of roots: one by the author of the reply counts for the papers that it links. Known ones cost nothing."""
    roots = dict(list(place.roots.items())[: PAID.lookup_size])
    known = authors_of(roots)
    add_mentions(PAID.name, {root: roots[root].get(author, []) for root, author in known.items()})
    asked = [root for root in roots if root not in known]
    if asked:
        now = clock.now()
        reservation = budget.reserve(len(asked), PaidRead.Purpose.ROOT, now=now)
        try:
            answer = paid.lookup(asked)
        except SourceError as error:
            reservation.failed(error)
            raise
        reservation.settle(answer.reads)
        theirs = [
            replace(tweet, papers=tuple(dict.fromkeys([*tweet.papers, *papers])))
            for root, tweet in answer.found.items()
            if (papers := roots[root].get(tweet.author_id))
        ]
        store(theirs, read_at=now)
    place.roots = {root: replies for root, replies in place.roots.items() if root not in roots}


def _keep(day: date, place: Place, now: datetime) -> None:
    with _changing(day, now) as (_, state):
        state.sweep_token = place.write()


def _finish(day: date, now: datetime) -> None:
    closes = clock.bounds(day)[1]
    with _changing(day, now) as (row, state):
        state.collected_until, state.sweep_end, state.sweep_token = state.sweep_end, None, ""
        state.found, state.collected_at = days.found_on(PAID.name, day), now
        if state.collected_until == closes:
            state.done_at = row.tweets_done_at = now
        state.save()
        days.count_posts(row)
        if row.papers_done_at:
            row.next_try_at = None if row.tweets_done_at else min(now + days.SWEEP_EVERY, closes + PAID.settled)
        days.answered(row, PAID.name)
