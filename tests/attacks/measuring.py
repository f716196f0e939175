"""The processor time that a reader needs for a text, measured in a child process that is killed at a bound."""

import functools
import gc
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
SHORT, MIDDLE, ENOUGH = LIMIT // 256, LIMIT // 64, LIMIT // 16
"""A text of `ENOUGH` tells enough of what takes the same time as a short one, or grows with the text."""
FLAT = (0.5, 1.1)
"""What sixteen times the text takes where all but its beginning is cut off: as long as that beginning."""
EVENLY = 1.07 * (ENOUGH - SHORT) / (MIDDLE - SHORT)
"""How much more than from `SHORT` to `MIDDLE` may be added from `SHORT` to `ENOUGH`. What each text takes is in neither."""
LOOKS = 3
"""How often a text is looked at that seems not to be harmless, before its time is followed to the end."""


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


def _untold(seconds: float) -> bool:
    """Whether a text of `ENOUGH` takes so little that not even its square could be told."""
    return seconds * (LIMIT / ENOUGH) ** 2 < FLOOR_S


def end_after(seconds: int) -> None:
    """The system ends this process when it has used so much more processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


OPENED = (letters.files, letters.font)
"""Caches of what is opened once, however many texts come."""


@functools.cache
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
        """Whether the time is flat, or grows evenly, and is little. What another process made slow is not slow each time."""
        short = middle = took = float("inf")
        for _ in range(LOOKS):
            took = min(took, self.seconds(shape(unit, ENOUGH)))
            if _untold(took):
                return True
            short = min(short, self.seconds(shape(unit, SHORT)))
            if FLAT[0] * short < took < FLAT[1] * short or _untold(abs(took - short)):
                return True
            middle = min(middle, self.seconds(shape(unit, MIDDLE)))
            is_even = took - short < EVENLY * (middle - short) and middle < LINEAR_TIMES**2 * short
            if is_even and took * LIMIT / ENOUGH < MOST_S / 2:
                return True
        return False

    def judge(self, unit: str, shape: Any, *, whole: bool = False) -> str:
        """What is wrong; empty where nothing is. Unless `whole`, a text of `ENOUGH` ends it where its time is flat or grows evenly."""
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


Case = tuple[str, Callable[[str, int], str]]


def _measure(meter: Meter, cases: Sequence[Case], at: Any, sender: Connection) -> None:
    """Sends what is wrong with each case, and at last that nothing is wrong with the one behind the last."""
    gc.disable()
    for number, (unit, shape) in enumerate(cases):
        at.value = number
        end_after(KILLED_S)
        try:
            what = meter.judge(unit, shape)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
            what = f"{type(error).__name__}: {str(error)[:80]}"
        if what:
            sender.send((number, what))
    sender.send((len(cases), ""))


def findings(reader: Reader, units: Sequence[str] = UNITS) -> list[Finding]:
    """What of the patterns costs the reader too much, or makes it fail with an error that is none of its own."""
    cases = [(unit, shape) for unit in units for shape in ((hostile, closed) if ending(unit) else (hostile,))]
    return [Finding(reader.name, unit, shape.__name__, what) for (unit, shape), what in _judged(Meter(reader), cases)]


def _judged(meter: Meter, cases: Sequence[Case]) -> Iterator[tuple[Case, str]]:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    at = context.RawValue("i", 0)  # where the child is
    child = context.Process(target=_measure, args=(meter, cases, at, sender), daemon=True)
    child.start()
    sender.close()
    try:
        while True:
            before = at.value
            if receiver.poll(10 * KILLED_S):
                number, what = receiver.recv()
                if not what:
                    return
                yield cases[number], what
            elif at.value == before:
                yield cases[before], "does not end"
                return
    except EOFError:
        yield cases[at.value], f"killed after {KILLED_S} s of processor time"
    finally:
        child.kill()
        child.join()
