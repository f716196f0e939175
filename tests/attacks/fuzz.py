"""`make fuzz SECONDS=600`: looks for texts that cost a registered function too much, or make it fail otherwise than it says.

Each function gets its share of the time, by turns: Hypothesis puts hostile pieces and letters of any kind together and looks for
errors, of which it finds the shortest text; then pieces put together at random are repeated up to 100 kB and timed, since that is
how a little text becomes a long computation. Ends with 1 where something was found.
"""

import gc
import itertools
import os
import random
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from hypothesis import HealthCheck, Verbosity, given, settings, strategies
from hypothesis import seed as seeded

from tests.attacks.measuring import KILLED_S, Meter, end_after
from tests.attacks.patterns import SHAPES, UNITS

EXAMPLES = 50
REPEATED = 3
"""Of either kind in a turn."""

_pieces = strategies.one_of(strategies.sampled_from(UNITS), strategies.text(strategies.characters(codec=None), max_size=5))
_texts = strategies.lists(_pieces, max_size=30).map("".join)


def fuzz(number: int, seconds: float, seed: int, sender: Connection) -> None:
    """Tries texts with the function of this number for so long, and sends what it does and finds."""
    from tests.attacks.registry import READERS

    gc.freeze()  # or the collector, once a text makes many objects, goes through all that this process imported
    meter = Meter(READERS[number])
    chance = random.Random(f"{seed} {number}")
    until, texts, slowest = time.monotonic() + seconds, 0, (0.0, "")

    def begin(told: str) -> float:
        nonlocal texts
        texts += 1
        end_after(KILLED_S)
        sender.send(("at", told))
        return time.process_time()

    def once(text: str) -> None:
        nonlocal slowest
        started = begin(ascii(text)[:300])
        meter.seconds(text)
        slowest = max(slowest, (time.process_time() - started, ascii(text)[:60]))

    quiet = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    for turn in itertools.count():
        try:
            seeded(seed + turn)(quiet(given(_texts)(once)))()
        except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
            sender.send(("found", f"{type(error).__name__}: {str(error)[:100]}"))
        for _ in range(REPEATED):
            unit, shape = "".join(chance.choices(UNITS, k=chance.choice((1, 2, 2, 3)))), chance.choice(SHAPES)
            started = begin(told := f"{shape.__name__} of {unit!a}")
            try:
                what = meter.judge(unit, shape, whole=True)
            except Exception as error:  # noqa: BLE001
                what = f"{type(error).__name__}: {str(error)[:100]}"
            slowest = max(slowest, (time.process_time() - started, told))
            if what:
                sender.send(("found", what))
        if time.monotonic() > until:
            sender.send(("done", texts, *slowest))
            return


def run(number: int, seconds: float, seed: int) -> tuple[list[str], str]:
    """The findings of one function, each with its text, and what was done."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=fuzz, args=(number, seconds, seed, sender), daemon=True)
    child.start()
    sender.close()
    found: dict[str, str] = {}
    at, done = "", "did not end"
    try:
        while done == "did not end" and receiver.poll(seconds + 20 * KILLED_S):
            message: Any = receiver.recv()
            if message[0] == "at":
                at = message[1]
            elif message[0] == "found":
                found.setdefault(message[1][:40], f"{message[1]}, with {at}")
            else:
                _, texts, slowest_s, text = message
                done = f"{texts:,} texts, slowest turn {slowest_s * 1000:.0f} ms ({text})"
    except EOFError:
        done = f"killed after {KILLED_S} s, with {at}"
    finally:
        child.kill()
        child.join()
    if not done.partition(" ")[0].replace(",", "").isdecimal():
        found["end"] = done
    return list(found.values()), done


def main(seconds: float = 600, seed: int | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    import django

    django.setup()
    from tests.attacks.registry import READERS

    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    print(
        f"{len(READERS)} functions in {seconds:.0f} s; again with the same texts: SECONDS={seconds:.0f} SEED={seed}", flush=True
    )
    bad = 0
    for number, reader in enumerate(READERS):
        found, done = run(number, seconds / len(READERS), seed)
        bad += len(found)
        print(f"{'BAD' if found else 'ok '} {reader.name}: {done}", flush=True)
        for one in found:
            print(f"      {one}", flush=True)
    print(f"{bad} findings" if bad else "Nothing found.")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), *map(int, sys.argv[2:])))
