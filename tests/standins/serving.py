"""What the stand-ins share: a small threaded HTTP server on loopback that keeps a log and fails on demand."""

import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    stall_s: float = 0
    """Silence before the first byte."""
    truncated: bool = False
    """The connection ends in the middle of the announced body."""
    reset: bool = False
    """The connection is reset before the first byte."""


@dataclass(frozen=True)
class Request:
    path: str
    """Without the base's prefix and without the query."""
    params: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    repeated: Mapping[str, list[str]] = field(default_factory=dict)
    """Of each parameter all values."""
    body: bytes = b""
    method: str = "GET"


HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
FAULTS = {
    "500": Reply(500, b'{"title":"Internal Server Error","status":500}', JSON),
    "502": Reply(502, b"<html><body>Bad Gateway</body></html>", HTML),
    "503": Reply(503, b"", {"Retry-After": "2"}),
    "504": Reply(504),
    "html": Reply(200, b"<!doctype html><title>Just a moment</title>", HTML),
    "empty": Reply(200, b"", JSON),
    "{}": Reply(200, b"{}", JSON),
    "[]": Reply(200, b"[]", JSON),
    "truncated": Reply(200, b'{"data":[{"id":"212370666435', JSON, truncated=True),
    "cut": Reply(200, b'{"data":[{"id":"212370666435', JSON),
    "reset": Reply(reset=True),
    "stall": Reply(200, b"{}", JSON, stall_s=20),
}
"""Failures that every service knows; a stand-in adds its own."""


class Standin:
    """A local server: a context manager. Subclasses answer; faults go before answers."""

    prefix = ""
    """A path prefix of the base URL, `/x` for example."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.date_s: float | None = None
        """What the `Date` of its answers says, in seconds since 1970; the machine's time where it is not set."""
        self._faults: list[tuple[str, Reply, int]] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def faults(self) -> Mapping[str, Reply]:
        return FAULTS

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self.prefix}"

    def fault(self, path_prefix: str, kind: str | Reply, times: int = 1) -> None:
        """The next `times` requests whose path begins so get the failure instead of an answer."""
        self._faults.append((path_prefix, self.faults()[kind] if isinstance(kind, str) else kind, times))

    def recover(self) -> None:
        """Drop all faults."""
        self._faults.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(target)
        if not parts.path.startswith(self.prefix + "/"):
            return Reply(404)
        repeated = parse_qs(parts.query, keep_blank_values=True)
        request = Request(
            parts.path.removeprefix(self.prefix),
            {name: values[-1] for name, values in repeated.items()},
            {name.lower(): value for name, value in headers.items()},
            repeated,
            body,
            method,
        )
        with self._lock:
            self.requests.append(request)
            for place, (path_prefix, reply, times) in enumerate(self._faults):
                if request.path.startswith(path_prefix):
                    self._faults[place : place + 1] = [(path_prefix, reply, times - 1)] if times > 1 else []
                    return reply
            return self.answer(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply = standin._reply(self.command, self.path, dict(self.headers.items()), body)
                if reply.stall_s:
                    standin._stopped.wait(reply.stall_s)
                if reply.reset:
                    self.about_to_answer()
                    # Closing with a linger time of zero sends RST instead of FIN.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    return
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body) + (1000 if reply.truncated else 0)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    pass  # the client went away, as after a stall it does

            def end_headers(self) -> None:
                self.about_to_answer()
                super().end_headers()

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(standin.date_s if timestamp is None else timestamp)

            def about_to_answer(self) -> None:
                """Called while the client cannot know yet how its request ended."""

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    pass  # reset on purpose

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the log is `requests`."""

        return Handler
