"""The truth about each UTC day: which days there should be, what is here of them, what is missing, and when to try again.

A listing day has the date that arXiv's pages show. Tweets are swept by UTC day, also at weekends and on holidays.
"""

import contextlib
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum

from papers import clock, rows
from papers.access import budget, networks
from papers.access.connections import LONGEST_MESSAGE, calendar, is_refusal, note_failure
from papers.collecting.day_states import TO_COLLECT, expectation, judge
from papers.models import CollectionDay, NetworkDay, PaidRead, SourceDay, SourceHealth, Tweet
from papers.networks.registry import PAID
from papers.sources.arxiv.calendar import SATURDAY
from papers.sources.http import SourceError
from papers.sources.left_out import LeftOut

State = CollectionDay.State
REACH = timedelta(days=90)
"""Missed days are caught up so far back: arXiv's catch-up page goes no further. `backfill` goes as far as anybody likes."""
CLAIM = timedelta(minutes=15)
"""Longer than a task may last (hotpapers_site/queues.py); a worker that was killed blocks its day so long."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
ANNOUNCEMENT_WAIT = timedelta(minutes=15)
SWEEP_EVERY, ONCE_A_DAY = timedelta(hours=6), timedelta(days=1)
LONGEST_REASON, LONGEST_NOTE = 2000, 1000
MOST_LEFT_OUT = 1000


def ensure_days(now: datetime) -> None:
    """Make the rows of all days from the first one collected (of the last 90) to today (UTC), weekends and holidays included.

    On an empty database the newest listing day that arXiv has announced is the first.
    """
    today = now.astimezone(UTC).date()
    first = CollectionDay.objects.aggregate(first=Min("date"))["first"] or newest_announced(now)
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
            values.append([day, State.QUIET, "arXiv announces nothing on weekends.", now, None, now])
        elif not announcements.is_listing_day(day):
            # The calendar is a forecast: once the day is over, arXiv's own page has the last word.
            check_at = clock.bounds(day)[1]
            values.append([day, State.QUIET, "arXiv has a holiday, according to its calendar.", None, check_at, now])
        else:
            expected = announcements.expected_at(day)
            if expected > now:
                values.append([day, State.NOT_ANNOUNCED, expectation(day), None, expected, now])
            else:
                values.append([day, State.COLLECTING, TO_COLLECT, None, None, now])
    columns = ["date", "state", "reason", "papers_done_at", "next_try_at", "changed_at"]
    rows.insert(CollectionDay, columns, values, on_conflict="DO NOTHING")


def newest_announced(now: datetime) -> date:
    """The last listing day of which arXiv's announcement can be read by its calendar."""
    announcements, today = calendar(), now.astimezone(UTC).date()
    is_out = announcements.is_listing_day(today) and announcements.expected_at(today) <= now
    return today if is_out else announcements.previous_listing_day(today)


def days_wanted(now: datetime) -> list[date]:
    """The days that lack papers or tweets and may be tried now, oldest first; today and missed ones get their rows here.

    Where the network that charges is off, only those that lack papers: the others are asked by themselves.
    """
    ensure_days(now)
    lacking = Q(papers_done_at=None)
    if networks.paid_is_on():
        lacking |= ~Q(Exists(NetworkDay.objects.filter(network=PAID.name, date=OuterRef("date"), done_at__isnull=False)))
    return list(CollectionDay.objects.filter(lacking, _is_due(now)).order_by("date").values_list("date", flat=True))


def _is_due(now: datetime) -> Q:
    """Days that may be tried now. A failure yet to come was noted by a clock that was ahead, and so was the next attempt."""
    noted_ahead = SourceDay.objects.filter(day=OuterRef("pk"), failing_since__gt=now)
    return Q(next_try_at=None) | Q(next_try_at__lte=now) | Q(Exists(noted_ahead))


def spare_reads(now: datetime) -> int:
    """Paid reads for counts: what the day and the month have left beyond what the sweeps of both will need.

    Each day's sweep is taken to need as many as the fullest of the last seven days had tweets; with a floor twice as many,
    since the day that is over is read as a whole.
    """
    today = now.astimezone(UTC).date()
    days = NetworkDay.objects.filter(network=PAID.name, date__gt=today - timedelta(days=7))
    needed = (days.aggregate(most=Max("found"))["most"] or 0) * (2 if PAID.has_floor(settings) else 1)
    sweeps = PaidRead.objects.filter(purpose=PaidRead.Purpose.SWEEP, at__gte=clock.bounds(today)[0])
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
    until = now + clock.lease(CLAIM)
    if CollectionDay.objects.filter(free, _is_due(now), date=day).update(claimed_until=until):
        return CollectionDay.objects.get(date=day)
    return None


