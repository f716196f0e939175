"""What holds a port, and what an earlier `serve` has left."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from hotpapers_site.serving import leftovers
from hotpapers_site.serving.ports import in_use
from tests.servers import free_port


def test_a_port_that_another_site_of_ours_holds(tmp_path: Path) -> None:
    port = free_port()
    code = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); print('ready', flush=True); time.sleep(600)"
    marks = {leftovers.FROM: str(tmp_path), leftovers.BY: "4711"}
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ | marks, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        try:
            assert in_use(port) == (
                f"Port {port} is in use by another Hot Papers, which runs from {tmp_path} (process 4711). Stop that one with "
                "`kill 4711`, or choose another port with --port."
            )
        finally:
            other.kill()


def test_what_a_killed_serve_has_left_is_ended_by_the_next(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        env=os.environ | {leftovers.FROM: str(tmp_path), leftovers.BY: str(dead.pid)},
    )
    other = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        env=os.environ | {leftovers.FROM: str(tmp_path / "other"), leftovers.BY: str(dead.pid)},
    )
    try:
        threading.Thread(target=left.wait).start()
        assert [one.number for one in leftovers.end_left(tmp_path)] == [left.pid]
        assert (left.wait(10), other.poll()) == (-signal.SIGTERM, None)
    finally:
        other.kill()
        other.wait()
