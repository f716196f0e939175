"""A finished page: its bytes, plain and compressed, and its answers to requests."""

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_http_date_safe

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
"""Status, headers, body."""

PLAIN = "identity"
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=6),  # 9 takes ten times as long, for a hundredth less
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")
LEAST = 0.001
"""The smallest weight that an Accept-Encoding can give: that of no coding, where it says nothing of it."""
LONGEST_ACCEPTED = 300
"""Characters of an Accept-Encoding that are read; browsers send 25."""
SMALLEST_COMPRESSED = 200
"""Bytes; smaller pages gain nothing from compression."""
AROUND = 9000
"""Bytes for a page's headers in three codings, the objects that hold it, and the gaps that pages leave in memory."""
OURS = frozenset({"etag", "last-modified", "content-length", "vary", "cache-control"})
NOT_PUBLIC = ("private", "no-store", "no-cache")


@dataclass(slots=True)
class Page:
    subjects: frozenset[str] | None
    """What it shows; None if that is unknown and may be anything (see subjects.py)."""
    body: bytes
    headers: Headers
    tag: str
    """The ETag's part that all codings share."""
    changed_at: int
    """The page has not changed since this moment (seconds since 1970): the second after its rendering, because what was sent in
    that second may have been another version."""
    expires_at: float
    """By time.monotonic()."""
    is_of_content: bool = False
    """Whether the view said when its content changed (Last-Modified). That is an earlier moment once something is withdrawn, so
    only that very moment means that the client has the page."""
    right_at: int = 0
    """The last moment, as cache.py counts them, at which nothing on it had changed."""
    ready: dict[str, tuple[Headers, Headers, bytes]] = field(default_factory=dict)
    """By content coding, once somebody has asked for it: the headers of a 304, those of a 200, and its body."""

    @property
    def size(self) -> int:
        """The most bytes that it takes: plain, in both codings, and everything around them."""
        return 2 * len(self.body) + AROUND + 100 * len(self.subjects or ())

    @property
    def is_compressible(self) -> bool:
        """Pictures are compressed already."""
        return len(self.body) >= SMALLEST_COMPRESSED and ("Content-Type", "image/png") not in self.headers

    def answer(self, environ: dict[str, Any]) -> Answer:
        """The answer to a GET or HEAD with these WSGI variables: the page in the best coding, or 304 if the client has it."""
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")[:LONGEST_ACCEPTED]
        coding = _best(accepted) if self.is_compressible else PLAIN
        known_headers, headers, body = self.ready.get(coding) or self._make_ready(coding)
        if self._is_known(environ):
            status, headers, body = HTTPStatus.NOT_MODIFIED, known_headers, b""
        else:
            status = HTTPStatus.OK
        if time.time() < self.changed_at:
            headers = [(name, http_date() if name == "Last-Modified" else value) for name, value in headers]
        return status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body

    def _make_ready(self, coding: str) -> tuple[Headers, Headers, bytes]:
        body = self.body if coding == PLAIN else COMPRESS[coding](self.body)
        known = [*self.headers, ("ETag", f'"{self.tag}-{coding}"'), ("Last-Modified", http_date(self.changed_at))]
        coded = [] if coding == PLAIN else [("Content-Encoding", coding)]
        self.ready[coding] = known, [*known, *coded, ("Content-Length", str(len(body)))], body
        return self.ready[coding]

    def _is_known(self, environ: dict[str, Any]) -> bool:
        if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
            return tags.strip() == "*" or self.tag in tags
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None:
            return False
        known = parse_http_date_safe(since) or 0
        return known == self.changed_at if self.is_of_content else known >= self.changed_at


def finish(response: HttpResponseBase) -> Page | None:
    """The response as a page, or None if it isn't the same for everybody."""
    if not isinstance(response, HttpResponse) or response.status_code != HTTPStatus.OK or response.cookies:
        return None
    control = response.get("Cache-Control", "")
    # What was made with a look at the session varies with the cookie.
    if response.get("Vary", "Accept-Encoding") != "Accept-Encoding" or any(word in control for word in NOT_PUBLIC):
        return None
    headers = [(name, value) for name, value in response.items() if name.lower() not in OURS]
    headers += [
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", control or f"public, max-age=0, s-maxage={settings.PAGE_SHARED_AGE}"),
    ]
    said = parse_http_date_safe(response.get("Last-Modified", ""))
    changed_at = int(time.time()) + 1 if said is None else said
    return Page(
        subjects=getattr(response, "page_subjects", None),
        body=response.content,
        headers=headers,
        tag=hashlib.sha256(response.content).hexdigest()[:32],
        changed_at=changed_at,
        is_of_content=said is not None,
        expires_at=time.monotonic() + settings.PAGE_CACHE_AGE,
    )


@lru_cache(maxsize=256)
def _best(accepted: str) -> str:
    """The coding to use for an Accept-Encoding: of the greatest weight; of equals brotli, else gzip, else none."""
    weights = {PLAIN: LEAST}
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        told = WEIGHT.fullmatch(weight)
        weights[coding.strip()] = float(told[1]) if told else 1.0
    return max((coding for coding in (*COMPRESS, PLAIN) if weights.get(coding)), key=weights.__getitem__, default=PLAIN)
