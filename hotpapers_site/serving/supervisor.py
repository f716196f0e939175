"""Runs the programs of the product side by side: all of them, or none."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotpapers_site.serving.leftovers import ends_with_parent

LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Program:
    name: str
    """Its name for people: "the worker"."""
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    environment: Mapping[str, str] | None = None
    """None for ours."""


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


def run(
    programs: Sequence[Program],
    *,
    asked: threading.Event,
    stop_within_s: float,
    watched: Mapping[str, subprocess.Popen[bytes]] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> str:
    """Start the programs; stop them all once `asked` is set, or once one of them (or of the `watched`, which are started and
    stopped elsewhere) ends by itself. Returns one sentence about that end, or nothing where it was asked for. `meanwhile` is
    called a few times a second.

    Each program leads its own process group, which gets its stop signal alone, so that it ends its children in its own way;
    what is left of the group after `stop_within_s` is killed. Should this process be killed, they are killed with it.
    """
    started: dict[str, subprocess.Popen[bytes]] = {}
    ended = ""
    try:
        for program in programs:
            started[program.name] = subprocess.Popen(
                program.command,
                env=program.environment,
                start_new_session=True,
                preexec_fn=ends_with_parent(signal.SIGKILL),
            )
        while not ended and not asked.wait(LOOK_EVERY_S):
            meanwhile()
            for name, process in {**started, **(watched or {})}.items():
                if (code := process.poll()) is not None:
                    ended = f"{name} ended ({_how(code)}), so everything was stopped."
                    break
    finally:
        for program in programs:
            if program.name in started:
                started[program.name].send_signal(program.stop_signal)  # of one that has ended, it does nothing
        deadline = time.monotonic() + stop_within_s
        for process in started.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return ended


def _how(code: int) -> str:
    return f"exit status {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
