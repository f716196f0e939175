"""Requests a second and p99 of pages as served: rendered, finished, not changed; each beside what a bare server does.

Two of the shipped web server (`manage.py web`), two gunicorns with the floors (one process each, eight threads) and an nginx run
side by side and are asked in turn, so that what else the machine does falls on all of them alike. All answer with the same bytes,
headers included, but for the minimal view and what nginx itself says of a file. `bench.pages` fills the database and calls this.
"""

import contextlib
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from django.conf import settings

from tests.servers import free_port

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 8
ZIPPED = {"Accept-Encoding": "gzip"}
SERVER_S = ("server", "date", "connection", "transfer-encoding")
"""Headers that the server itself writes."""
OF_A_FILE = ("content-type", "content-length", "etag", "last-modified")
"""Those that nginx writes for a file."""
GUNICORN = ["--threads", "8", "--log-level", "error", "--keep-alive", "30", "--bind"]
NGINX = """
{user}
daemon off; pid {folder}/pid; error_log {folder}/error.log;
worker_processes auto;
events {{ }}
http {{
  sendfile on; tcp_nopush on;
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  default_type "text/html; charset=utf-8";
  proxy_cache_path {folder}/cache keys_zone=pages:10m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{ours}; proxy_set_header Host $http_host;
      proxy_cache pages; proxy_cache_use_stale updating; proxy_cache_background_update on; proxy_cache_revalidate on;
    }}
    location /bare/ {{
      proxy_pass http://127.0.0.1:{bare}/; proxy_set_header Host $http_host;
      proxy_cache pages; proxy_cache_use_stale updating; proxy_cache_background_update on; proxy_cache_revalidate on;
    }}
    location /site/ {{ root {folder}; charset utf-8; gzip_static on; gzip_vary on; try_files $uri.html =404; {headers} }}
    location /gzip-for-all/ {{ alias {folder}/files/; {headers} {coding} }}
  }}
}}
"""


