"""What the web server does with requests that are slow, half, large or forged."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from django.conf import settings
from django.http import StreamingHttpResponse

from hotpapers_site import rsgi
from hotpapers_site.management.commands import web
from tests.servers import free_port
from tests.tables import migrated

HALVES = [
    b"",
    b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=abcdefghijklmnopqrstuvwxyz012345\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername=",
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=abcdefghijklmnopqrstuvwxyz012345\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nusername=",
]


LOG: list[Path] = []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web server with an empty database; its port."""
    port, folder = free_port(), tmp_path_factory.mktemp("web")
    ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
    environment = ours | {"VAR_DIR": str(folder), "LOG_FORMAT": "json"}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    migrated(folder / "db.sqlite3")
    LOG.append(folder / "log")
    with LOG[-1].open("wb") as log:
        process = subprocess.Popen([*manage, "web", "--port", str(port), "--access-log"], env=environment, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/robots.txt", trust_env=False, verify=False, timeout=60)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        assert process.wait(60) == 0


def answered(port: int, request: bytes) -> bytes:
    """All that the server says until it ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        said = b""
        with contextlib.suppress(ConnectionResetError):  # it may refuse, and not read to the end what it refused
            connection.sendall(request)
            while part := connection.recv(65536):
                said += part
    return said


def asked(port: int, path: str, *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Connection: close", *headers]
    return answered(port, "\r\n".join([*lines, "", ""]).encode("latin-1"))


def test_access_log_has_a_line_for_each_request_without_who_asked_for_what(server: int) -> None:
    for path, name in (("/robots.txt", "held-0123456789"), ("/no-such-page", "made-0123456789")):
        asked(server, f"{path}?q=my-secret", f"Host: 127.0.0.1:{server}", f"X-Request-ID: {name}", "X-Forwarded-For: 192.0.2.7")
    deadline = time.monotonic() + 60
    told: dict[str, tuple[str, str, int]] = {}
    while not told.keys() >= {"held-0123456789", "made-0123456789"}:
        assert time.monotonic() < deadline, told
        time.sleep(0.05)
        whole = LOG[-1].read_text().rpartition("\n")[0].splitlines()
        lines = [json.loads(line) for line in whole if '"hotpapers_site.access"' in line]
        told = {line["request_id"]: (line["method"], line["path"], line["status"]) for line in lines if "request_id" in line}
    assert told["held-0123456789"] == ("GET", "/robots.txt", 200)
    assert told["made-0123456789"] == ("GET", "/no-such-page", 404)
    not_found = [json.loads(line) for line in LOG[-1].read_text().splitlines() if "Not Found: /no-such-page" in line]
    assert [line["request_id"] for line in not_found] == ["made-0123456789"]
    assert "my-secret" not in LOG[-1].read_text()
    assert "192.0.2.7" not in LOG[-1].read_text()
    assert asked(server, "/healthz").endswith(b"\r\n\r\nok\n")


@pytest.mark.slow
def test_half_requests_keep_nobody_waiting_and_end(server: int) -> None:
    """Two hundred of each, all at the same time."""
    with contextlib.ExitStack() as open_ones:
        waiting = []
        for half in HALVES * 200:
            waiting.append(open_ones.enter_context(socket.create_connection(("127.0.0.1", server), timeout=60)))
            waiting[-1].sendall(half)
        for path in ("/robots.txt", "/", "/search?q=words", "/admin/login/"):
            with httpx.Client(trust_env=False, verify=False, timeout=30) as client:
                assert client.get(f"http://127.0.0.1:{server}{path}").status_code == 200
        for connection in waiting:
            said = connection.recv(100)
            assert said == b"" or said.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))


def test_bounds_are_those_that_the_documents_tell() -> None:
    assert (web.HEADERS_WITHIN_MS, rsgi.BODY_WITHIN_S, rsgi.LARGEST_BODY) == (5_000, 10, 5 * 1024 * 1024)


def test_what_is_loaded_at_the_start_is_passed_over_by_the_garbage_collector() -> None:
    before = gc.get_freeze_count()
    try:
        rsgi.settle()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


@pytest.mark.slow
def test_script_name_of_a_request_is_ignored(server: int) -> None:
    plain = asked(server, "/", "Host: 127.0.0.1")
    for name in ("SCRIPT_NAME", "Script-Name", "script_name"):
        assert b"evil" not in asked(server, "/archive", "Host: 127.0.0.1", f"{name}: /evil")
    assert b'href="/archive"' in plain
    assert b"evil" not in asked(server, "/archive", "Host: 127.0.0.1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Host: evil.example"], b"400"),
        (["Host: 127.0.0.1", "Host: evil.example"], b"400"),
        (["Host: evil.example", "Host: 127.0.0.1"], b"400"),
        (["Host: 127.0.0.1:x"], b"400"),
        (["Host: 127.0.0.1", "X-Forwarded-Host: evil.example"], b"200"),
        (["Host: 127.0.0.1", "X_Forwarded_Host: evil.example"], b"200"),
        (["Host: 127.0.0.1", "Content-Length: -1"], b"400"),
        (["Host: 127.0.0.1", "Accept-Encoding: " + "br;q=" * 1000], b"200"),
        (["Host: 127.0.0.1", "X-Odd: \xff\xfe"], b"200"),
        (["Host: 127.0.0.1", *(f"X-{n}: x" for n in range(500))], b"431"),
        (["Host: 127.0.0.1", "X-Long: " + "x" * 30_000], b"200"),
        (["Host: 127.0.0.1", "X-Long: " + "x" * 65_536], b"431"),
    ],
)
def test_headers_are_taken_as_they_are_or_refused(server: int, headers: list[str], status: bytes) -> None:
    told = asked(server, "/", *headers)
    assert told.split()[1] == status
    assert b"evil.example" not in told


LETTERS = "/é\u0b11𝔘".encode().decode("latin-1")
"""Not encoded, as some clients send them."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%00", b"404"),
        ("/%ff%fe", b"404"),
        ("/../../etc/passwd", b"404"),
        ("/a%2F..%2Fb", b"404"),
        ("/?before=%ff", b"404"),
        (LETTERS, b"404"),
        (f"/?q={LETTERS}", b"200"),
        (f"/search?q={LETTERS}", b"200"),
        (f"/search?q={LETTERS[:-1]}", b"400"),
    ],
)
def test_odd_paths_are_not_found(server: int, path: str, status: bytes) -> None:
    assert asked(server, path, "Host: 127.0.0.1").split()[1] == status


