"""The site's files by nginx with the shipped configuration, beside a plain nginx with them; `bench.mirror` calls this."""

import os
import re
import statistics
import tempfile
from pathlib import Path

from bench.serving import ZIPPED, Figures, process
from tests.deployed.servers import nginx_command
from tests.servers import free_port

ROUNDS = 7
LEAST = 0.98
SITE = """
    server {{ listen 127.0.0.1:{port}; root {site};
        location / {{ try_files $uri/index.html $uri =404; gzip_static on; gzip_vary on; {more} }} }}
"""
DEBIANS = "sendfile on; tcp_nopush on; gzip on; keepalive_requests 1000000;"
"""What Debian's nginx.conf says for all sites, and connections that last as long as is measured."""


def measure(site: Path, address: str) -> int:
    """Print the figures of a page of the site in this folder; 0 if they are within their limit.

    All send the same bytes, and keep files open. One of the plain sites sends the same headers and writes a log as the shipped
    configuration does; the other sends none and writes none.
    """
    with tempfile.TemporaryDirectory(prefix="hotpapers-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ports = {one: free_port() for one in ("shipped", "the same headers", "bare")}
        command = nginx_command(folder, ports["shipped"], [free_port()])
        (folder / "site").symlink_to(site)
        shipped = (folder / "hotpapers.conf").read_text().replace(" ssl http2;", ";")  # what encryption costs hides the rest
        of_files = shipped[: shipped.index("location /static/")]
        cached, headers = (" ".join(re.findall(rf"^ +({name}.*;)", of_files, re.M)) for name in ("open_file_cache", "add_header"))
        log = f"access_log {folder}/plain.log combined buffer=32k flush=1s;"
        plain = SITE.format(port=ports["the same headers"], site=site, more=cached + headers + log)
        plain += SITE.format(port=ports["bare"], site=site, more=f"{cached} access_log off;")
        conf = (folder / "nginx.conf").read_text().replace("http {", f"http {{ {DEBIANS} {plain}")
        (folder / "nginx.conf").write_text(conf)
        (folder / "hotpapers.conf").write_text(shipped)
        asked = {one: Figures(f"http://127.0.0.1:{port}{address}", ZIPPED) for one, port in ports.items()}
        with process(command, ports["bare"], os.environ.copy()) as pid:
            worker = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
            taken = {one: list[float]() for one in asked}
            for _ in range(ROUNDS):
                for one, figures in asked.items():
                    before = _processor_ns(worker)
                    figures.ask()
                    taken[one].append((_processor_ns(worker) - before) / figures.requests[-1] / 1000)
    for one, figures in asked.items():
        rate, us = statistics.median(figures.rates), statistics.median(taken[one])
        print(f"  nginx, {one:<20}{rate:>9,.0f} requests/s   {us:>6.2f} us of the processor each")
    failed = 0
    for one, least in (("the same headers", LEAST), ("bare", None)):
        ratio = statistics.median(bare / ours for bare, ours in zip(taken[one], taken["shipped"], strict=True))
        rates = statistics.median(ours / bare for bare, ours in zip(asked[one].rates, asked["shipped"].rates, strict=True))
        verdict = f", at least {least:g}: {'within' if ratio >= least else 'UNDER'}" if least else ""
        failed |= bool(least and ratio < least)
        print(f"  shipped / {one}: {ratio:.2f} by processor time{verdict}; {rates:.2f} by the clock")
    return failed


def _processor_ns(pid: int) -> int:
    """Return how long the process ran: unlike the clock's, other loads hardly change it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
