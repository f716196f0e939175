"""`manage.py web`: the web server alone. `serve` runs it; in production a supervisor does, behind nginx or a CDN."""

import os
import resource
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels

from hotpapers_site.serving import ports

HOST, PORT, THREADS = "127.0.0.1", 8000, 8
HEADERS_WITHIN_MS = 5_000
"""How long a request's headers may take, and how long a connection may wait for its next request."""
LARGEST_HEADERS = 32 * 1024
"""In bytes; headers that come at once may be twice as long, never more."""
CONNECTIONS = 4096
"""How many at once in each process; the others wait."""
STOP_WITHIN_S = 30
OWN_LOG: dict[str, Any] = {"handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}}
"""Granian's lines go where ours go, and in the same form (LOG_FORMAT)."""
MOST_PROCESSES, MOST_THREADS = 256, 1024


class Command(BaseCommand):
    help = "Serve the site. SIGTERM and Ctrl-C let running requests finish; SIGHUP restarts its processes one by one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=HOST, help=f"the address to listen at (default {HOST})")
        parser.add_argument("--port", default=PORT, help=f"the port to listen at (default {PORT})")
        parser.add_argument("--processes", default=1, help="one for each processor at most (default 1)")
        parser.add_argument("--threads", default=THREADS, help=f"in each process (default {THREADS})")
        parser.add_argument("--access-log", action="store_true", help="a line for each request (also by ACCESS_LOG=true)")

    def handle(self, *args: Any, host: str, access_log: bool, **options: Any) -> None:
        port = ports.port_number(options["port"])
        processes = ports.whole("--processes", options["processes"], most=MOST_PROCESSES, example=2)
        threads = ports.whole("--threads", options["threads"], most=MOST_THREADS, example=THREADS)
        ports.expect_free(host, port)
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection is an open file
        os.environ["WEB_THREADS"] = str(threads)
        if access_log:
            os.environ["ACCESS_LOG"] = "true"  # for the processes that answer
        os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))  # until it serves
        Granian(
            "hotpapers_site.rsgi:application",
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            loop=Loops.uvloop,
            runtime_mode=RuntimeModes.mt,  # with uvloop twice as fast as the mode that Granian chooses for one processor
            http=HTTPModes.http1,
            websockets=False,
            workers=processes,
            backlog=CONNECTIONS,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=LARGEST_HEADERS, keep_alive=True, pipeline_flush=False
            ),
            log_level=LogLevels.warning,
            log_dictconfig=OWN_LOG,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN_S,
        ).serve()
