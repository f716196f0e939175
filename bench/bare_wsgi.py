"""A floor for served pages: a WSGI application that does nothing but answer with the bytes of a file that it has read."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any


@cache
def body(name: str) -> bytes:
    return Path(os.environ["BENCH_FILES"], name).read_bytes()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    name = environ["PATH_INFO"].strip("/")
    if not name:
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    content = body(name)
    start_response(
        "200 OK",
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("Vary", "Accept-Encoding"),
            ("Content-Length", str(len(content))),
        ],
    )
    return [content]
