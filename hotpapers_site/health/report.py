"""The state of the product as JSON: for `status`, `/status.json` and the page "System"."""

from typing import Any

import redis
from django.db.models import Q

from hotpapers_site.health import broker, heartbeats, troubles
from hotpapers_site.models import Heartbeat, TaskRecord, Trouble
from papers import clock
from papers.collection_report import budgets, moment
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
        "processes": [_process(one, is_late=one in late) for one in [*live, *late]],
        "queues": _queues(),
        "sources": [
            {"service": one.service, "state": one.state, "since": moment(one.since), "message": one.message}
            for one in SourceHealth.objects.order_by("service")
        ],
        "budget": budgets(now),
        "tasks": [_task(one) for one in TaskRecord.objects.filter(~Q(runs=0)).order_by("task")],
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


def _process(row: Heartbeat, *, is_late: bool) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "queues": row.queues.split(",") if row.queues else [],
        "host": row.host,
        "process": row.process,
        "started_at": moment(row.started_at),
        "heard_at": moment(row.beaten_at),
        "is_late": is_late,
    }


def _task(row: TaskRecord) -> dict[str, Any]:
    return {
        "task": row.task,
        "runs": row.runs,
        "failures": row.failures,
        "failures_in_a_row": row.failures_in_a_row,
        "last_at": moment(row.last_at),
        "last_s": round(row.last_s, 3),
        "mean_s": round(row.total_s / max(row.runs, 1), 3),
        "slowest_s": round(row.slowest_s, 3),
        "error": row.error,
        "error_at": moment(row.error_at),
    }


def _queues() -> dict[str, Any] | None:
    """Return the queues; None if the broker does not answer."""
    try:
        return {name: {"waiting": one.number, "oldest_s": round(one.oldest_s, 1)} for name, one in broker.waiting().items()}
    except redis.RedisError:
        return None
