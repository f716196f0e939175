"""HTTP for all sources: one client factory, one bounded fetch, one error tree, one retry rule."""

import contextlib
import functools
import ipaddress
import random
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

VERSION = "0.1.0"
CONNECT_S = 10.0
SILENCE_S = 30.0
"""How long a server may send nothing; `deadline_s` of `fetch` bounds the whole answer."""
MAX_REDIRECTS = 3
SMALLEST_BUFFER = 1 << 16
"""Bytes that a compressed answer may have beyond the limit for its decompressed size."""
Result = TypeVar("Result")


class SourceError(Exception):
    """A source didn't give what was asked for. The text is one sentence for people; `url` carries no query and no secret."""

    def __init__(self, message: str, *, url: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.url = bare(url)
        self.status = status


class Transient(SourceError):
    """Worth asking again after `wait_s` seconds; None if the service named no time."""

    def __init__(self, message: str, *, url: str = "", status: int | None = None, wait_s: float | None = None) -> None:
        super().__init__(message, url=url, status=status)
        self.wait_s = wait_s


class RateLimited(Transient):
    """We asked too often."""


class ServiceRefused(SourceError):
    """Credentials, plan or address are not accepted. Never retried: the text says what to do and names `setting`."""

    def __init__(self, message: str, *, setting: str = "", url: str = "", status: int | None = None) -> None:
        super().__init__(message, url=url, status=status)
        self.setting = setting


class Misconfigured(ServiceRefused, ValueError):
    """A setting holds a value that cannot work."""


class ClockWrong(ServiceRefused):
    """The service rejects our times, and its own clock shows that they are wrong."""


class OutOfCredit(SourceError):
    """The account has no credit left."""


class Gone(SourceError):
    """What we asked for no longer exists."""


class Malformed(SourceError):
    """The answer is not what the service documents. The text says what was expected and what came."""


class Unreadable(Malformed):
    """Most records of an answer cannot be read: the service has changed, and a person must look at it."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer of any status, read to its end and decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Header names in any case."""
    body: bytes


def bare(url: str) -> str:
    """The URL without user, password, query and fragment."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return str(parts.copy_with(username=None, password=None, query=None, fragment=None))


def base_url(value: str, *, setting: str) -> str:
    """The checked base URL without a trailing slash: https, or plain http on loopback; it may have a path prefix.

    Raises Misconfigured, which names the setting.
    """
    expected = f"{setting} must be an https:// URL (plain http:// only on loopback) without user, query and fragment"
    try:
        url = httpx.URL(value.strip())
    except httpx.InvalidURL as error:
        raise Misconfigured(f"{expected}; it isn't a URL.", setting=setting) from error
    if not url.host or not _is_safe(url) or url.userinfo or url.query or url.fragment:
        raise Misconfigured(f"{expected}; it is {bare(value.strip()) or 'empty'}.", setting=setting)
    return str(url).rstrip("/")


def _is_safe(url: httpx.URL) -> bool:
    if url.scheme != "http":
        return url.scheme == "https"
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"


def user_agent(contact_email: str) -> str:
    """The User-Agent header. Raises Misconfigured if CONTACT_EMAIL cannot stand in a header."""
    if not (contact_email.isascii() and contact_email.isprintable()):
        raise Misconfigured("CONTACT_EMAIL must be an e-mail address in ASCII, on one line.", setting="CONTACT_EMAIL")
    return f"HotPapers/{VERSION}" + (f" (+{contact_email})" if contact_email else "")


def client(*, contact_email: str = "") -> httpx.Client:
    """A new client that the caller closes. It keeps no connection open: our requests are seconds apart."""
    return httpx.Client(
        headers={"User-Agent": user_agent(contact_email), "Accept-Encoding": "gzip"},
        timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
        limits=httpx.Limits(max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
        verify=_trusted(),
    )


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. To read them takes as long as a request to a near service, so all clients share them."""
    return httpx.create_ssl_context(trust_env=False)


def fetch(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int,
    deadline_s: float,
    redirect_hosts: Collection[str] = frozenset(),
) -> Answer:
    """Send one request, with `content` as its body, and return the answer, whatever its status.

    A redirect is followed only as `onward` allows, to one of `redirect_hosts`, and takes the headers along only if the host
    stays the same; any other redirect is returned as the answer. `max_bytes` counts decompressed bytes. `deadline_s` bounds
    everything, redirects included.

    Raises Transient if the connection fails, stalls or breaks off, and Malformed if the answer is too large, has an encoding
    that was not asked for, or redirects to an invalid address.
    """
    target = httpx.URL(url, params=params) if params else httpx.URL(url)
    sent = dict(headers or {})
    with _Deadline(deadline_s) as deadline:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                with client.stream(
                    method, target, headers=sent, content=content, extensions={"trace": deadline.watch}
                ) as response:
                    answer = Answer(str(target), response.status_code, response.headers, _body(response, max_bytes))
            except (httpx.TransportError, zlib.error) as error:
                reason = f"did not finish within {deadline_s:g} s" if deadline.passed else _reason(error)
                raise Transient(f"{target.host} {reason}.", url=str(target)) from error
            except (httpx.InvalidURL, UnicodeError) as error:  # httpx looks where a redirect leads, even if it is not to follow
                raise Malformed(f"{target.host} redirects to an invalid address.", url=str(target)) from error
            if deadline.passed:
                raise Transient(f"{target.host} did not finish within {deadline_s:g} s.", url=str(target))
            moved = onward(answer)
            if moved is None or moved.host not in redirect_hosts:
                return answer
            if moved.host != target.host:
                sent = {}
            target = moved
    raise Malformed(f"{target.host} redirected more than {MAX_REDIRECTS} times.", url=str(target), status=answer.status)


def onward(answer: Answer) -> httpx.URL | None:
    """Where a redirect leads: https (or plain http on loopback), never from https to http, and without a user name.

    None if the answer isn't a redirect or leads to no such address.
    """
    if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
        return None
    here = httpx.URL(answer.url)
    try:
        moved = here.join(answer.headers["location"])
        # Asking for the host decodes it, which fails for some that can be joined.
        is_fine = bool(moved.host) and _is_safe(moved) and not moved.userinfo
    except (httpx.InvalidURL, ValueError):
        return None
    return moved if is_fine and not (here.scheme == "https" and moved.scheme == "http") else None


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"could not be reached ({str(error).rpartition('] ')[2]})"  # without [Errno 111], which tells people nothing
    return f"closed the connection ({type(error).__name__})"


def _body(response: httpx.Response, max_bytes: int) -> bytes:
    """The body, decompressed here and not by httpx: a few bytes of gzip must not fill the memory beyond `max_bytes`."""
    encoding = response.headers.get("content-encoding", "").strip().lower().removeprefix("x-") or "identity"
    url, status = str(response.url), response.status_code
    if encoding not in ("identity", "gzip"):
        raise Malformed(
            f"{response.url.host} answered in the encoding {encoding[:40]!r}; expected gzip or none.", url=url, status=status
        )
    unpack = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body, received = bytearray(), 0
    for chunk in response.iter_raw():
        received += len(chunk)
        body += unpack.decompress(chunk, max_bytes + 1 - len(body)) if unpack else chunk
        # Empty blocks of gzip may go on for ever and come to nothing, so what comes in is counted as well.
        if len(body) > max_bytes or received > max_bytes + SMALLEST_BUFFER:
            raise Malformed(f"{response.url.host} answered with more than {max_bytes:,} bytes.", url=url, status=status)
        if unpack and unpack.eof:
            break  # whatever comes behind the end of the stream is none of the answer
    if unpack and body and not unpack.eof:
        raise zlib.error("the answer ended within its gzip stream")
    return bytes(body)


class _Deadline:
    """Cuts the connection when the time is up. httpx's own timeouts start again with every byte, also within the headers."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's `trace` extension: learns the socket, and again once TLS has wrapped it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.passed:
                self._cut()

    def _cut(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            self.passed = True
            if self._socket is not None:
                # The plain socket's method: that of a TLS socket would pull the state away under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def retrying(
    call: Callable[[], Result],
    *,
    attempts: int,
    max_wait_s: float,
    first_wait_s: float = 1.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Call `call()` up to `attempts` times while it raises Transient; the last error is raised.

    Waits as long as the error asks for, otherwise `first_wait_s`, doubled at each attempt; plus up to a quarter at random, so
    that workers don't return together. Gives up at once if the wait would exceed `max_wait_s`.
    """
    for attempt in range(1, attempts):
        try:
            return call()
        except Transient as error:
            wait_s = min(first_wait_s * 2 ** (attempt - 1), max_wait_s) if error.wait_s is None else error.wait_s
            if wait_s > max_wait_s:
                raise
        sleep(wait_s * random.uniform(1, 1.25))  # noqa: S311 (no secret)
    return call()
