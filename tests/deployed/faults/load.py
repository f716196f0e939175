"""More than there ever is at once: ten times the work and the readers; and tables that change under their requests."""

import threading
import time

from tests.deployed.faults.suffering import BACK_WITHIN_S, Faults, NotSurvived
from tests.deployed.machine import until
from tests.deployed.rehearsal import Traffic, say, traffic

TIMES, FOR_S = 10, 60.0
FLOOD = """
from hotpapers_site.celery import app, PERIODS_S
for _ in range({times}):
    for task in PERIODS_S:
        app.send_task(task)
"""
WIDEN = """
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS rehearsed integer NULL")
    cursor.execute("CREATE INDEX IF NOT EXISTS rehearsed ON {table} (rehearsed)")
    cursor.execute("UPDATE {table} SET rehearsed = 1")
"""
NARROW = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE {table} DROP COLUMN rehearsed")
"""


def ten_times(on: Faults) -> None:
    """Each tick ten times at once, and ten readers who ask without a pause for pages that nginx has not kept."""
    before = on.facts()
    on.ask(FLOOD.format(times=TIMES) + "print('sent')")
    readers, ended = [Traffic(on.on, f"{on.page}", is_fresh=True, pause_s=0.0) for _ in range(TIMES)], threading.Event()
    threads = [threading.Thread(target=reader.run, args=[ended], daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    time.sleep(FOR_S)
    mirrored_s = on.works()
    ended.set()
    for thread in threads:
        thread.join()
    back_s = until(lambda: not any(one["waiting"] for one in on.on.status()["queues"].values()), BACK_WITHIN_S, "all is done")
    answered, failed = sum(reader.answered for reader in readers), [one for reader in readers for one in reader.failed]
    if failed or (wrong := on.compare(before)):
        raise NotSurvived(f"{len(failed)} of {answered} pages were not answered: {failed[:3]}" if failed else str(wrong))
    slowest = max(reader.p99_ms for reader in readers)
    pages = f"{answered}, 0 failed, {answered / FOR_S:.0f}/s"
    on.row(
        f"{TIMES} times the work and the readers", f"{back_s:.0f} s", f"{mirrored_s:.1f} s", pages, f"{slowest:.0f} ms", "none"
    )


def migration(on: Faults) -> None:
    """Tables get a column and an index, and each row is written, while readers ask for pages that are made from them."""
    began = time.monotonic()
    with traffic(on.on, on.page, is_fresh=True) as reader:
        for table in ("papers_paper", "papers_tweet", "digests_digest", "digests_entry"):
            on.ask(WIDEN.format(table=table) + "print('done')")
        on.on.manage("migrate", "--verbosity", "0")
        for table in ("papers_paper", "papers_tweet", "digests_digest", "digests_entry"):
            on.ask(NARROW.format(table=table) + "print('done')")
        took_s = time.monotonic() - began
        mirrored_s = on.works()
    if reader.failed:
        raise NotSurvived(f"{len(reader.failed)} of {reader.answered} pages failed during a migration: {reader.failed[:3]}")
    say(f"Four tables were changed and changed back in {took_s:.0f} s")
    on.row(
        "a migration while requests run",
        "at once",
        f"{mirrored_s:.1f} s",
        f"{reader.answered}, 0 failed",
        f"{reader.p99_ms:.0f} ms",
        "none",
    )
