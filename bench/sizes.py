"""The same figures of a small database and of larger ones: what a page or a task costs must not depend on how much there is."""

import time
from collections.abc import Callable, Mapping

from django.core.management import call_command
from django.db import connection

from bench.databases import processor_clock

FEW = 3_000
DAYS = 300
"""The fewest on which papers are announced; of many papers there are 200 a day."""
LIMIT = 3.0


def shortest(action: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    """The least processor time of some runs, in ms, after one that is not counted: other loads only add to it."""
    clock, times = processor_clock(), []
    for _ in range(rounds + 1):
        before()
        started = clock()
        action()
        times.append((clock() - started) * 1000)
    return min(times[1:])


def compare(fill: Callable[[int, int], object], measure: Callable[[], Mapping[str, float]], *counts: int) -> bool:
    """Print each figure with few papers and with each of `counts`; whether one grew beyond LIMIT. `fill` gets how many papers and
    days."""
    call_command("migrate", verbosity=0)
    figures = []
    for size in (FEW, *counts):
        call_command("flush", verbosity=0, interactive=False, reset_sequences=True)
        if connection.vendor == "sqlite":  # its checks run in Python, its cache is too small for keys in no order
            connection.cursor().execute("PRAGMA ignore_check_constraints = ON")
            connection.cursor().execute("PRAGMA cache_size = -1000000")
        started = time.perf_counter()
        fill(size, max(size // 200, DAYS))
        connection.close()
        if connection.vendor == "postgresql":  # what its autovacuum does by and by
            connection.cursor().execute("VACUUM ANALYZE")
        print(f"{connection.vendor:<11} {size:,} papers made in {time.perf_counter() - started:.0f} s", flush=True)
        figures.append(measure())
    few, *more = figures
    grown = {name: max(many[name] for many in more) / few[name] for name in few}
    for name, times in grown.items():
        all_times = "".join(f"{one[name]:>9.1f} ms" for one in figures)
        print(f"{connection.vendor:<11} {name:<42}{all_times}{times:>7.2f} x{f'   OVER {LIMIT:g}' if times > LIMIT else ''}")
    worst = max(grown, key=lambda name: grown[name])
    print(f"{connection.vendor:<11} {len(few)} figures, at most {LIMIT:g} x: {worst} grew most, {grown[worst]:.2f} x")
    return grown[worst] > LIMIT
