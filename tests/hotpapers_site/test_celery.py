"""The timetable, and what the settings promise about tasks."""

import logging
import warnings

import psycopg
import pytest
import redis
from celery import signals
from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer import consumer
from django.conf import settings
from django.db import OperationalError

from hotpapers_site import celery
from papers.collecting import days


def test_timetable_names_tasks_that_exist() -> None:
    celery.app.loader.import_default_modules()
    assert {entry["task"] for entry in celery.timetable(1).values()} <= set(celery.app.tasks)


def test_timetable_drops_a_tick_that_waited_for_its_whole_period() -> None:
    assert celery.timetable(1)["catch_up"] == {"task": "papers.tasks.catch_up", "schedule": 60.0, "options": {"expires": 60.0}}


def test_timetable_follows_the_sandboxs_clock_down_to_half_a_second() -> None:
    assert celery.timetable(20)["catch_up"]["schedule"] == 3.0
    assert celery.timetable(5000)["catch_up"]["schedule"] == 0.5


def test_app_reads_the_settings() -> None:
    conf = celery.app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.task_serializer, conf.accept_content, str(conf.timezone)) == ("json", ["json"], "UTC")


def test_a_task_ends_before_its_day_is_free_and_before_it_is_delivered_again() -> None:
    celery.app.loader.import_default_modules()
    celery.app.finalize()
    task = celery.app.tasks["papers.tasks.collect_day"]
    soft_s, limit_s = task.soft_time_limit or 0, task.time_limit or 0
    assert 0 < soft_s < limit_s < days.CLAIM.total_seconds()
    assert limit_s < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]


def test_one_line_is_left_of_a_page(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("celery.beat")
    try:
        raise ConnectionError("away")
    except ConnectionError as error:
        logger.error("Message Error: %s\n%s", error, "Traceback of forty lines", exc_info=True)
    assert caplog.text.endswith("Message Error: away\n")
    assert caplog.records[-1].exc_info is None


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (psycopg.errors.AdminShutdown(), "The database does not answer, so papers.tasks.catch_up ended: stopping"),
        (psycopg.errors.DeadlockDetected(), "Task papers.tasks.catch_up raised"),
    ],
)
def test_a_task_that_ends_with_the_database_leaves_a_line(
    cause: Exception, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise OperationalError("stopping\nnow") from cause
    except OperationalError:
        about = {"name": "papers.tasks.catch_up"}
        logging.getLogger("celery.app.trace").error("Task %(name)s raised", about, exc_info=True, extra={"data": about})
    assert caplog.records[-1].getMessage() == message
    assert bool(caplog.records[-1].exc_info) is message.startswith("Task")


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (redis.ConnectionError("Connection refused.\n"), "Unrecoverable error: gone. Redis had gone away: Connection refused."),
        (ValueError(), "Unrecoverable error: gone"),
    ],
)
def test_a_worker_that_ends_with_its_broker_leaves_a_line(
    cause: Exception, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        try:
            raise cause
        except type(cause):
            raise AttributeError("gone")  # noqa: B904 - as Kombu does
    except AttributeError as error:
        logging.getLogger("celery.worker").critical("Unrecoverable error: %s", error, exc_info=True)
    assert caplog.records[-1].getMessage().strip() == message
    assert bool(caplog.records[-1].exc_info) is isinstance(cause, ValueError)


def test_a_worker_that_lost_its_broker_tells_nothing_of_celerys_plans() -> None:
    said: str = consumer.CANCEL_TASKS_BY_DEFAULT  # type: ignore[attr-defined]
    with warnings.catch_warnings(record=True) as heard:
        warnings.filterwarnings("always", category=CPendingDeprecationWarning)  # as Celery does while a worker is set up
        warnings.warn(said, CPendingDeprecationWarning, stacklevel=1)
        celery.keep_celerys_plans_quiet()
        warnings.warn(said, CPendingDeprecationWarning, stacklevel=1)
    assert len(heard) == 1


def test_a_worker_gives_way_to_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr("os.nice", given.append)  # nobody can take it back
    signals.worker_init.send(sender="collecting@here")
    assert given == [5]