@pytest.mark.slow
def test_large_bodies_are_refused(server: int) -> None:
    request = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6000000\r\n\r\n" + b"x" * 6_000_000
    assert answered(server, request).split()[1] == b"413"


def test_headers_with_an_underscore_are_left_out() -> None:
    class Headers(dict[str, list[str]]):
        def get_all(self, name: str) -> list[str]:
            return super().get(name, [])

        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            return self.get_all(name)[0] if name in self else default

    class Asked:
        proto, http_version, scheme, method, path, query_string = "http", "1.1", "http", "GET", "/é", "a=b"
        server, client = "127.0.0.1:80", "[2001:db8::1]:999"
        headers = Headers(host=["a", "b"], x_forwarded_proto=["https"], script_name=["/evil"], cookie=["c=d"])

    environ = rsgi.environ_of(Asked(), b"body")
    assert {name: value for name, value in environ.items() if not name.startswith("wsgi.")} == {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/\xc3\xa9",
        "QUERY_STRING": "a=b",
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "2001:db8::1",
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": "4",
        "HTTP_HOST": "a,b",
        "HTTP_COOKIE": "c=d",
    }


def test_export_is_sent_while_it_is_made(server: int) -> None:
    said = asked(server, "/export.zip", f"Host: 127.0.0.1:{server}")
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding: chunked" in head.lower()
    size, _, rest = body.partition(b"\r\n")
    assert (size, rest[:4], rest[-7:]) == (b"16", b"PK\x05\x06", b"\r\n0\r\n\r\n")  # an archive without a file


def test_static_files_are_sent_whole(server: int) -> None:
    for path in ("static/admin/desk.js", "static/admin/css/base.css"):
        answer = httpx.get(
            f"http://127.0.0.1:{server}/{path}", headers={"Accept-Encoding": "identity"}, trust_env=False, verify=False
        )
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) == len(answer.content) > 1_000


def test_body_that_is_made_while_it_is_sent_needs_its_reader() -> None:
    taken: list[bytes] = []

    class Gone:
        def send_bytes(self, data: bytes) -> asyncio.Future[None]:
            if len(taken) == 2:
                raise ConnectionResetError
            taken.append(data)
            (sent := asyncio.get_running_loop().create_future()).set_result(None)
            return sent

    made = iter([b"a", b"", b"bc", b"d", b"e"])
    response = StreamingHttpResponse(made)
    closed: list[bool] = []
    cast(Any, response)._resource_closers.append(lambda: closed.append(True))
    assert asyncio.run(rsgi.streamed(Gone(), response)) == 3
    assert (taken, next(made), closed) == ([b"a", b"bc"], b"e", [True])


def test_lines_of_the_server_itself_have_the_form_of_ours(tmp_path: Path) -> None:
    said = """
import logging, django
django.setup()
from granian.log import LogLevels, configure_logging
from hotpapers_site.management.commands.web import OWN_LOG
configure_logging(LogLevels.warning, OWN_LOG)
logging.getLogger("_granian").info("too small to be told")
logging.getLogger("_granian").warning("Killing worker-1")
logging.getLogger("hotpapers").warning("Ours")
"""
    environment = os.environ | {
        "VAR_DIR": str(tmp_path),
        "LOG_FORMAT": "json",
        "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
    }
    told = subprocess.run([sys.executable, "-c", said], env=environment, cwd=settings.BASE_DIR, capture_output=True, check=True)
    lines = [json.loads(line) for line in told.stderr.splitlines()]
    assert [(line["logger"], line["message"]) for line in lines] == [("_granian", "Killing worker-1"), ("hotpapers", "Ours")]
    assert told.stdout == b""


def test_a_process_that_is_asked_to_end_before_it_serves_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "end_with_parent", lambda: None)
    monkeypatch.setattr(rsgi, "settle", lambda: os.kill(os.getpid(), signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit):
            rsgi.begin()
    finally:
        signal.signal(signal.SIGTERM, before)
