"""How runs of tasks are counted, and how one that kills its worker is given up."""

import uuid
from typing import Any

import pytest
from celery.exceptions import Ignore

from hotpapers_site.celery import app
from hotpapers_site.health import task_runs
from hotpapers_site.models import TaskRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def task() -> Any:
    app.loader.import_default_modules()
    return app.tasks["papers.tasks.thin_history"]


def deliver(task: Any, task_id: str, *, redelivered: bool) -> bool:
    """Whether the task ran; True as well where it raised what it raises."""
    task.push_request(id=task_id, delivery_info={"redelivered": redelivered}, called_directly=False)
    try:
        task()
    except Ignore:
        return False
    finally:
        task.pop_request()
    return True


def test_a_task_that_comes_back_each_time_is_given_up(task: Any) -> None:
    name = str(uuid.uuid4())
    assert [deliver(task, name, redelivered=n > 0) for n in range(4)] == [True, True, True, False]
    record = TaskRecord.objects.get(task=task.name)
    assert (record.failures, record.error) == (1, "It ended the process that ran it each time, and was given up.")


def test_tasks_that_come_once_or_are_different_ones_go_on(task: Any) -> None:
    assert all(deliver(task, str(uuid.uuid4()), redelivered=True) for _ in range(5))


def test_a_run_is_kept_with_its_error(task: Any) -> None:
    task.push_request(id="1", called_directly=False)
    try:
        for state, value in (("SUCCESS", None), ("FAILURE", ValueError("no <b>\n")), ("IGNORED", None)):
            task_runs.begin(task_id="1", task=task)
            task_runs.finish(task_id="1", task=task, state=state, retval=value)
    finally:
        task.pop_request()
    record = TaskRecord.objects.get(task=task.name)
    assert (record.runs, record.failures, record.error) == (2, 1, "ValueError: no <b>")
