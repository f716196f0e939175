"""A floor for served pages: a WSGI application that does nothing but answer with the headers and bytes that it has read."""

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any


@cache
def answer(name: str) -> tuple[list[tuple[str, str]], bytes]:
    file = Path(os.environ["BENCH_FILES"], name)
    return [(header, value) for header, value in json.loads(file.with_suffix(".json").read_text())], file.read_bytes()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    name = environ["PATH_INFO"].strip("/")
    if not name:
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    headers, content = answer(name)
    start_response("200 OK", headers)
    return [content]
