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
TRIES, TWICE = 5, 2
LINEAR_TIMES = 2.1
"""What twice the text takes where the time is in the number of characters."""
KILLED_S = 20
"""Processor time for one pattern."""
SIZES = [LIMIT // 2**halvings for halvings in range(7, -1, -1)]
ENOUGH = LIMIT // 16
"""A text so long tells enough of what takes the same time, or thrice in a row no more than twice the time."""
FLAT = (0.5, 1.5)
"""What eight times the text takes where all but its beginning is cut off: as long as that beginning."""


@dataclass(frozen=True)
class Finding:
    reader: str
    unit: str
    shape: str
    what: str

    def __str__(self) -> str:
        return f"{self.reader} with {self.shape} of {self.unit!r}: {self.what}"


@functools.cache
def slowness() -> float:
    """How much longer than `WORK_S` this machine takes. One measurement serves all readers."""
    return max(1.0, min(_work() for _ in range(5)) / WORK_S)


def _work() -> float:
    """The processor time of a fixed piece of work, by which this machine is compared with others."""
    started = time.thread_time()
    sum(len(str(number)) for number in range(100_000))
    return time.thread_time() - started


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
        self.slowness = slowness()

    def seconds(self, text: str, runs: int = 1) -> float:
        """The least of several runs, each from empty caches. Raises what the reader may not.

        It is this thread's time: a bound on that of the process (`end_after`) makes the system count it in ticks of some milliseconds.
        """
        best = float("inf")
        for _ in range(runs):
            for cache in self.caches:
                cache.cache_clear()
            started = time.thread_time()
            try:
                self.reader.read(text)
            except self.reader.errors:
                pass
            best = min(best, time.thread_time() - started)
        return best / self.slowness

    def _is_steep(self, unit: str, shape: Any, size: int) -> bool:
        """Whether twice the text takes too long twice in a row: once may be a step, where the system gives memory in larger pieces."""
        took = [self.seconds(shape(unit, one), TRIES if one <= size else 1) for one in (size // 4, size // 2, size, 2 * size)]
        steep = [twice > MOST_TIMES * once for once, twice in pairwise(took)]
        return steep[1] and (steep[0] or steep[2])

    def _is_harmless(self, unit: str, shape: Any) -> bool:
        """Whether it takes as long for eight times the text, or no more than twice for each doubling, and that is little."""
        took = self.seconds(shape(unit, ENOUGH))
        if took * (LIMIT / ENOUGH) ** 2 < FLOOR_S:
            return True  # even its square would be too little to be told
        if took * LIMIT / ENOUGH >= MOST_S / 2:
            return False
        short = self.seconds(shape(unit, SIZES[0]), TWICE)
        if FLAT[0] * short < took < FLAT[1] * short:
            return True
        half = self.seconds(shape(unit, ENOUGH // 2))
        return took < LINEAR_TIMES * half and half < LINEAR_TIMES**2 * short

    def judge(self, unit: str, shape: Any, *, whole: bool = False) -> str:
        """What is wrong; empty where nothing is. Unless `whole`, a text of `ENOUGH` ends it where its time is flat or was linear thrice."""
        if not whole and self._is_harmless(unit, shape):
            return ""
        before, linear = 0.0, 0
        for size in SIZES:
            text = shape(unit, size)
            took = self.seconds(text)
            if before and took >= LINEAR_TIMES * before and size <= ENOUGH:
                took = min(took, self.seconds(text, TWICE))  # what another process made slow is not slow each time
            if took > MOST_S:
                took = self.seconds(text, TRIES)
            if took > MOST_S:
                return f"{took:.2f} s for {size:,} characters"
            if took > FLOOR_S and took > MOST_TIMES * before:
                before, took = self.seconds(shape(unit, size // 2), TRIES), self.seconds(text, TRIES)
                if took > FLOOR_S and took > MOST_TIMES * before and self._is_steep(unit, shape, size):
                    return f"{size // 2:,} characters {before * 1000:.0f} ms, {size:,} {took * 1000:.0f} ms"
            linear = linear + 1 if took < LINEAR_TIMES * before else 0
            before = took
            if size >= ENOUGH and took * (LIMIT / size) ** 2 < FLOOR_S:
                break
            if linear >= 3 and size >= ENOUGH and not whole and took * LIMIT / size < MOST_S / 2:
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
