"""Processes that are killed: each in turn, one for good, and those that a task kills."""

import sys
from datetime import UTC, datetime

from tests.deployed.faults.suffering import BACK_WITHIN_S, Faults, NotSurvived
from tests.deployed.machine import until
from tests.deployed.rehearsal import say, web_ready

LEADER = "from hotpapers_site.models import Lease; print(Lease.objects.get(name='beat').holder)"
NGINX_BACK_S = 5.0
"""There is one nginx: until it is started again, nobody answers."""


def kills(on: Faults) -> None:
    """kill -9 of each process; the supervisor starts it again."""
    for name in list(on.on.commands):
        killed_at = datetime.now(UTC)
        on.suffer(
            f"kill -9 of {name}",
            lambda name=name: on.on.kill(name),  # type: ignore[misc]
            recover=lambda name=name, at=killed_at: replaced(on, name, at),  # type: ignore[misc]
            unanswered_s=NGINX_BACK_S if name == "nginx" else 0.0,
        )


def replaced(on: Faults, name: str, since: datetime) -> None:
    """Wait until the supervisor has started it again, and the product has heard of it."""
    kind, _, rest = name.partition(" ")

    def is_heard() -> bool:
        if name in ("redis", "nginx"):
            return on.on.running[name].poll() is None and len(web_ready(on.on)) == len(on.on.web_ports)
        starts = [
            datetime.fromisoformat(one["started_at"])
            for one in on.on.status().get("processes", [])
            if one["kind"] == kind and (kind != "worker" or one["queues"] == rest.split()[:1])
        ]
        return any(start > since.replace(microsecond=0) for start in starts)

    until(is_heard, BACK_WITHIN_S, f"{name} is replaced")


def lost_machine(on: Faults) -> None:
    """The machine of the leading beat is gone for good, then comes back."""
    until(lambda: bool(leading(on)), BACK_WITHIN_S, "a beat that runs leads")  # not one that was killed just before
    name, number = leading(on), leader(on)

    def lose() -> None:
        on.on.kill(name, down=True)
        took_s = until(lambda: leader(on) != number, 60, "a new leader")
        say(f"The other beat leads after {took_s:.0f} s")

    on.suffer("the leading beat gone for good", lose, alert="Nothing is heard of the beat", recover=lambda: on.on.start(name))


def leading(on: Faults) -> str:
    """The beat that leads; empty while the lease of a killed one lasts."""
    number = leader(on)
    return next((name for name in ("beat a", "beat b") if str(on.on.running[name].pid) == number), "")


def leader(on: Faults) -> str:
    """The number of the process of the beat that leads."""
    return on.ask(LEADER).rpartition(":")[2]


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
    took_s = until(lambda: on.ask(given_up) == "True", 120, "the task is given up")
    if (times := len(tries.read_text())) != 3:
        raise NotSurvived(f"the poisoned task ran {times} times")
    on.on.stop("worker poison")
    del on.on.commands["worker poison"]
    on.row("a task that kills its worker", f"ran {times} times, given up after {took_s:.0f} s", "", "", "", "none")
