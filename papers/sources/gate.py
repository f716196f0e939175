"""The request gate: how all our processes together keep a service's rule of one request at a time, every few seconds."""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import redis

from papers.sources.http import RateLimited, Transient

LONGEST_HOLD_S = 3600.0
IN_FLIGHT = "in flight"
LOOK_EVERY_S = 0.05


class GateBusy(Exception):
    """Others are at the gate for longer than this caller may wait. Nothing was asked, and nothing failed: come back later."""


@dataclass(frozen=True)
class _Mark:
    """The place, guarded by the gate's lock, that keeps the moment from which the next request may start."""

    now: Callable[[], float]
    """Seconds since 1970 by a clock that all holders share."""
    read: Callable[[], str]
    write: Callable[[str], object]


class Gate:
    """One request at a time over all processes; the next starts no sooner than `interval_s` after the previous one ended.

    A context manager around one request. With `redis_url` it holds over all machines, otherwise over the processes on this
    machine that share `folder`. If a holder is killed, the gate opens at once with the folder, and after `longest_s` with
    Redis; the interval then counts from the moment the next one notices. `longest_s` must exceed the time of any request inside
    the gate.

    Entering raises RateLimited while a `hold` lasts, GateBusy if others keep the gate for more than `patience_s` (None: wait
    any time), and Transient if Redis does not answer.
    """

    def __init__(
        self,
        name: str,
        interval_s: float,
        *,
        redis_url: str = "",
        folder: Path,
        longest_s: float = 120,
        patience_s: float | None = None,
    ) -> None:
        self.name = name
        self.interval_s = interval_s
        self.longest_s = longest_s
        self._patience_s = patience_s
        self._redis_url = redis_url
        self._folder = folder
        self._threads = threading.Lock()
        self._held = contextlib.ExitStack()
        self._mark: _Mark
        self._pause_s = interval_s

    def __enter__(self) -> Self:
        try:
            with contextlib.ExitStack() as held:
                held.enter_context(self._alone_here())
                self._mark = held.enter_context(self._in_redis() if self._redis_url else self._in_folder())
                wait_s = self._wait_s()
                if wait_s > self.interval_s:
                    raise RateLimited(f"{self.name} asked us to wait; retrying in {wait_s:.0f} s.", wait_s=wait_s)
                time.sleep(wait_s)
                self._mark.write(IN_FLIGHT)
                self._pause_s = self.interval_s
                self._held = held.pop_all()
        except redis.RedisError as error:
            raise Transient(f"Redis (REDIS_URL), which keeps the request gate, is not responding: {error}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        # Where Redis is away by now, the answer in hand is still good, and the lock runs out by itself.
        with contextlib.suppress(redis.RedisError), self._held:
            self._mark.write(repr(self._mark.now() + self._pause_s))

    def hold(self, seconds: float) -> None:
        """Call inside the gate when the service told us to stay away: nobody enters for that long (an hour at most)."""
        self._pause_s = max(self.interval_s, min(seconds, LONGEST_HOLD_S))

    def _wait_s(self) -> float:
        mark = self._mark.read()
        if not mark:
            return 0.0
        if mark == IN_FLIGHT:  # its holder was killed
            return self.interval_s
        wait_s = max(0.0, float(mark) - self._mark.now())
        return wait_s if wait_s <= LONGEST_HOLD_S else self.interval_s  # the clock was set back

    @contextlib.contextmanager
    def _alone_here(self) -> Iterator[None]:
        if not self._threads.acquire(timeout=-1 if self._patience_s is None else self._patience_s):
            raise GateBusy(self.name)
        try:
            yield
        finally:
            self._threads.release()

    def _lock_file(self, file: int) -> None:
        if self._patience_s is None:
            fcntl.flock(file, fcntl.LOCK_EX)
            return
        give_up_at = time.monotonic() + self._patience_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= give_up_at:
                    raise GateBusy(self.name) from None
                time.sleep(LOOK_EVERY_S)

    @contextlib.contextmanager
    def _in_folder(self) -> Iterator[_Mark]:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self._folder / f"{self.name}.gate", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._lock_file(file)
            # One write of one length: a kill cannot leave half a mark.
            yield _Mark(
                time.time, lambda: os.pread(file, 32, 0).decode().strip(), lambda text: os.pwrite(file, f"{text:32}".encode(), 0)
            )
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # not left to close(): a process forked meanwhile has the file open too
            os.close(file)

    @contextlib.contextmanager
    def _in_redis(self) -> Iterator[_Mark]:
        key = f"hotpapers:gate:{self.name}"
        keep_s = int(LONGEST_HOLD_S + self.longest_s)

        def now() -> float:
            seconds, microseconds = cast(tuple[int, int], server.time())
            return seconds + microseconds / 1_000_000

        # An own short-lived connection: none is shared with a forked worker.
        with redis.Redis.from_url(self._redis_url, decode_responses=True) as server:
            lock = server.lock(
                f"{key}:lock",
                timeout=self.longest_s + self.interval_s,
                sleep=LOOK_EVERY_S,
                blocking_timeout=self._patience_s,
                raise_on_release_error=False,
            )
            if not lock.acquire():
                raise GateBusy(self.name)
            try:
                yield _Mark(now, lambda: cast(str | None, server.get(key)) or "", lambda text: server.set(key, text, ex=keep_s))
            finally:
                with contextlib.suppress(redis.exceptions.LockError):  # it ran out meanwhile
                    lock.release()
