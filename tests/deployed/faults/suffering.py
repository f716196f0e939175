"""One fault and its end: nothing lost, doubled or wrong; pages answered; recovered without a hand; the alert came, and its end."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.deployed.machine import Alerts, Machine, until
from tests.deployed.rehearsal import PROCESSES, say, traffic
from tests.standins.running import Services
from tests.week_truth import said_by, truth

FACTS = """
import json
from papers.models import *
from digests.models import *
print(json.dumps({
    "papers": list(Paper.objects.values_list("arxiv_id")),
    "posts": list(Tweet.objects.values_list("network", "status_id")),
    "mentions": list(Mention.objects.values_list("tweet__network", "tweet__status_id", "paper__arxiv_id")),
    "lists": list(Digest.objects.filter(status="published").values_list("date")),
    "entries": list(Entry.objects.values_list("digest__date", "paper__arxiv_id")),
}, default=str))
"""
BACK_WITHIN_S, ALERT_WITHIN_S = 150.0, 240.0
SETTLED_AFTER_S = 20.0
HEAD = ["fault", "all runs again", "mirrored", "pages asked meanwhile", "p99", "alert"]


class NotSurvived(Exception):
    """What was lost, unanswered or not told."""


Facts = dict[str, Counter[tuple[str, ...]]]
"""How often each row is there."""


@dataclass
class Faults:
    on: Machine
    made: Services
    alerts: Alerts
    page: str
    day: str
    rows: list[list[str]] = field(default_factory=list)

    def facts(self) -> Facts:
        return {name: Counter(map(tuple, rows)) for name, rows in json.loads(self.ask(FACTS)).items()}

    def compare(self, before: Facts) -> list[str]:
        """What was lost, doubled, or is wrong. Posts that the world has may be found meanwhile: collection goes on."""
        after, now = self.facts(), datetime.now(UTC)
        said = {("x", one.status_id): list(one.papers) for one in truth(self.made.tweets.all, now).values()}
        said |= {post: papers for post, (_, _, papers) in said_by(self.made, now).items()}
        true: dict[str, set[tuple[str, ...]]] = {
            "posts": set(said),
            "mentions": {(*post, paper) for post, papers in said.items() for paper in papers},
        }
        wrong = []
        for name, rows in after.items():
            wrong += [f"{name}: {row} is lost" for row in before[name] - rows]
            wrong += [f"{name}: {row} is new" for row in rows - before[name] if rows[row] > 1 or row not in true.get(name, ())]
        return wrong

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
        wrong, counted = self.compare(before), self.alerts.count(alert) if alert else (0, 0)
        if wrong:
            raise NotSurvived(f"{name}: {wrong}")
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
