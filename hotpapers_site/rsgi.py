"""The application that the web server runs (`manage.py web`): finished pages at once, everything else by Django in a thread.

A request is read here, by no thread: one that comes slowly, or never ends, keeps nobody waiting and is given up at a bound.
Why this is Granian's own interface around Django's WSGI handler is in docs/decisions/0010-the-web-server.md.
"""

import asyncio
import gc
import io
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.http import FileResponse, StreamingHttpResponse
from django.urls import get_resolver

from hotpapers_site.wsgi import application as django_application

from digests.page_cache.middleware import held_answer  # isort: skip - needs the apps, which the line above loads
from hotpapers_site import logs
from hotpapers_site.health import heartbeat_thread, request_counts
from hotpapers_site.health.views import HEALTHY
from hotpapers_site.serving.leftovers import end_with_parent

Answer = tuple[int, Iterable[tuple[str, str]], bytes | StreamingHttpResponse]
"""Status, headers, body: whole, or made while it is sent."""


class Scope(Protocol):
    """What Granian says about a request. A part of RSGI (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

    proto: str
    http_version: str
    scheme: str
    method: str
    path: str
    query_string: str
    server: str
    client: str
    headers: Any
    """A mapping whose `get_all` gives each line of a header that comes more than once."""


class Exchange(Protocol):
    """RSGI's HTTP protocol object."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Transport": ...


class Transport(Protocol):
    """RSGI's way to send a body in parts."""

    def send_bytes(self, data: bytes) -> Awaitable[None]: ...


THREADS = int(os.environ.get("WEB_THREADS", "8"))
"""Requests that Django answers at once; `manage.py web` sets it."""
LOGS_ACCESS = settings.ACCESS_LOG or os.environ.get("ACCESS_LOG") == "true"
"""`manage.py web --access-log` sets the variable after the settings are read."""
STREAMS = 2
"""Bodies that are made while they are sent, at once; more wait. They have threads of their own, since a reader may be slow."""
PART_WITHIN_S = 30.0
"""A reader who does not take a part of such a body for so long gets no more."""
BODY_WITHIN_S = 10.0
LARGEST_BODY = 5 * 1024 * 1024
"""Bytes; twice what Django takes of a form."""
OF_A_PAGE = {
    "host": "HTTP_HOST",
    "accept-encoding": "HTTP_ACCEPT_ENCODING",
    "if-none-match": "HTTP_IF_NONE_MATCH",
    "if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    "x-forwarded-proto": "HTTP_X_FORWARDED_PROTO",
}
"""All that the answer with a finished page depends on, besides the address."""
threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
streams = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")


