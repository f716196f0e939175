"""The log, for people and as JSON; ids that lead from a request to the tasks that it queued."""

import json
import logging
import sys
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from hotpapers_site import logs
from hotpapers_site.celery import app
from hotpapers_site.health import broker
from hotpapers_site.health.task_runs import begin, finish


def record(message: str, *args: object, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("papers", logging.WARNING, "f.py", 1, message, args, None)
    made.__dict__ |= extra
    logs.Marks().filter(made)
    return made


@pytest.fixture
def ids() -> Any:
    tokens = [logs.request_id.set("0123456789abcdef"), logs.task_id.set("fedcba98-7654")]
    yield
    logs.request_id.reset(tokens[0])
    logs.task_id.reset(tokens[1])


def test_json_is_one_line_with_the_ids(ids: None) -> None:
    line = logs.Json().format(record("Two\nlines of %s", "“X”", fields={"status": 200}))
    assert "\n" not in line
    said = json.loads(line)
    assert said.pop("time").endswith("+00:00")
    assert isinstance(said.pop("process"), int)
    assert said == {
        "level": "WARNING",
        "logger": "papers",
        "message": "Two\nlines of “X”",
        "request_id": "0123456789abcdef",
        "task_id": "fedcba98-7654",
        "status": 200,
    }


def test_line_has_short_ids_behind_it_and_an_exception_follows(ids: None) -> None:
    formatter = logs.Line("{levelname} {name}: {message}", style="{")
    try:
        raise ValueError("no")
    except ValueError as error:
        made = record("One")
        made.exc_info = (ValueError, error, error.__traceback__)
    first, *rest = formatter.format(made).split("\n")
    assert first == "WARNING papers: One request_id=01234567 task_id=fedcba98"
    assert (rest[0], rest[-1]) == ("Traceback (most recent call last):", "ValueError: no")


def test_what_strangers_wrote_begins_no_line_and_commands_no_terminal() -> None:
    """As the path of a request does: the access log has it as it was asked for."""
    line = logs.Line("{message}", style="{").format(record("GET %s 404", "/é\r\n2026-11-27 INFO papers: forged\x1b[2J\x9b\u2028"))
    assert line == "GET /é\\r\\n2026-11-27 INFO papers: forged\\x1b[2J\\x9b\\u2028 404"


def test_an_exception_is_part_of_the_json() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        made = record("failed")
        made.exc_info = (ValueError, error, error.__traceback__)
    assert json.loads(logs.Json().format(made))["exception"].endswith("ValueError: no")


@pytest.mark.parametrize(
    ("given", "is_kept"), [("proxy-id.0123", True), ("short", False), ("a" * 65, False), ("evil\nline", False)]
)
def test_a_request_keeps_the_proxys_id_where_that_is_one(given: str, is_kept: bool) -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(logs.request_id.get())
        return HttpResponse()

    request = HttpRequest()
    request.META["HTTP_X_REQUEST_ID"] = given
    logs.RequestMiddleware(view)(request)
    assert (seen[0] == given) is is_kept
    assert len(seen[0]) >= 8
    assert logs.request_id.get() == ""


@pytest.mark.django_db
def test_the_id_goes_with_the_message_to_the_task(ids: None) -> None:
    with broker.client() as server:
        server.delete("mirror")
        app.send_task("digests.tasks.mirror_all")
        message = json.loads(server.lpop("mirror") or b"{}")
    assert message["headers"]["request_id"] == "0123456789abcdef"
    app.loader.import_default_modules()
    task = app.tasks["papers.tasks.thin_history"]
    task.push_request(request_id="of-the-message", called_directly=False)
    try:
        begin(task_id="t1", task=task)
        assert (logs.request_id.get(), logs.task_id.get()) == ("of-the-message", "t1")
        finish(task_id="t1", task=task, state="SUCCESS")
        assert (logs.request_id.get(), logs.task_id.get()) == ("", "")
    finally:
        task.pop_request()


def test_what_a_worker_says_as_it_stops_is_a_record_of_the_log(capfd: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    from celery.apps import worker

    from hotpapers_site.celery import speak_by_the_log

    handler = logging.StreamHandler()
    handler.setFormatter(logs.Json())
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(worker, "safe_say", None)
    speak_by_the_log()
    say, before = vars(worker)["safe_say"], logging.getLogger().level
    try:
        logging.getLogger().setLevel("INFO")
        say("worker: Cold shutdown (MainProcess)", sys.__stdout__)
        logging.getLogger().setLevel("WARNING")
        say("worker: Cold shutdown (MainProcess)", sys.__stdout__)
        say("Two\nlines")
    finally:
        logging.getLogger().setLevel(before)
    told = capfd.readouterr()
    said = [json.loads(line) for line in told.err.splitlines()]
    assert [(one["level"], one["logger"], one["message"]) for one in said] == [
        ("INFO", "celery.worker", "worker: Cold shutdown (MainProcess)"),
        ("WARNING", "celery.worker", "Two\nlines"),
    ]
    assert told.out == ""
