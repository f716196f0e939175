"""`manage.py status`: what is here, what is missing, what comes next, and what needs attention."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Max, Min, Q

from papers import clock
from papers.access import budget, networks
from papers.access.connections import no_key
from papers.collecting.judging import OUTAGE, outage
from papers.collecting.network_days import told_gaps
from papers.models import CollectionDay, NetworkDay, SourceHealth, StreamPlace, Tweet
from papers.networks.registry import KINDS
from papers.networks.x.client import SMALLEST_PAGE

WORST = list(SourceHealth.State.values)


class Command(BaseCommand):
    help = "Show the state of all days, the budgets, the last readings and the sources; exits 1 when something needs attention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print only JSON")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        now = clock.now()
        found = report(now)
        self.stdout.write(as_json(found) if json else as_text(found))
        if found["needs"]:
            raise CommandError(
                "Something needs attention." if json else "\n".join(["Something needs attention:", *found["needs"]])
            )


def report(now: datetime) -> dict[str, Any]:
    """Everything that `--json` prints; times are ISO 8601 in UTC. `needs` has one sentence for each thing to do."""
    rows = list(CollectionDay.objects.order_by("date"))
    health = list(SourceHealth.objects.order_by("service"))
    live = Q(state=Tweet.State.LIVE)
    tweets = Tweet.objects.aggregate(
        last=Max("read_at"), next=Min("next_read_at", filter=live), due=Count("pk", filter=live & Q(next_read_at__lte=now))
    )
    failed = [row for row in rows if row.state == CollectionDay.State.FAILED]
    needs = [f"{row.date}: {row.reason}" for row in failed if not row.acknowledged_at]
    needs += [one.message for one in health if one.state == SourceHealth.State.REFUSED]
    needs += [long for one in health if (long := _outage(one, failed))]
    told = _networks(health)
    if not any(one["on"] for one in told.values()):
        needs.append(str(no_key()))
    if settings.X_BEARER_TOKEN and budget.left(now) < SMALLEST_PAGE:
        needs.append(str(budget.refusal(now)))
    return {
        "at": moment(now),
        "needs": list(dict.fromkeys(needs)),
        "days": [
            {
                "date": str(row.date),
                "state": row.state,
                "reason": row.reason,
                "new": row.found_new,
                "expected_new": row.expected_new,
                "cross": row.found_cross,
                "expected_cross": row.expected_cross,
                "tweets": row.tweets_found,
                "swept_until": moment(row.swept_until),
                "next_try_at": moment(row.next_try_at),
                "acknowledged": {
                    "at": moment(row.acknowledged_at),
                    "by": row.acknowledged_by,
                    "reason": row.acknowledged_reason,
                }
                if row.acknowledged_at
                else None,
            }
            for row in rows
        ],
        "budget": [
            {"period": limit.period, "setting": limit.setting, "reads": used, "limit": limit.reads}
            for limit, used in budget.spent(now)
        ],
        "networks": told,
        "readings": {"last": moment(tweets["last"]), "next_due": moment(tweets["next"]), "due": tweets["due"]},
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


def _networks(health: list[SourceHealth]) -> dict[str, dict[str, Any]]:
    """For each network: whether it is on, how it answered last (the worst of its parts), why, and what is here."""
    posts = dict(Tweet.objects.filter(is_sample=False).order_by().values_list("network").annotate(count=Count("pk")))
    places = {place.network: place for place in StreamPlace.objects.all()}
    gaps: dict[str, list[str]] = {}
    for row in NetworkDay.objects.filter(network__in=KINDS).exclude(missed=[]).order_by("date"):
        gaps.setdefault(row.network, []).append(f"{row.date}: {told_gaps(row, KINDS[row.network].title)}")
    return {name: _network(name, health, places.get(name), gaps.get(name, [])) | {"posts": posts.get(name, 0)} for name in KINDS}


def _network(name: str, health: list[SourceHealth], place: StreamPlace | None, gaps: list[str]) -> dict[str, Any]:
    why = networks.why_off(name)
    parts = [one for one in health if one.service.partition("-")[0] == name]
    worst = max(parts, key=lambda one: WORST.index(one.state), default=None)
    return {
        "on": not why,
        "state": "off" if why else worst.state if worst else "new",
        "reason": why or " ".join(filter(None, [worst.message if worst else "", *gaps])),
        "since": moment(worst.since) if worst else None,
        "answered_at": moment(worst.answered_at) if worst else None,
        "heard_at": moment(place.heard_at) if place else None,
        "is_live": place.is_live if place else None,
    }


def _outage(one: SourceHealth, failed: list[CollectionDay]) -> str:
    """A sentence about a source that has been failing for hours, unless a failed day says so already."""
    is_long = one.failed_at is not None and one.failed_at - one.since >= OUTAGE
    if one.state != SourceHealth.State.FAILING or not is_long or any(row.date >= one.since.date() for row in failed):
        return ""
    return outage(one.title, one.since, 0, one.message)


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def as_json(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_text(found: dict[str, Any]) -> str:
    lines = [f"{'Day':10}  {'State':13}  {'New':>13}  {'Posts':>7}  Reason"]
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
        lines.append(f"{KINDS[name].title}: {one['state']}, {one['posts']:,} posts. {one['reason']}".rstrip())
    lines += [f"{one['service']}: {one['state']} since {one['since']}. {one['message']}".rstrip() for one in found["sources"]]
    return "\n".join(lines)
