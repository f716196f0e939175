"""`make test-faults`: the running product through what goes wrong in life. Prints what each fault cost, and fails where one was not
survived: nothing lost, doubled or wrong; pages answered; recovered without a hand; the alert came, and its end."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.deployed.machine import Alerts, Machine, machine, until
from tests.deployed.rehearsal import DAYS, PAPERS_A_DAY, PROCESSES, TWEETS_A_DAY, past_listing_days, say, traffic, web_ready
from tests.standins.running import services

FACTS = """
import json
from django.db.models import Count
from papers.models import *
from digests.models import *
print(json.dumps({
    "papers": Paper.objects.count(), "posts": Tweet.objects.count(), "mentions": Mention.objects.count(),
    "doubled": Tweet.objects.values("network", "status_id").annotate(n=Count("pk")).filter(n__gt=1).count(),
    "lists": sorted(map(str, Digest.objects.filter(status="published").values_list("date", flat=True))),
    "entries": Entry.objects.count(),
}))
"""
LEADER = "from hotpapers_site.models import Lease; print(Lease.objects.get(name='beat').holder)"
BACK_WITHIN_S, ALERT_WITHIN_S = 150.0, 240.0


@dataclass
class Faults:
    on: Machine
    alerts: Alerts
    page: str
    day: str
    rows: list[list[str]] = field(default_factory=list)

    def facts(self) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.on.manage("shell", "-v", "0", "-c", FACTS).strip().splitlines()[-1])
        return told

    def works(self) -> float:
        """Seconds from a withdrawal to the mirror, and from the publication back to it: the longer of both."""
        file = self.on.mirror / f"{self.day}---Hot-Papers.md"
        took = []
        for command, is_there in (("withdraw_digest", False), ("publish_digest", True)):
            options = ["--despite-findings"] if is_there else []
            self.on.manage(command, self.day, *options)
            took.append(until(lambda is_there=is_there: file.exists() is is_there, BACK_WITHIN_S, f"mirrored after {command}"))  # type: ignore[misc]
        return max(took)

    def all_run(self) -> bool:
        told = self.on.status()
        return bool(told) and told["ok"] and sum(not one["is_late"] for one in told["processes"]) == PROCESSES

    def suffer(
        self, name: str, fault: Callable[[], None], *, alert: str = "", recover: Callable[[], None] = lambda: None
    ) -> None:
        """One fault and its end, under the eyes of a reader."""
        before, told_before = self.facts(), self.alerts.count(alert) if alert else (0, 0)
        self.on.get(self.page)  # somebody has read it before
        with traffic(self.on, self.page) as reader:
            fault()
            if alert:
                until(lambda: self.alerts.count(alert)[0] > told_before[0], ALERT_WITHIN_S, f"{name}: the alert “{alert}”")
            recover()
            back_s = until(self.all_run, BACK_WITHIN_S, f"{name}: all runs again")
            mirrored_s = self.works()
            if alert:
                until(lambda: self.alerts.count(alert)[1] > told_before[1], ALERT_WITHIN_S, f"{name}: the end of “{alert}”")
        after, counted = self.facts(), self.alerts.count(alert) if alert else (0, 0)
        if before != after:
            raise RuntimeError(f"{name}: {before} became {after}")
        if alert and counted != (told_before[0] + 1, told_before[1] + 1):
            raise RuntimeError(f"{name}: the alert came {counted} times, and not once more than {told_before}")
        if reader.failed:
            raise RuntimeError(f"{name}: {len(reader.failed)} of {reader.answered} pages were not answered: {reader.failed[:3]}")
        slowest = sorted(reader.seconds)[int(len(reader.seconds) * 0.99)] * 1000
        told = "once, and its end" if alert else "none, as it should be"
        self.rows.append(
            [name, f"{back_s:.0f} s", f"{mirrored_s:.1f} s", f"{reader.answered}, 0 failed", f"{slowest:.0f} ms", told]
        )
        say(" | ".join(self.rows[-1]))


def kills(on: Faults) -> None:
    """kill -9 of each process; the supervisor starts it again."""
    for name in list(on.on.commands):
        on.suffer(f"kill -9 of {name}", lambda name=name: on.on.kill(name))  # type: ignore[misc]


def lost_machine(on: Faults) -> None:
    """The machine of the leading beat is gone for good, then comes back."""
    number = on.on.manage("shell", "-v", "0", "-c", LEADER).strip().rpartition(":")[2]
    leading = next(name for name in ("beat a", "beat b") if str(on.on.running[name].pid) == number)

    def lose() -> None:
        on.on.kill(leading, down=True)
        took_s = until(
            lambda: on.on.manage("shell", "-v", "0", "-c", LEADER).strip().rpartition(":")[2] != number, 60, "a new leader"
        )
        say(f"The other beat leads after {took_s:.0f} s")

    on.suffer(
        "the leading beat gone for good", lose, alert="Nothing has been heard of the beat", recover=lambda: on.on.start(leading)
    )


def redis_away(on: Faults) -> None:
    def stop() -> None:
        on.on.kill("redis", down=True)

    def start_empty() -> None:
        shutil.rmtree(on.on.folder / "redis")
        (on.on.folder / "redis").mkdir()
        on.on.start("redis")

    alert = "Redis (REDIS_URL) does not answer"
    on.suffer("Redis away, back with what it held", stop, alert=alert, recover=lambda: on.on.start("redis"))
    on.suffer("Redis away, back empty", stop, alert=alert, recover=start_empty)


def postgres_away(on: Faults) -> None:
    alert = "The database does not answer"
    on.suffer("PostgreSQL stopped", lambda: on.on.postgres.stop("fast"), alert=alert, recover=on.on.postgres.start)

    def kill() -> None:
        on.on.postgres.kill()
        for _ in range(20):  # what it left ends by and by
            time.sleep(1)
            with suppress(subprocess.CalledProcessError):
                on.on.postgres.start()
                return

    on.suffer("kill -9 of PostgreSQL, started again", kill)


def full_disk(on: Faults) -> None:
    """The mirror's disk is full: a small file system of its own."""
    mirror = on.on.mirror
    files = {path.name: path.read_bytes() for path in mirror.iterdir() if path.is_file()}
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mirror)], check=False, capture_output=True)
    if mounted.returncode:
        say("Disk full: left out, since this machine lets nobody mount a small disk")
        return
    try:
        for name, data in files.items():
            (mirror / name).write_bytes(data)
        filler = mirror / ".filler"

        def fill() -> None:
            with suppress(OSError), filler.open("wb", buffering=0) as full:
                while True:
                    full.write(b"x" * 4096)

        # A small disk is below DISK_FREE_MIB from the start, so the alert is there as long as it is mounted.
        until(lambda: on.alerts.count("The disk of")[0] > 0, ALERT_WITHIN_S, "the alert of the disk")
        fill()
        say("The mirror's disk is full; the alert of it came")
        on.on.manage("withdraw_digest", on.day)
        filler.unlink()
        on.on.manage("publish_digest", on.day, "--despite-findings")
        file = mirror / f"{on.day}---Hot-Papers.md"
        took_s = until(
            lambda: file.exists() and file.read_bytes() == files[file.name], BACK_WITHIN_S, "the mirror after a full disk"
        )
        on.rows.append(["the mirror's disk full, then free", f"{took_s:.0f} s", f"{took_s:.1f} s", "not asked", "", "once"])
    finally:
        subprocess.run(["umount", "-l", str(mirror)], check=False)
    until(on.all_run, BACK_WITHIN_S, "all is well after the full disk")


