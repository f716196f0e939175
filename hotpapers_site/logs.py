"""The log's format: a line for people or one of JSON, each with the request and the task that it belongs to."""

import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")
REQUEST_ID = re.compile("[A-Za-z0-9._-]{8,64}")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line, or commands a terminal."""
access = logging.getLogger("hotpapers_site.access")


class Marks(logging.Filter):
    """Gives each record the ids of the request and the task in which it was made."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.task_id = request_id.get(), task_id.get()
        return True


class Line(logging.Formatter):
    """A line for people; the short ids stand at the end. Whatever strangers wrote in it, it begins no other line and colours no
    terminal; only an exception follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        text = CONTROL.sub(lambda found: repr(found[0])[1:-1], super().formatMessage(record))
        ids = [f"{name}={value[:8]}" for name in ("request_id", "task_id") if (value := getattr(record, name, ""))]
        return " ".join([text, *ids])


class Json(logging.Formatter):
    """One line of JSON for each record; what `extra` has under `fields` appears in it by name."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        said |= {name: value for name in ("request_id", "task_id") if (value := getattr(record, name, ""))}
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def config(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "hotpapers_site.logs.Line", "format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": "hotpapers_site.logs.Json"},
        },
        "filters": {
            "one_line": {"()": "hotpapers_site.celery.OneLine"},
            "short_when_away": {"()": "hotpapers_site.celery.ShortWhenAway"},
            "short_without_broker": {"()": "hotpapers_site.celery.ShortWithoutBroker"},
            "marks": {"()": "hotpapers_site.logs.Marks"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["marks"]}},
        "root": {"handlers": ["stderr"], "level": level},
        # The HTTP clients log whole addresses, with a hundred status ids each.
        # Celery tells of every tick; anybody can ask for a host that is not ours, and would fill the log with tracebacks.
        "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "celery", "kombu", "axes")}
        | {
            name: {"filters": ["one_line"]}
            for name in ("celery.beat", "celery.worker.consumer.consumer", "django.security.DisallowedHost")
        }
        | {name: {"filters": ["short_without_broker"]} for name in ("celery.worker", "celery.worker.request")}
        | {"celery.app.trace": {"filters": ["short_when_away"]}},
    }


def say_at_once(text: str, stream: object = None) -> None:
    """Write a record of the log without its handlers, whose locks a signal's handler must not wait for: so Celery's workers speak
    while they stop. Takes the arguments of Celery's own function, which writes bare lines."""
    level = logging.INFO if stream is sys.__stdout__ else logging.WARNING
    root = logging.getLogger()
    if not root.isEnabledFor(level) or not root.handlers:
        return
    record = logging.LogRecord("celery.worker", level, __file__, 0, text, (), None)
    Marks().filter(record)
    with suppress(OSError):
        os.write(2, f"{root.handlers[0].format(record)}\n".encode())


def report_errors(dsn: str) -> None:
    """Send errors to Sentry, without personal data; do nothing if no DSN is set."""
    if not dsn:
        return
    import sentry_sdk  # only where it is wanted

    # Nor what was sent with a request, such as a new password, nor what was logged before: who signed in from where, for example.
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
    )


def new_request_id(given: str = "") -> str:
    """Return the proxy's id, if it sent a valid one."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


class RequestMiddleware:
    """Sets the request's id for everything that is logged and queued while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(new_request_id(request.META.get("HTTP_X_REQUEST_ID", "")))
        try:
            return self._get_response(request)
        finally:
            request_id.reset(token)


def log_access(method: str, path: str, status: int, size: int, took_s: float, of_request: str) -> None:
    """Log a line for an answered request, without the reader's address and without a query."""
    fields = {"method": method, "path": path, "status": status, "bytes": size, "ms": round(took_s * 1000, 1)}
    token = request_id.set(of_request)
    access.info("%s %s %s, %s bytes, %s ms", method, path, status, size, fields["ms"], extra={"fields": fields})
    request_id.reset(token)
