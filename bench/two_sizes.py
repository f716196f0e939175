"""The same figures of a small and of a large database: what a page or a task costs must not depend on how much there is."""

import time
from collections.abc import Callable, Mapping

from django.core.management import call_command
from django.db import connection

FEW = 3_000
DAYS = 300
"""The fewest on which papers are announced; of many papers there are 200 a day."""
LIMIT = 3.0


def shortest(action: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    """The shortest of some times, in ms, after one that is not counted: whatever else the machine does only adds to them."""
    # SQLite works in this process: its time is the process's own, whatever else the machine does.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    times = []
    for _ in range(rounds + 1):
        before()
        started = clock()
        action()
        times.append((clock() - started) * 1000)
    return min(times[1:])


def compare(fill: Callable[[int, int], object], measure: Callable[[], Mapping[str, float]], count: int) -> bool:
    """Print each figure with few papers and with `count`; whether one grew beyond LIMIT. `fill` gets the numbers of papers and
    days."""
    call_command("migrate", verbosity=0)
    figures = []
    for size in (FEW, count):
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
    few, many = figures
    over = [name for name in few if many[name] > LIMIT * few[name]]
    for name in few:
        times = f"{few[name]:>8.1f} ms{many[name]:>9.1f} ms{many[name] / few[name]:>7.2f} x"
        print(f"{connection.vendor:<11} {name:<42}{times}{f'   OVER {LIMIT:g}' if name in over else ''}")
    worst = max(few, key=lambda name: many[name] / few[name])
    print(f"{connection.vendor:<11} {len(few)} figures, at most {LIMIT:g} x: {worst} grew most, {many[worst] / few[worst]:.2f} x")
    return bool(over)
