"""The processor time that a reader needs for a text, measured in a child process that is killed at a bound."""

import functools
import gc
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

from digests.reader.pictures import letters
from tests.attacks.patterns import LIMIT, UNITS, closed, ending, hostile
from tests.attacks.reader import Reader

MOST_S = 1.0
"""For 100 kB, on a machine whose `_work` takes `WORK_S`; where that takes longer, so may this."""
WORK_S = 0.02
MOST_TIMES = 2.5
"""What twice the text may take."""
FLOOR_S = 0.04
"""Below it a text is too quickly read for a ratio to mean anything."""
TRIES = 5
LINEAR_TIMES = 2.1
"""What twice the text takes where the time is in the number of characters, by the clock."""
KILLED_S = 20
"""Processor time for one pattern."""
SIZES = [LIMIT // 2**halvings for halvings in range(7, -1, -1)]


@dataclass(frozen=True)
class Finding:
    reader: str
    unit: str
    shape: str
    what: str

    def __str__(self) -> str:
        return f"{self.reader} with {self.shape} of {self.unit!r}: {self.what}"


def _work() -> float:
    """The processor time of a fixed piece of work, by which this machine is compared with others."""
    started = time.process_time()
    sum(len(str(number)) for number in range(100_000))
    return time.process_time() - started


def end_after(seconds: int) -> None:
    """The system ends this process when it has used so much more processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


OPENED = (letters.files, letters.font)
"""Caches of what is opened once, however many texts come."""


def _caches() -> list[Any]:
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(("papers", "digests"))]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, functools._lru_cache_wrapper)]
    return [cache for cache in found if cache not in OPENED]


class Meter:
    def __init__(self, reader: Reader) -> None:
        self.reader, self.caches = reader, _caches()
        self.slowness = max(1.0, min(_work() for _ in range(5)) / WORK_S)
        self.by_the_wall = 0.0

    def seconds(self, text: str, runs: int = 1) -> float:
        """The least of several runs, each from empty caches; `by_the_wall` is their least by the clock. Raises what the reader may not."""
        best = self.by_the_wall = float("inf")
        for _ in range(runs):
            for cache in self.caches:
                cache.cache_clear()
            started, began = time.process_time(), time.perf_counter()
            try:
                self.reader.read(text)
            except self.reader.errors:
                pass
            best = min(best, time.process_time() - started)
            self.by_the_wall = min(self.by_the_wall, time.perf_counter() - began)
        return best / self.slowness

    def _is_steep(self, unit: str, shape: Any, size: int) -> bool:
        """Whether twice the text takes too long twice in a row: once may be a step, where the system gives memory in larger pieces."""
        took = []
        for one in (size // 4, size // 2, size, 2 * size):
            self.seconds(shape(unit, one), TRIES if one <= size else 1)
            took.append(self.by_the_wall)
        steep = [twice > MOST_TIMES * once for once, twice in pairwise(took)]
        return steep[1] and (steep[0] or steep[2])

    def judge(self, unit: str, shape: Any, *, whole: bool = False) -> str:
        """What is wrong; empty where nothing is. Unless `whole`, where three doublings in a row were linear, a sixteenth of `LIMIT` is enough."""
        before = 0.0
        linear, by_the_wall = 0, 0.0
        for size in SIZES:
            text = shape(unit, size)
            took = self.seconds(text)
            if took > MOST_S:
                took = self.seconds(text, TRIES)
            if took > MOST_S:
                return f"{took:.2f} s for {size:,} characters"
            if took > FLOOR_S and took > MOST_TIMES * before:
                before, took = self.seconds(shape(unit, size // 2), TRIES), self.seconds(text, TRIES)
                if took > FLOOR_S and took > MOST_TIMES * before and self._is_steep(unit, shape, size):
                    return f"{size // 2:,} characters {before * 1000:.0f} ms, {size:,} {took * 1000:.0f} ms"
            before = took
            if self.by_the_wall * (LIMIT / size) ** 2 < FLOOR_S:
                break  # even its square would be too little to be told; processor time has ticks of some milliseconds
            linear = linear + 1 if self.by_the_wall < LINEAR_TIMES * by_the_wall else 0
            by_the_wall = self.by_the_wall
            if linear >= 3 and size >= LIMIT // 16 and not whole and took * LIMIT / size < MOST_S / 2:
                break
        return ""


def _measure(reader: Reader, units: Sequence[str], sender: Connection) -> None:
    gc.disable()
    meter = Meter(reader)
    for unit in units:
        for shape in (hostile, closed) if ending(unit) else (hostile,):  # the other shape is for `make fuzz`
            sender.send(("at", unit, shape.__name__))
            end_after(KILLED_S)
            try:
                what = meter.judge(unit, shape)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
                what = f"{type(error).__name__}: {str(error)[:80]}"
            if what:
                sender.send(("found", unit, shape.__name__, what))
    sender.send(("done",))


def findings(reader: Reader, units: Sequence[str] = UNITS) -> list[Finding]:
    """What of the patterns costs the reader too much, or makes it fail with an error that is none of its own."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(reader, units, sender), daemon=True)
    child.start()
    sender.close()
    found: list[Finding] = []
    at = ("", "")
    try:
        while True:
            if not receiver.poll(10 * KILLED_S):
                return [*found, Finding(reader.name, *at, "does not end")]
            try:
                message = receiver.recv()
            except EOFError:
                return [*found, Finding(reader.name, *at, f"killed after {KILLED_S} s of processor time")]
            if message[0] == "done":
                return found
            if message[0] == "found":
                found.append(Finding(reader.name, *message[1:]))
            at = message[1:3]
    finally:
        child.kill()
        child.join()
