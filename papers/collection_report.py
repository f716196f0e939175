"""What is collected, what is missing, what comes next, and what of that needs attention; `manage.py status` shows it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count

from papers.access import budget, networks
from papers.collecting.day_states import OUTAGE, outage, told_gaps
from papers.models import CollectionDay, NetworkDay, SourceHealth, StreamPlace, Tweet, TweetMeasurement
from papers.networks.registry import KINDS, PAID
from papers.plurals import counted

ON_THE_DESK = ("day", "refused")
"""First words of the names that `needs` gives to what the desk says anyway (papers/templatetags/collection.py)."""
RECENT = timedelta(days=7)
DAYS_TOLD = timedelta(days=366)
"""Earlier days are only counted: among years of days nobody would find the one that matters."""
GAPS_TOLD = 3
WORST = list(SourceHealth.State.values)


def report(now: datetime) -> dict[str, Any]:
    """Return what `--json` prints; times are ISO 8601 in UTC. `needs` has one sentence for each thing to do, `days` the days of
    the last year, `earlier_days` how many there are before, by their state."""
    since = now.astimezone(UTC).date() - DAYS_TOLD
    rows = list(CollectionDay.objects.filter(date__gte=since).order_by("date"))
    earlier = CollectionDay.objects.filter(date__lt=since).order_by("state").values_list("state").annotate(days=Count("pk"))
    sweeps = NetworkDay.objects.filter(network=PAID.name, date__gte=since)
    swept = dict(sweeps.values_list("date", "collected_until"))
    health = list(SourceHealth.objects.order_by("service"))
    last = TweetMeasurement.objects.order_by("-pk").values_list("read_at", flat=True).first()  # all of them may be millions
    waiting = Tweet.objects.waiting().order_by("next_read_at").values_list("next_read_at", flat=True)
    next_due = min(filter(None, (waiting.filter(network=name).first() for name in KINDS)), default=None)  # by its index, each
    told = _networks(health, now)
    return {
        "at": moment(now),
        "needs": list(dict.fromkeys(needs(now).values())),
        "days": [_day(row, swept.get(row.date)) for row in rows],
        "earlier_days": dict(earlier),
        "budget": budgets(now),
        "networks": told,
        "readings": {
            "last": moment(last),
            "next_due": moment(next_due),
            "due": Tweet.objects.waiting().filter(next_read_at__lte=now).count(),
        },
        "sources": [
            {
                "service": one.service,
                "state": one.state,
                "message": one.message,
                "setting": one.setting,
                "since": moment(one.since),
                "answered_at": moment(one.answered_at),
            }
            for one in health
        ],
    }


def _day(row: CollectionDay, swept_until: datetime | None) -> dict[str, Any]:
    noted = {"at": moment(row.acknowledged_at), "by": row.acknowledged_by, "reason": row.acknowledged_reason}
    return {
        "date": str(row.date),
        "state": row.state,
        "reason": row.reason,
        "new": row.found_new,
        "expected_new": row.expected_new,
        "cross": row.found_cross,
        "expected_cross": row.expected_cross,
        "tweets": row.tweets_found,
        "swept_until": moment(swept_until),
        "next_try_at": moment(row.next_try_at),
        "acknowledged": noted if row.acknowledged_at else None,
    }


def budgets(now: datetime) -> list[dict[str, Any]]:
    """Return the reads of each limit of the network that charges, and of how many."""
    return [
        {"period": limit.period, "setting": limit.setting, "reads": used, "limit": limit.reads}
        for limit, used in budget.spent(now)
    ]


def needs(now: datetime) -> dict[str, str]:
    """A sentence for each thing that a person has to do, by a name that stays the same while it lasts. Three queries.

    A network that is off needs nobody, whatever it said while it was on.
    """
    failed = list(CollectionDay.objects.filter(state=CollectionDay.State.FAILED).order_by("date"))
    found = {f"day {row.date}": f"{row.date}: {row.reason}" for row in failed if not row.acknowledged_at}
    for one in SourceHealth.objects.exclude(state=SourceHealth.State.OK).order_by("service"):
        if not networks.asks(one.service):
            continue
        if one.state == SourceHealth.State.REFUSED:
            found[f"refused {one.service}"] = one.message
        elif long := _outage(one, failed):
            found[f"source {one.service}"] = long
    if networks.paid_is_on() and budget.left(now) < PAID.smallest_page:
        found["budget"] = str(budget.refusal(now))
    return found


def _networks(health: list[SourceHealth], now: datetime) -> dict[str, dict[str, Any]]:
    """For each network: whether it is on, how it answered last (the worst of its parts), why, and how many posts of the
    last week are here."""
    recent = Tweet.objects.filter(is_sample=False, state__in=Tweet.State.values, posted_at__gte=now - RECENT)
    posts = dict(recent.order_by().values_list("network").annotate(count=Count("pk")))
    places = {place.network: place for place in StreamPlace.objects.all()}
    gaps: dict[str, list[str]] = {}
    for row in NetworkDay.objects.filter(network__in=KINDS).exclude(missed=[]).order_by("date"):
        gaps.setdefault(row.network, []).append(f"{row.date}: {told_gaps(row)}")
    return {name: _network(name, health, places.get(name), gaps.get(name, [])) | {"posts": posts.get(name, 0)} for name in KINDS}


def _network(name: str, health: list[SourceHealth], place: StreamPlace | None, gaps: list[str]) -> dict[str, Any]:
    why = networks.why_off(name)
    parts = [one for one in health if one.service.partition("-")[0] == name]
    worst = max(parts, key=lambda one: WORST.index(one.state), default=None)
    return {
        "on": not why,
        "state": "off" if why else worst.state if worst else "new",
        "reason": why or " ".join(filter(None, [worst.message if worst else "", *_newest(gaps)])),
        "since": moment(worst.since) if worst else None,
        "answered_at": moment(worst.answered_at) if worst else None,
        "heard_at": moment(place.heard_at) if place else None,
        "is_live": place.is_live if place else None,
    }


def _newest(gaps: list[str]) -> list[str]:
    """The last of them; how many there are before, where they are many: each day tells its own."""
    earlier = len(gaps) - GAPS_TOLD
    before = [f"{counted(earlier, 'earlier day has', 'earlier days have')} gaps, too."] if earlier > 0 else []
    return [*before, *gaps[-GAPS_TOLD:]]


def _outage(one: SourceHealth, failed: list[CollectionDay]) -> str:
    """A sentence about a source that has been failing for hours, unless a failed day says so already."""
    is_long = one.failed_at is not None and one.failed_at - one.since >= OUTAGE
    if one.state != SourceHealth.State.FAILING or not is_long or any(row.date >= one.since.date() for row in failed):
        return ""
    return outage(one.title, one.since, 0, one.message)


def moment(value: datetime | None) -> str | None:
    """Return it in ISO 8601, to the second."""
    return value.isoformat(timespec="seconds") if value else None


def as_text(found: dict[str, Any]) -> str:
    lines = [f"{'Day':10}  {'State':13}  {'New':>13}  {'Posts':>7}  Reason"]
    if earlier := found["earlier_days"]:
        lines.append(
            "Earlier: " + ", ".join(f"{number:,} {CollectionDay.State(state).label}" for state, number in earlier.items())
        )
    for day in found["days"]:
        new = f"{day['new']}/{'?' if day['expected_new'] is None else day['expected_new']}"
        lines.append(f"{day['date']}  {day['state']:13}  {new:>13}  {day['tweets']:>7}  {day['reason']}".rstrip())
        if noted := day["acknowledged"]:
            lines[-1] += f" Acknowledged by {noted['by']}: {noted['reason']}"
    lines += [f"Paid reads {one['period']}: {one['reads']:,} of {one['limit']:,} ({one['setting']})" for one in found["budget"]]
    readings = found["readings"]
    lines.append(
        f"Counts last read: {readings['last'] or 'never'}; next due: {readings['next_due'] or 'none'} ({readings['due']:,} now)"
    )
    for name, one in found["networks"].items():
        lines.append(
            f"{KINDS[name].title}: {one['state']}, {counted(one['posts'], 'post')} in the last week. {one['reason']}".rstrip()
        )
    lines += [f"{one['service']}: {one['state']} since {one['since']}. {one['message']}".rstrip() for one in found["sources"]]
    return "\n".join(lines)