def release(day: date) -> None:
    CollectionDay.objects.filter(date=day).update(claimed_until=None)


def found_on(network: str, day: date) -> int:
    """How many posts of the UTC day the network gave."""
    opens, closes = clock.bounds(day)
    of_day = Tweet.objects.filter(posted_at__gte=opens, posted_at__lt=closes, is_sample=False).order_by()
    # With `network=…`, SQLite would begin with all posts of the network.
    found: dict[str, int] = dict(of_day.values_list("network").annotate(found=Count("pk")))
    return found.get(network, 0)


def count_posts(row: CollectionDay) -> None:
    """Set how many posts of the day were found on all networks together."""
    row.tweets_found = NetworkDay.objects.filter(date=row.date).aggregate(all=Sum("found"))["all"] or 0


@contextlib.contextmanager
def changing(day: date, now: datetime) -> Iterator[CollectionDay]:
    """The day's row, locked; what the block leaves in it is saved, with the state and the reason that follow from it."""
    with transaction.atomic():
        row = CollectionDay.objects.select_for_update().get(date=day)
        yield row
        row.state, reason = judge(row, now)
        row.reason = reason[:LONGEST_REASON]
        row.save()


def failed(day: date, source: str, error: SourceError, now: datetime) -> None:
    """The source did not give what the day needs: kept, with the moment of the next attempt."""
    note_failure(source, error, now)
    with changing(day, now) as row:
        put_off(row, source, now, error)


def put_off(row: CollectionDay, source: str, now: datetime, error: SourceError | None = None) -> None:
    """Note one more failed attempt; `error` where it failed, none where the source lacked something.

    The next one comes after 5 minutes, doubled each time up to an hour, and no earlier than the source asked for. Where it lacks
    something, which may never come, it is doubled up to six hours, and up to a day once the day's posts are here.
    """
    of_day = _of_day(row, source)
    of_day.attempts += 1
    of_day.message = str(error)[:LONGEST_MESSAGE] if error else ""
    of_day.is_refused = is_refusal(error)
    of_day.failing_since = (of_day.failing_since or now) if error else None
    of_day.save()
    patience = LONGEST_WAIT if error else ONCE_A_DAY if row.tweets_done_at else SWEEP_EVERY
    wait = min(FIRST_WAIT * 2 ** min(of_day.attempts - 1, 10), patience)
    row.next_try_at = now + max(wait, timedelta(seconds=getattr(error, "wait_s", None) or 0))


def answered(row: CollectionDay, source: str) -> None:
    """The source gave what was asked of it for the day."""
    of_day = SourceDay.objects.filter(day=row, source=source)
    of_day.update(attempts=0, message="", is_refused=False, failing_since=None)


def remember(
    row: CollectionDay,
    source: str,
    left_out: Iterable[LeftOut],
    *,
    note: str | None = None,
    anew: bool = True,
    instead: Iterable[Sequence[str]] = (),
) -> None:
    """Keep which of the day's records from the source could not be read: these alone (`anew`), or besides earlier ones.

    `instead` are records (name, and what each lacks) of an earlier answer to the same question, which the new ones replace.
    """
    of_day = _of_day(row, source)
    known = [] if anew else list(of_day.left_out)
    for before in map(list, instead):
        if before in known:
            known.remove(before)
    names = {name for name, _ in known if name}
    kept = [*known, *([one.name, one.lacks] for one in left_out if one.name not in names)]
    of_day.left_out = kept[:MOST_LEFT_OUT]
    of_day.note = of_day.note if note is None else note[:LONGEST_NOTE]
    of_day.save(update_fields=["left_out", "note"])


def _of_day(row: CollectionDay, source: str) -> SourceDay:
    if row.state == State.QUIET:  # what arXiv's calendar or page says of the day stays, whatever else is to be said
        SourceDay.objects.get_or_create(day=row, source=SourceHealth.Service.ARXIV, defaults={"note": row.reason})
    return SourceDay.objects.get_or_create(day=row, source=source)[0]
