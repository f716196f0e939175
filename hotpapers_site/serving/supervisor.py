"""Runs the programs of the product side by side. One that ends is started again; if one cannot be started at all, none runs."""

import contextlib
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hotpapers_site.serving.leftovers import ends_with_parent

LOOK_EVERY_S = 0.2
SETTLED_AFTER_S = 10.0
"""A program that ran for so long can be started. One that ends sooner, with an exit status, found something wrong."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Before a program is started again; each time twice as long while it ends soon after its start."""
Process = subprocess.Popen[bytes]
logger = logging.getLogger(__name__)


class NotStarted(Exception):
    """A program could not be started; the text says why."""


@dataclass(frozen=True)
class Program:
    name: str
    """Its name for people: "the worker"."""
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    environment: Mapping[str, str] | None = None
    """None for ours."""
    again: bool = False
    """Whether it is started again when it has ended by itself."""


@dataclass(frozen=True)
class Watched:
    """A program that was started, and will be stopped, elsewhere."""

    process: Process
    start: Callable[[], Process | None]
    """Start it again; None if somebody else has done so. Raises NotStarted."""


@contextlib.contextmanager
def stop_requests() -> Iterator[threading.Event]:
    """Within the block, let Ctrl-C, SIGTERM and a closed terminal set the event instead of ending this process."""
    asked = threading.Event()
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, lambda *_: asked.set()) for kind in kinds}
    try:
        yield asked
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


class _Kept:
    """A program that runs, or waits for its next start."""

    def __init__(self, name: str, start: Callable[[], Process | None], *, again: bool, process: Process | None = None) -> None:
        self.process = process or start()
        self._name, self._start, self._again = name, start, again
        self._started_s, self._starts_s = time.monotonic(), 0.0
        self._has_settled, self._short_runs = False, 0

    def look(self) -> str:
        """Start it again where it has ended; return a sentence if it has to be the end of everything."""
        now_s = time.monotonic()
        if self.process is None:
            if self._starts_s and now_s >= self._starts_s:
                self._try(now_s)
            return ""
        if (code := self.process.poll()) is None:
            if now_s - self._started_s >= SETTLED_AFTER_S:
                self._has_settled, self._short_runs = True, 0
            return ""
        if not self._again or (code >= 0 and not self._has_settled):
            return f"{self._name} ended ({_how(code)}), so everything was stopped."
        _kill_group(self.process)
        self._wait(f"{self._name} ended ({_how(code)})", now_s)
        return ""

    def _try(self, now_s: float) -> None:
        self._started_s, self._starts_s = now_s, 0.0
        try:
            self.process = self._start()
        except (OSError, NotStarted) as error:
            self._wait(f"{self._name} could not be started ({error})", now_s)

    def _wait(self, what: str, now_s: float) -> None:
        pause_s = min(FIRST_PAUSE_S * 2**self._short_runs, LONGEST_PAUSE_S)
        logger.warning("%s. It is started again in %.0f s.", what, pause_s)
        self.process, self._starts_s = None, now_s + pause_s
        self._short_runs = min(self._short_runs + 1, 10)


def run(
    programs: Sequence[Program],
    *,
    asked: threading.Event,
    stop_within_s: float,
    watched: Mapping[str, Watched] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> str:
    """Start the programs; stop them all once `asked` is set, or once one of them (or of the `watched`) ends by itself and cannot
    be started again. Returns one sentence about that end, or nothing where it was asked for. `meanwhile` is called a few times a
    second.

    Each program leads its own process group, which gets its stop signal alone, so that it ends its children in its own way;
    what is left of the group after `stop_within_s` is killed. Should this process be killed, they are killed with it.
    """
    ours: list[tuple[Program, _Kept]] = []
    ended = ""
    try:
        for program in programs:
            one = _Kept(program.name, partial(_start, program), again=program.again)
            ours.append((program, one))
        others = [_Kept(name, one.start, again=True, process=one.process) for name, one in (watched or {}).items()]
        kept = [*(one for _, one in ours), *others]
        while not ended and not asked.wait(LOOK_EVERY_S):
            meanwhile()
            ended = next(filter(None, (one.look() for one in kept)), "")
    finally:
        _stop([(program.stop_signal, one.process) for program, one in ours if one.process], stop_within_s)
    return ended


def _start(program: Program) -> Process:
    preexec_fn = ends_with_parent(signal.SIGKILL)
    return subprocess.Popen(program.command, env=program.environment, start_new_session=True, preexec_fn=preexec_fn)


def _stop(running: Sequence[tuple[signal.Signals, Process]], within_s: float) -> None:
    for stop_signal, process in running:
        process.send_signal(stop_signal)  # of one that has ended, it does nothing
    deadline = time.monotonic() + within_s
    for _, process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _kill_group(process)
        process.wait()


def _kill_group(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"exit status {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
