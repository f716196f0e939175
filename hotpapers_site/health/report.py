"""The state of the product as JSON: for `status`, `/status.json` and the page "System"."""

from datetime import datetime
from typing import Any

import redis
from django.db.models import Q

from hotpapers_site.health import broker, heartbeats, troubles
from hotpapers_site.models import TaskRecord, Trouble
from papers import clock
from papers.access import budget
from papers.models import SourceHealth
from papers.sources.http import VERSION


def report() -> dict[str, Any]:
    """Return the report. Moments are ISO 8601 in UTC. A constant number of queries. Raises DatabaseError."""
    now = clock.now()
    found = troubles.found()
    open_ones = {one.key: one for one in Trouble.objects.filter(ended_at=None)}
    live, late = heartbeats.split()
    return {
        "version": VERSION,
        "at": moment(now),
        "ok": not troubles.unacknowledged(found),
        "troubles": [_trouble(one, open_ones.get(one.key)) for one in found],
        "processes": [
            {
                "name": one.name,
                "kind": one.kind,
                "queues": one.queues.split(",") if one.queues else [],
                "host": one.host,
                "process": one.process,
                "started_at": moment(one.started_at),
                "heard_at": moment(one.beaten_at),
                "is_late": one in late,
            }
            for one in [*live, *late]
        ],
        "queues": _queues(),
        "sources": [
            {"service": one.service, "state": one.state, "since": moment(one.since), "message": one.message}
            for one in SourceHealth.objects.order_by("service")
        ],
        "budget": [
            {"period": limit.period, "setting": limit.setting, "reads": used, "limit": limit.reads}
            for limit, used in budget.spent(now)
        ],
        "tasks": [
            {
                "task": one.task,
                "runs": one.runs,
                "failures": one.failures,
                "failures_in_a_row": one.failures_in_a_row,
                "last_at": moment(one.last_at),
                "last_s": round(one.last_s, 3),
                "mean_s": round(one.total_s / max(one.runs, 1), 3),
                "slowest_s": round(one.slowest_s, 3),
                "error": one.error,
                "error_at": moment(one.error_at),
            }
            for one in TaskRecord.objects.filter(~Q(runs=0)).order_by("task")
        ],
    }


def _trouble(found: troubles.Found, row: Trouble | None) -> dict[str, Any]:
    acknowledged = row is not None and row.acknowledged_at is not None
    return {
        "key": found.key,
        "sentence": found.sentence,
        "since": moment(row.since) if row else None,
        "acknowledged": {"at": moment(row.acknowledged_at), "by": row.acknowledged_by, "reason": row.acknowledged_reason}
        if row and acknowledged
        else None,
    }


def _queues() -> dict[str, Any] | None:
    """Return the queues; None if the broker does not answer."""
    try:
        return {name: {"waiting": one.number, "oldest_s": round(one.oldest_s, 1)} for name, one in broker.waiting().items()}
    except redis.RedisError:
        return None


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