@receiver(connection_created)
def keep_little(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let each thread's connection keep 2 MB of SQLite's pages, not the 32 MB of an import: nothing else would bound what all of
    them hold together, and the operating system keeps the file's pages for all at once."""
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA cache_size=-2000")


async def application(scope: Scope, exchange: Exchange) -> None:
    """Answer one HTTP request; there are no other kinds of connection."""
    if scope.proto != "http":
        return
    if scope.path == "/healthz":  # by no thread: it says that the process answers, whatever its threads wait for
        exchange.response_bytes(200, [("content-type", "text/plain"), ("cache-control", "no-store")], HEALTHY)
        return
    began, request_id = time.monotonic(), logs.new_request_id(scope.headers.get("x-request-id") or "")
    status, headers, body = held_answer(essence_of(scope)) or await answered(scope, exchange, request_id)
    if isinstance(body, bytes):
        exchange.response_bytes(status, list(headers), body)
        length = len(body)
    else:
        length = await streamed(exchange.response_stream(status, list(headers)), body)
    took_s = time.monotonic() - began
    request_counts.count(status, took_s)
    if LOGS_ACCESS:
        logs.log_access(scope.method, scope.path, status, length, took_s, request_id)


def begin(*_: object) -> None:
    """Called by Granian when a process begins to serve. Asked to end meanwhile, it ends: what Granian has set up for that hears
    nothing until its loop runs, and the process was killed some seconds later."""
    end_with_parent()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    settle()
    signal.signal(signal.SIGTERM, before)
    heartbeat_thread.start("web", also=request_counts.store)


def settle() -> None:
    """Load what the first request would load, and let Python's garbage collector pass over all of it from now on: each of its
    full rounds took 80 ms of the request in which it came."""
    get_resolver().url_patterns  # noqa: B018 - imports every view
    gc.collect()
    gc.freeze()


def end(*_: object) -> None:
    heartbeat_thread.stop()


application.__rsgi_init__ = begin  # type: ignore[attr-defined]
application.__rsgi_del__ = end  # type: ignore[attr-defined]


async def answered(scope: Scope, exchange: Exchange, request_id: str) -> Answer:
    try:
        body = await asyncio.wait_for(body_of(exchange), BODY_WITHIN_S)
    except TimeoutError:
        return plain(HTTPStatus.REQUEST_TIMEOUT)
    if body is None:
        return plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await asyncio.get_running_loop().run_in_executor(
        threads, by_django, environ_of(scope, body) | {"HTTP_X_REQUEST_ID": request_id}
    )


def essence_of(scope: Scope) -> dict[str, Any]:
    """The WSGI variables of the request on which a finished page depends."""
    environ = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": as_wsgi(scope.path),
        "QUERY_STRING": as_wsgi(scope.query_string),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, variable in OF_A_PAGE.items():
        if values := scope.headers.get_all(name):
            environ[variable] = ",".join(values)
    return environ


def as_wsgi(text: str) -> str:
    """The path as PEP 3333 wants it: each byte as one Latin-1 character, whatever the bytes mean."""
    return text if text.isascii() else text.encode().decode("latin-1")


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request's WSGI variables (PEP 3333).

    Headers with an underscore are left out: `X_Forwarded_Proto` would else pass for the proxy's own `X-Forwarded-Proto`.
    """
    server_name, _, server_port = scope.server.rpartition(":")
    environ = essence_of(scope) | {
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server_name,
        "SERVER_PORT": server_port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_TYPE": scope.headers.get("content-type") or "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name in list(scope.headers.keys()):
        if "_" not in name and name not in (*OF_A_PAGE, "content-type", "content-length"):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = ",".join(scope.headers.get_all(name))
    return environ


async def body_of(exchange: Exchange) -> bytes | None:
    """The whole body, or None if it is larger than LARGEST_BODY (bytes)."""
    body = bytearray()
    async for part in exchange:
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def by_django(environ: dict[str, Any]) -> Answer:
    """Django's answer."""
    begun: list[tuple[int, list[tuple[str, str]]]] = []
    written: list[bytes] = []  # PEP 3333's write(), which Django does not use

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        begun.append((int(status[:3]), headers))
        return written.append

    token = logs.request_id.set(environ["HTTP_X_REQUEST_ID"])  # holds for what Django logs of the answer, behind its middleware
    try:
        parts = django_application(environ, start_response)
        if isinstance(parts, StreamingHttpResponse) and not isinstance(parts, FileResponse):  # a static file is short
            return (*begun[-1], parts)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return (*begun[-1], body)
    except Exception:
        logging.getLogger(__name__).exception("A request could not be answered")
        return plain(HTTPStatus.INTERNAL_SERVER_ERROR)
    finally:
        logs.request_id.reset(token)


async def streamed(transport: Transport, response: StreamingHttpResponse) -> int:
    """Send a body while one thread makes it: its queries keep their connection. Returns the bytes that were sent."""
    loop = asyncio.get_running_loop()

    async def deliver(part: bytes) -> None:
        await transport.send_bytes(part)  # which may be awaitable without being a coroutine

    def send() -> int:
        sent = 0
        try:
            for part in response:
                if part:
                    asyncio.run_coroutine_threadsafe(deliver(part), loop).result(PART_WITHIN_S)
                    sent += len(part)
        except Exception as error:  # noqa: BLE001 - the reader went away, or took nothing; nothing can be answered any more
            logging.getLogger(__name__).warning("A body was not sent to its end: %s", type(error).__name__)
        finally:
            response.close()
        return sent

    return await loop.run_in_executor(streams, send)


def plain(status: HTTPStatus) -> Answer:
    body = f"{status.value} {status.phrase}\n".encode()
    return status.value, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Connection", "close")], body
