"""The truth about each UTC day: which days there should be, what is here of them, what is missing, and when to try again.

A listing day has the date that arXiv's pages show. Tweets are swept by UTC day, also at weekends and on holidays.
"""

import contextlib
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q, Sum

from papers import clock, rows
from papers.access import budget
from papers.access.connections import calendar, no_key, note_failure
from papers.models import CollectionDay, PaidRead, SourceHealth
from papers.sources.arxiv.calendar import SATURDAY
from papers.sources.http import SourceError

State = CollectionDay.State
REACH = timedelta(days=90)
"""Missed days are caught up so far back: arXiv's catch-up page goes no further. `backfill` goes as far as anybody likes."""
CLAIM = timedelta(minutes=15)
"""Longer than a task may last (CELERY_TASK_TIME_LIMIT); a worker that was killed blocks its day so long."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
ANNOUNCEMENT_WAIT = timedelta(minutes=15)
SWEEP_EVERY = timedelta(hours=6)
FAILED_AFTER = 6
"""Attempts in a row; at the waits above, some three hours."""
LONGEST_REASON = 500
TO_COLLECT = "Its papers are still to be collected."


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of the UTC day, and the first one after it."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def is_over(day: date, now: datetime) -> bool:
    return now >= bounds(day)[1]


def ensure_days(now: datetime) -> None:
    """Make the rows of all days from the first one collected (of the last 90) to today (UTC), weekends and holidays included."""
    today = now.astimezone(UTC).date()
    first = CollectionDay.objects.aggregate(first=Min("date"))["first"] or today
    first = max(first, today - REACH)
    known = set(CollectionDay.objects.filter(date__gte=first).values_list("date", flat=True))
    _add([day for n in range((today - first).days + 1) if (day := first + timedelta(days=n)) not in known], now)


def row_of(day: date, now: datetime) -> CollectionDay:
    """The day's row; made where there was none."""
    found = CollectionDay.objects.filter(date=day).first()
    if found is None:
        _add([day], now)
        found = CollectionDay.objects.get(date=day)
    return found


def _add(days: list[date], now: datetime) -> None:
    announcements = calendar()
    values = []
    for day in days:
        if day.weekday() >= SATURDAY:
            values.append([day, State.QUIET, "arXiv announces nothing at weekends.", now, None, now])
        elif not announcements.is_listing_day(day):
            # The calendar is a forecast: once the day is over, arXiv's own page has the last word.
            check_at = bounds(day)[1]
            values.append([day, State.QUIET, "arXiv has a holiday, by its calendar.", None, check_at, now])
        else:
            expected = announcements.expected_at(day)
            if expected > now:
                values.append([day, State.NOT_ANNOUNCED, _expectation(day), None, expected, now])
            else:
                values.append([day, State.COLLECTING, TO_COLLECT, None, None, now])
    columns = ["date", "state", "reason", "papers_done_at", "next_try_at", "changed_at"]
    rows.insert(CollectionDay, columns, values, on_conflict="DO NOTHING")


def expected_at(day: date) -> datetime:
    """From when on the day's announcement can be read."""
    return calendar().expected_at(day)


def _expectation(day: date) -> str:
    return f"arXiv has not announced it yet; that is expected from {expected_at(day):%Y-%m-%d %H:%M} UTC on."


def days_wanted(now: datetime) -> list[date]:
    """The days that lack papers or tweets and may be tried now, oldest first; today and missed ones get their rows here.

    Without a key for X only those that lack papers.
    """
    ensure_days(now)
    lacking = Q(papers_done_at=None) | Q(tweets_done_at=None) if settings.X_BEARER_TOKEN else Q(papers_done_at=None)
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    return list(CollectionDay.objects.filter(lacking, due).order_by("date").values_list("date", flat=True))


def spare_reads(now: datetime) -> int:
    """Paid reads for counts: what the day and the month have left beyond what the sweeps of both will need.

    Each day's sweep is taken to need as many as the fullest of the last seven days had tweets; with a floor twice as many,
    since the day that is over is read as a whole.
    """
    today = now.astimezone(UTC).date()
    days = CollectionDay.objects.filter(date__gt=today - timedelta(days=7))
    needed = (days.aggregate(most=Max("tweets_found"))["most"] or 0) * (2 if settings.X_MIN_LIKES else 1)
    sweeps = PaidRead.objects.filter(purpose=PaidRead.Purpose.SWEEP, at__gte=bounds(today)[0])
    needed_today = max(0, needed - (sweeps.aggregate(reads=Sum("reads"))["reads"] or 0))
    days_to_come = monthrange(today.year, today.month)[1] - today.day
    of_day, of_month = (limit.reads - used for limit, used in budget.spent(now))
    return max(0, min(of_day, of_month - needed * days_to_come) - needed_today)