def poisoned(on: Faults) -> None:
    """A task that ends its process each time is given up, and its worker goes on."""
    tries = on.on.folder / "tries"
    options = ["--include", "tests.deployed.poison", "--queues", "poison", "--hostname", "poison@a", "--concurrency", "1"]
    on.on.commands["worker poison"] = [
        *(sys.executable, "-m", "celery", "--app", "hotpapers_site", "--quiet", "worker", *options),
        *("--without-gossip", "--without-mingle"),
    ]
    on.on.start("worker poison")
    send = f"from hotpapers_site.celery import app; app.send_task('poison', ['{tries}'], queue='poison')"
    on.on.manage("shell", "-v", "0", "-c", send)
    given_up = "from hotpapers_site.models import TaskRecord; print(TaskRecord.objects.filter(task='poison').exists())"
    took_s = until(lambda: on.on.manage("shell", "-v", "0", "-c", given_up).strip().endswith("True"), 120, "the task is given up")
    if (times := len(tries.read_text())) != 3:
        raise RuntimeError(f"the poisoned task ran {times} times")
    on.on.stop("worker poison")
    del on.on.commands["worker poison"]
    on.rows.append(["a task that kills its worker", f"given up after {took_s:.0f} s", "", "", "", "none"])
    say(f"A task that kills its worker ran {times} times, and was given up after {took_s:.0f} s")


ALL = {
    "kills": kills,
    "lost_machine": lost_machine,
    "redis": redis_away,
    "postgres": postgres_away,
    "disk": full_disk,
    "poison": poisoned,
}
HEAD = ["fault", "all runs again", "mirrored", "pages asked meanwhile", "p99", "alert"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", default=list(ALL), help=f"of {', '.join(ALL)}")
    chosen = parser.parse_args().faults
    folder = Path(tempfile.mkdtemp(prefix="hotpapers-"))
    folder.chmod(0o755)  # PostgreSQL's user has to get in
    days = past_listing_days(datetime.now(UTC).date())
    began = {"first_day": days[0], "days": DAYS, "papers_a_day": PAPERS_A_DAY, "tweets_a_day": TWEETS_A_DAY}
    with services(lambda: datetime.now(UTC), **began) as made, Alerts() as alerts:  # type: ignore[arg-type]
        settings = made.environment() | {"ARXIV_REQUEST_INTERVAL": "0.1", "OEMBED_REQUEST_INTERVAL": "0.05"}
        with machine(folder, settings | {"ALERT_WEBHOOKS": f"slack+{alerts.url}/hook"}) as on:
            from tests.deployed.rehearsal import collect_and_publish

            on.start()
            until(lambda: len(web_ready(on)) == 2, 120, "both web servers are ready")
            page = collect_and_publish(on, days)
            on.manage("publish_digest", str(days[0]), "--despite-findings")  # this one comes and goes; the other one is read
            faults = Faults(on, alerts, page, str(days[0]))
            until(faults.all_run, BACK_WITHIN_S, "all runs")
            try:
                for name in chosen:
                    ALL[name](faults)
            except (RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
                say(f"Not survived: {error}\nLogs are in {folder}; alerts: {alerts.texts[-3:]}")
                return 1
            finally:
                for row in [HEAD, ["---"] * len(HEAD), *faults.rows]:
                    print("| " + " | ".join(row) + " |")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    sys.exit(main())
