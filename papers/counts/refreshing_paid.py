"""Counts read again: a hundred tweets a call, within the budget, the most valuable first."""

from collections.abc import Callable, Iterable
from datetime import datetime

from papers.access import budget
from papers.access.connections import Sources, no_key, note_answer, note_failure
from papers.counts import measuring
from papers.counts.measuring import Reading
from papers.counts.refreshed import Refreshed, keep_states
from papers.models import PaidRead, Tweet
from papers.networks.paid import LookupResult, Paid
from papers.networks.registry import PAID
from papers.sources.http import Malformed, SourceError


def refresh(
    tweets: Iterable[Tweet], *, now: datetime, sources: Sources, progress: Callable[[int], object] = lambda done: None
) -> Refreshed:
    """Read these tweets' counts and states, in their order; `progress` gets the number of tweets after each call.

    Every answer is stored before the next call. Raises the error that stops it, as soon as the network refuses or fails, or the
    budget is used up; what was stored by then stays. An answer that makes no sense is raised at the end: it must not keep the
    other tweets waiting. Not to be called inside a transaction.
    """
    done = Refreshed()
    pending = list(tweets)
    nonsense: Malformed | None = None
    try:
        if sources.paid is None:
            raise no_key()
        while pending:
            # A smaller call where the budget leaves no more; where it leaves nothing, the reservation says so.
            size = min(PAID.lookup_size, len(pending), max(1, budget.left(now)))
            batch, pending = pending[:size], pending[size:]
            try:
                answer = _look_up(sources.paid, batch, now)
            except Malformed as error:
                if error.status != 200:
                    raise
                nonsense = error
                answer = LookupResult({}, {}, frozenset(tweet.status_id for tweet in batch), 0)
            _store(batch, answer, now, done)
            progress(done.all)
        if nonsense:
            raise nonsense
    except SourceError as error:
        note_failure(PAID.name, error, now)
        raise
    return done


def _look_up(paid: Paid, batch: list[Tweet], now: datetime) -> LookupResult:
    reservation = budget.reserve(len(batch), PaidRead.Purpose.REFRESH, now=now)
    try:
        answer = paid.lookup([tweet.status_id for tweet in batch])
    except SourceError as error:
        reservation.failed(error)
        raise
    reservation.settle(answer.reads)
    note_answer(PAID.name, now)
    return answer


def _store(batch: list[Tweet], answer: LookupResult, now: datetime, done: Refreshed) -> None:
    """A constant number of statements, whatever the size of the batch."""
    found = keep_states(batch, answer.gone, answer.unknown, now, done)
    readings = []
    for tweet in found:
        counts = answer.found[tweet.status_id].counts
        readings.append(Reading(tweet.pk, now, counts.retweets, counts.favorites, counts.replies, counts.quotes))
    measuring.record(readings, now=now)