def claim(day: date, now: datetime) -> CollectionDay | None:
    """The day for one worker alone, until `release` or for 15 minutes.

    None where another one has it, where it is not due (a task was delivered twice, or waited in the queue until another one
    had done its work), or where there is no such day. It spares doubled requests. Rows stay right without it: everything
    that is stored may be stored twice.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    until = now + clock.lease(CLAIM)
    if CollectionDay.objects.filter(free, due, date=day).update(claimed_until=until):
        return CollectionDay.objects.get(date=day)
    return None


def release(day: date) -> None:
    CollectionDay.objects.filter(date=day).update(claimed_until=None)


@contextlib.contextmanager
def changing(day: date, now: datetime) -> Iterator[CollectionDay]:
    """The day's row, locked; what the block leaves in it is saved, with the state and the reason that follow from it."""
    with transaction.atomic():
        row = CollectionDay.objects.select_for_update().get(date=day)
        yield row
        row.state, reason = judge(row, now)
        row.reason = reason[:LONGEST_REASON]
        row.save()


def failed(day: date, service: SourceHealth.Service, error: SourceError, now: datetime) -> None:
    """The service did not give what the day needs: kept, with the moment of the next attempt."""
    note_failure(service, error, now)
    with changing(day, now) as row:
        put_off(row, now, at_least_s=getattr(error, "wait_s", None) or 0)


def put_off(row: CollectionDay, now: datetime, *, at_least_s: float = 0) -> None:
    """One more attempt was in vain: the next one after 5 minutes, doubled each time up to an hour, and no earlier than asked."""
    row.attempts += 1
    wait = min(FIRST_WAIT * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
    row.next_try_at = now + max(wait, timedelta(seconds=at_least_s))


def judge(row: CollectionDay, now: datetime) -> tuple[State, str]:
    """The state that follows from what is here, and the reason in a sentence or two. Asks for the health of the sources."""
    if row.state == State.QUIET:
        return State.QUIET, row.reason
    health = {one.service: one for one in SourceHealth.objects.all()}
    worst_first = [State.FAILED, State.NOT_ANNOUNCED, State.PARTIAL, State.COLLECTING, State.COMPLETE]
    found = [
        _judge_papers(row, now, health.get(SourceHealth.Service.ARXIV)),
        _judge_tweets(row, now, health.get(SourceHealth.Service.X)),
    ]
    return min((state for state, _ in found), key=worst_first.index), " ".join(
        dict.fromkeys(reason for _, reason in found if reason)
    )


def _judge_papers(row: CollectionDay, now: datetime, health: SourceHealth | None) -> tuple[State, str]:
    if row.papers_done_at:
        approximate = row.listing_source == "window"
        text = "Approximate: its papers were found by the time of their submission, since arXiv's own list of the day is gone."
        return State.COMPLETE, text if approximate else ""
    trouble = health.message if health and health.state != SourceHealth.State.OK and row.attempts else ""
    if row.listing_source:
        if row.expected_new is None and row.listing_source == "feed":
            return (
                State.PARTIAL,
                trouble or f"{row.found_new:,} papers are here, unchecked: arXiv's own listing is behind its feed.",
            )
        announced = f"{row.found_new:,} of {row.expected_new:,}" if row.expected_new is not None else f"{row.found_new:,}"
        return (
            State.PARTIAL,
            trouble or f"{announced} new papers are here with their abstracts; arXiv is asked again for the others.",
        )
    if trouble and health and health.state == SourceHealth.State.REFUSED:
        return State.FAILED, trouble
    if row.attempts >= FAILED_AFTER:
        return State.FAILED, f"{row.attempts} attempts in a row failed. {trouble}".strip()
    if trouble:
        return State.COLLECTING, trouble
    if row.state == State.NOT_ANNOUNCED and not is_over(row.date, now):
        return State.NOT_ANNOUNCED, _expectation(row.date)
    return State.COLLECTING, TO_COLLECT


def _judge_tweets(row: CollectionDay, now: datetime, health: SourceHealth | None) -> tuple[State, str]:
    if row.tweets_done_at:
        return State.COMPLETE, ""
    if not settings.X_BEARER_TOKEN:
        return State.PARTIAL, str(no_key())
    if health and health.state != SourceHealth.State.OK and health.message != str(no_key()):
        refused = health.state == SourceHealth.State.REFUSED
        return State.PARTIAL if refused or is_over(row.date, now) else State.COLLECTING, health.message
    if row.state == State.NOT_ANNOUNCED and row.papers_done_at is None:
        return State.COLLECTING, ""
    until = f"here until {row.swept_until:%H:%M} UTC" if row.swept_until else "still to be collected"
    return State.COLLECTING, f"Tweets are {until}." if is_over(row.date, now) else f"The day goes on; tweets are {until}."
