"""One fault and its end: nothing lost, doubled or wrong; pages answered; recovered without a hand; the alert came, and its end."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.deployed.machine import Alerts, Machine, until
from tests.deployed.rehearsal import PROCESSES, say, traffic

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
BACK_WITHIN_S, ALERT_WITHIN_S = 150.0, 240.0
SETTLED_AFTER_S = 20.0
HEAD = ["fault", "all runs again", "mirrored", "pages asked meanwhile", "p99", "alert"]


class NotSurvived(Exception):
    """What was lost, unanswered or not told."""


@dataclass
class Faults:
    on: Machine
    alerts: Alerts
    page: str
    day: str
    rows: list[list[str]] = field(default_factory=list)

    def facts(self) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.ask(FACTS))
        return told

    def ask(self, code: str) -> str:
        """The last line that the code prints in the product's shell."""
        return self.on.manage("shell", "-v", "0", "-c", code).strip().splitlines()[-1]

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
        return bool(told) and told["ok"] and sum(not one["is_late"] for one in told["processes"]) >= PROCESSES

    def is_settled(self) -> bool:
        """Say whether for a while no post came: later differences are those of a fault."""
        before = self.facts()
        time.sleep(SETTLED_AFTER_S)
        return self.facts() == before

    def suffer(
        self,
        name: str,
        fault: Callable[[], None],
        *,
        alert: str = "",
        recover: Callable[[], None] = lambda: None,
        unanswered_s: float = 0.0,
    ) -> None:
        """One fault and its end. Raises NotSurvived. For `unanswered_s` seconds a reader may find nobody, where what is killed is
        the one door of the machine."""
        before, told_before = self.facts(), self.alerts.count(alert) if alert else (0, 0)
        self.on.get(self.page)  # somebody has read it before
        with traffic(self.on, self.page) as reader:
            fault()
            if alert:
                until(lambda: self.alerts.count(alert)[0] > told_before[0], ALERT_WITHIN_S, f"{name}: the alert “{alert}”")
            began = time.monotonic()
            recover()
            until(self.all_run, BACK_WITHIN_S, f"{name}: all runs again")
            back_s = time.monotonic() - began
            mirrored_s = self.works()
            if alert:
                until(lambda: self.alerts.count(alert)[1] > told_before[1], ALERT_WITHIN_S, f"{name}: the end of “{alert}”")
        after, counted = self.facts(), self.alerts.count(alert) if alert else (0, 0)
        if before != after:
            raise NotSurvived(f"{name}: {before} became {after}")
        if alert and counted != (told_before[0] + 1, told_before[1] + 1):
            raise NotSurvived(f"{name}: the alert came {counted} times, and not once more than {told_before}")
        if reader.failed and (reader.failed_for_s > unanswered_s or not unanswered_s):
            raise NotSurvived(f"{name}: {len(reader.failed)} of {reader.answered} pages were not answered: {reader.failed[:3]}")
        told = "once, and its end" if alert else "none, as it should be"
        failed = f"{len(reader.failed)} failed" + (f", within {reader.failed_for_s:.1f} s" if reader.failed else "")
        self.row(name, f"{back_s:.0f} s", f"{mirrored_s:.1f} s", f"{reader.answered}, {failed}", f"{reader.p99_ms:.0f} ms", told)

    def row(self, *cells: str) -> None:
        """A line of the table that is printed at the end; said at once, too."""
        self.rows.append([*cells, *[""] * (len(HEAD) - len(cells))])
        say(" | ".join(cells))
