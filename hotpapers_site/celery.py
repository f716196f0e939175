"""Celery: the app and its timetable. Start `celery --app hotpapers_site worker --queues …` and `… beat`, any number of each.

Which queues there are is in queues.py; of several beats one leads (beat.py).

The timetable is a tick every few minutes, not a crontab: what is due is decided by each task, from the database and from
arXiv's announcement calendar (US Eastern, with its holidays; `papers/sources/arxiv/calendar.py`). So a tick that was missed,
for an hour or for a week, needs no care: the next one finds all that is due, the oldest first. A tick that waited in the queue
longer than its period is dropped, since a newer one is behind it.

A task may be delivered twice (acknowledged late, so that a killed worker loses none): all of them are idempotent, and days
are claimed in the database.
"""

import logging
import os
import warnings
from fnmatch import fnmatch
from typing import Any

from celery import Celery, signals
from celery.app.task import Task
from django.conf import settings

from hotpapers_site import logs
from hotpapers_site.queues import DEFAULT, QUEUES, ROUTES
from papers.database_errors import why_away

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
# Celery drops what Django's checks say, and they load all pages: a sixth of a worker's start, and 15 MB. `web` makes them, too.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

PERIODS_S = {
    "papers.tasks.catch_up": 60.0,
    "papers.tasks.collect_networks": 60.0,
    "papers.tasks.refresh_due": 600.0,
    "papers.tasks.embed_shown": 180.0,
    "papers.tasks.thin_history": 6 * 3600.0,
    "papers.tasks.index_papers": 60.0,
    "papers.tasks.render_texts": 5.0,
    "digests.tasks.propose_drafts": 60.0,
    "digests.tasks.publish_due": 60.0,
    "digests.tasks.mirror_all": 60.0,
    "hotpapers_site.tasks.tell_editors": 15.0,
    "hotpapers_site.tasks.clear_sessions": 24 * 3600.0,
    "hotpapers_site.tasks.forget_old": 24 * 3600.0,
}
NICENESS = 5
SHORTEST_PERIOD_S = 0.5
"""In the sandbox, whose clock runs faster."""


class LimitsOfQueue:
    """Celery's task annotations: a task may last as long as those of its queue do."""

    def annotate(self, task: Task[Any, Any]) -> dict[str, int]:
        queue = QUEUES[queue_of(task.name)]
        return {"soft_time_limit": queue.within_s, "time_limit": queue.killed_after_s}


def queue_of(task: str) -> str:
    return next((route["queue"] for pattern, route in ROUTES.items() if fnmatch(task, pattern)), DEFAULT)


class OneLine(logging.Filter):
    """The first line of a record alone. Celery's beat and consumer log pages each time that Redis does not answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = record.getMessage().partition("\n")[0], (), None
        return True


class ShortWhenAway(logging.Filter):
    """One line instead of a traceback for a task that failed because the database is away: a later tick finds its work again."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and (reason := why_away(record.exc_info[1])):
            name = (getattr(record, "data", None) or {}).get("name", "a task")
            record.msg, record.args, record.exc_info = f"The database does not answer, so {name} ended: {reason}", (), None
        return True


class ShortWithoutBroker(logging.Filter):
    """One line instead of a traceback for what failed because Redis went away: what is in its queues comes again with it.

    A worker that was busy at that moment may even end, by an error of Kombu's own (https://github.com/celery/kombu/issues/582
    is of that family); whoever runs it starts it again.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        import redis  # only where something went wrong

        error = record.exc_info[1] if record.exc_info else None
        while error is not None and not isinstance(error, redis.ConnectionError):
            error = error.__cause__ or error.__context__
        if error is not None:
            said = record.getMessage().partition("\n")[0]
            record.msg, record.args, record.exc_info = f"{said}. Redis had gone away: {error}", (), None
        return True


def timetable(speed: float) -> dict[str, dict[str, Any]]:
    """Beat's schedule for a clock that runs so many times faster than the real one."""
    periods = {task: max(SHORTEST_PERIOD_S, period_s / speed) for task, period_s in PERIODS_S.items()}
    return {
        task.rpartition(".")[2]: {"task": task, "schedule": period_s, "options": {"expires": period_s}}
        for task, period_s in periods.items()
    }


app = Celery("hotpapers", task_cls="hotpapers_site.health.task_runs:CountedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A worker of root's is warned of pickled messages; ours are JSON.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")


@signals.setup_logging.connect
def leave_logging_alone(**_: Any) -> None:
    """Django's LOGGING holds for workers, too: with a receiver of this signal Celery sets up none of its own."""


@signals.celeryd_after_setup.connect
def keep_celerys_plans_quiet(**_: Any) -> None:
    """A worker that has lost Redis says so in a line; operators need not hear about Celery's next version each time.

    Only now: Celery's own set-up asks for all such warnings, and the last word counts.
    """
    warnings.filterwarnings("ignore", message=r"\s*In Celery 5\.1 we introduced an optional breaking change")


@signals.worker_init.connect
def speak_by_the_log(**_: Any) -> None:
    from celery.apps import worker  # only in a worker

    worker.safe_say = logs.say_at_once  # type: ignore[attr-defined]


@signals.worker_init.connect
def give_way(**_: Any) -> None:
    """Where a processor is short, readers' requests come first: a worker's processes are a little less urgent."""
    os.nice(NICENESS)


@app.on_after_configure.connect
def set_timetable(sender: Celery, **_: Any) -> None:
    sender.conf.beat_schedule = timetable(settings.SANDBOX_CLOCK[2] if settings.SANDBOX_CLOCK else 1)
