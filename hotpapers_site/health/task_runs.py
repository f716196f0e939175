"""How tasks run: each run is timed and recorded by kind; ids go with the messages; a task that kills its worker is given up."""

import logging
import time
from typing import Any

import redis
from celery import signals
from celery.app.task import Context, Task
from celery.exceptions import Ignore
from django.db import Error, connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from hotpapers_site import logs
from hotpapers_site.health import broker
from hotpapers_site.models import TaskRecord

MOST_DELIVERIES = 3
"""How often a task is delivered whose worker was killed while it ran."""
REMEMBERED_S = 24 * 3600
_started: dict[str, float] = {}
logger = logging.getLogger(__name__)


class CountedTask(Task[Any, Any]):
    """The base of our tasks: a task that kills its process each time must not come back for ever."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if is_poisoned(self.request):
            record(self.name, 0.0, "It ended the process that ran it each time, and was given up.")
            logger.error("%s %s ended its process %s times and is given up", self.name, self.request.id, MOST_DELIVERIES)
            raise Ignore
        return self.run(*args, **kwargs)


def is_poisoned(request: Context) -> bool:
    """Say whether this delivery is one too many. Asks the broker only if the message came before."""
    if not (request.delivery_info or {}).get("redelivered"):
        return False
    key = f"hotpapers:deliveries:{request.id}"
    try:
        with broker.client() as server:
            deliveries = int(server.incr(key))
            server.expire(key, REMEMBERED_S)
    except redis.RedisError:
        return False
    return deliveries >= MOST_DELIVERIES


@signals.before_task_publish.connect
def mark(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers["queued_at"] = time.time()
        if asked := logs.request_id.get():
            headers["request_id"] = asked


@signals.task_prerun.connect
def begin(task_id: str, task: Task[Any, Any], **_: Any) -> None:
    logs.task_id.set(task_id)
    logs.request_id.set(str(getattr(task.request, "request_id", None) or ""))
    _started[task_id] = time.monotonic()


@signals.task_postrun.connect
def finish(task_id: str, task: Task[Any, Any], state: str | None = None, retval: Any = None, **_: Any) -> None:
    took_s = time.monotonic() - _started.pop(task_id, time.monotonic())
    if state != "IGNORED" and not task.request.called_directly:
        error = f"{type(retval).__name__}: {retval}" if state == "FAILURE" else ""
        try:
            record(task.name, took_s, error)
        except Error:
            connection.close()
            logger.warning("How %s went could not be kept: the database does not answer", task.name)
    logs.task_id.set("")
    logs.request_id.set("")


def record(task: str, took_s: float, error: str = "") -> None:
    """Record one more run. Raises DatabaseError."""
    now = timezone.now()
    changes: dict[str, Any] = {
        "runs": F("runs") + 1,
        "total_s": F("total_s") + took_s,
        "last_at": now,
        "last_s": took_s,
        "slowest_s": Greatest(F("slowest_s"), took_s),
        "failures_in_a_row": 0,
    }
    if error:
        changes |= {"failures": F("failures") + 1, "failures_in_a_row": F("failures_in_a_row") + 1}
        changes |= {"error": " ".join(error.split())[:500], "error_at": now}
    if not TaskRecord.objects.filter(task=task).update(**changes):
        TaskRecord.objects.get_or_create(task=task)
        TaskRecord.objects.filter(task=task).update(**changes)