@dataclass
class Figures:
    """The figures of one address that is requested again and again."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    """Requests per second, one number per round."""
    p99s: list[float] = field(default_factory=list)
    """Milliseconds."""
    requests: list[int] = field(default_factory=list)
    """How many were answered, one number per round."""

    def ask(self) -> None:
        headers = [part for name, value in self.headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "--latency", *headers, self.url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in told or "Socket errors" in told:
            raise RuntimeError(f"{self.url}: {told}")
        rate, p99 = re.search(r"Requests/sec:\s+([\d.]+)", told), re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
        answered = re.search(r"(\d+) requests in", told)
        if not rate or not p99 or not answered:
            raise RuntimeError(f"wrk said {told}")
        self.rates.append(float(rate[1]))
        self.requests.append(int(answered[1]))
        self.p99s.append(float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


def measure(pages: dict[str, str]) -> int:
    """Print the figures of these pages (names and addresses); 0 where all are within their limits."""
    if absent := [program for program in ("wrk", "nginx") if not shutil.which(program)]:
        print(f"pages as served: skipped, {' and '.join(absent)} not installed; `apt-get install wrk nginx`")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hotpapers-nginx-") as name, contextlib.ExitStack() as servers:
        folder = Path(name)
        folder.chmod(0o755)
        ours = servers.enter_context(shipped(PAGE_CACHE_MIB="64")).port
        rendering = servers.enter_context(shipped(PAGE_CACHE_MIB="0")).port
        bare = servers.enter_context(gunicorn("bench.bare_wsgi:application", BENCH_FILES=str(folder / "files")))
        minimal = servers.enter_context(gunicorn("bench.minimal_view:application"))
        nginx = servers.enter_context(started_nginx(folder, ours, bare, next(iter(pages.values()))))
        for page, path in pages.items():
            failed |= measure_page(page, path, folder / "files" / page, [ours, rendering, bare, minimal, nginx])
    return failed


def measure_page(page: str, path: str, file: Path, ports: list[int]) -> int:
    ours, rendering, bare, minimal, nginx = (f"http://127.0.0.1:{port}" for port in ports)
    with httpx.stream("GET", f"{ours}{path}", headers=ZIPPED, trust_env=False) as answer:
        file.write_bytes(b"".join(answer.iter_raw()))
    site = file.parent.parent / "site" / page  # both codings, as one who serves static files would have them
    site.with_suffix(".html").write_bytes(gzip.decompress(file.read_bytes()))
    site.with_suffix(".html.gz").write_bytes(file.read_bytes())
    file.with_suffix(".json").write_text(json.dumps([pair for pair in answer.headers.items() if pair[0] not in SERVER_S]))
    known = ZIPPED | {"If-None-Match": answer.headers["ETag"]}
    asked = {
        "rendered": Figures(f"{rendering}{path}", ZIPPED),
        "minimal view": Figures(f"{minimal}{path}", ZIPPED),
        "finished": Figures(f"{ours}{path}", ZIPPED),
        "bare WSGI": Figures(f"{bare}/{page}", ZIPPED),
        "not changed (304)": Figures(f"{ours}{path}", known),
        "nginx before us": Figures(f"{nginx}{path}", ZIPPED),
        "nginx before bare": Figures(f"{nginx}/bare/{page}", ZIPPED),
        "nginx, static site": Figures(f"{nginx}/site/{page}", ZIPPED),
        "nginx, gzip for all": Figures(f"{nginx}/gzip-for-all/{page}", ZIPPED),
    }
    for figures in asked.values():
        httpx.get(figures.url, headers=figures.headers, trust_env=False)  # nobody's first request counts
    for _ in range(ROUNDS):
        for figures in asked.values():
            figures.ask()
    print(f"{page}: {len(gzip.decompress(file.read_bytes())):,} bytes, {file.stat().st_size:,} compressed")
    for name, figures in asked.items():
        print(
            f"  {name:<20}{statistics.median(figures.rates):>9,.0f} requests/s   p99 {statistics.median(figures.p99s):>7.2f} ms"
        )
    limits: list[tuple[str, str, float | None]] = [
        ("rendered", "minimal view", 1.0),
        ("finished", "bare WSGI", 0.8),
        ("nginx before us", "nginx, static site", 0.95),
        # What of it is nginx's own cost: of keeping an answer, and of choosing one by the codings that a reader's browser takes.
        ("nginx before us", "nginx before bare", 0.95),
        ("nginx before us", "nginx, gzip for all", None),
    ]
    failed = 0
    for one, floor, least in limits:
        ratio = statistics.median(a / b for a, b in zip(asked[one].rates, asked[floor].rates, strict=True))
        verdict = f", at least {least:g}: {'within' if ratio >= least else 'UNDER'}" if least else ""
        failed |= bool(least and ratio < least)
        print(f"  {one} / {floor}: {ratio:.2f}{verdict}")
    return failed


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


@contextlib.contextmanager
def shipped(*, quiet: bool = False, **environment: str) -> Iterator[Server]:
    """Serve the site with its own web server; `quiet` silences the log line for each request with a foreign host."""
    port = free_port()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "web", "--port", str(port)]
    with process(command, port, os.environ | environment, quiet=quiet) as pid:
        yield Server(port, pid)


@contextlib.contextmanager
def gunicorn(application: str, **environment: str) -> Iterator[int]:
    """The application served by one process with threads; its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, f"127.0.0.1:{port}", application]
    with process(command, port, os.environ | {"PYTHONPATH": str(settings.BASE_DIR)} | environment):
        yield port


@contextlib.contextmanager
def started_nginx(folder: Path, ours: int, bare: int, path: str) -> Iterator[int]:
    """An nginx that keeps our pages, and serves files of the same bytes; its port."""
    port = free_port()
    (folder / "files").mkdir()
    (folder / "site").mkdir()
    configuration = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    answer = httpx.get(f"http://127.0.0.1:{ours}{path}", headers=ZIPPED, trust_env=False)
    added = {name: value for name, value in answer.headers.items() if name not in (*SERVER_S, *OF_A_FILE)}
    coding = " ".join(f"add_header {name} {json.dumps(added.pop(name))};" for name in ("vary", "content-encoding"))
    headers = " ".join(f"add_header {name} {json.dumps(value)};" for name, value in added.items())
    configuration.write_text(
        NGINX.format(folder=folder, port=port, ours=ours, bare=bare, user=user, headers=headers, coding=coding)
    )
    command = [str(shutil.which("nginx")), "-p", str(folder), "-e", f"{folder}/error.log", "-c", str(configuration)]
    with process(command, port, os.environ.copy()):
        yield port


@contextlib.contextmanager
def process(command: list[str], port: int, environment: dict[str, str], *, quiet: bool = False) -> Iterator[int]:
    """Start a server and wait until it answers; yields its process id."""
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL if quiet else None)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                # As it will be asked: another Accept-Encoding would make of what is measured the second variant that nginx keeps.
                httpx.get(f"http://127.0.0.1:{port}/", headers=ZIPPED, trust_env=False)
                break
            except httpx.TransportError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{' '.join(command)} did not start") from None
                time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait()
