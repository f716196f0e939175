"""Metrics in Prometheus's format, from what all processes keep together: any of them gives the same answer."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from hotpapers_site.health.report import report
from hotpapers_site.models import Tally
from papers.models import CollectionDay

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition() -> bytes:
    """Return the metrics. Raises DatabaseError."""
    registry = CollectorRegistry()
    registry.register(_Collector(report()))
    return generate_latest(registry)


class _Collector:
    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        told = self._told
        open_ones = [one for one in told["troubles"] if not one["acknowledged"]]
        yield GaugeMetricFamily("hotpapers_troubles", "What needs attention and is not acknowledged", value=len(open_ones))
        kinds = Counter((one["kind"], ",".join(one["queues"])) for one in told["processes"] if not one["is_late"])
        yield _gauge("hotpapers_processes", "Running processes", ["kind", "queues"], kinds)
        yield GaugeMetricFamily("hotpapers_broker_up", "Whether Redis answers", value=told["queues"] is not None)
        queues = told["queues"] or {}
        waiting = {(name,): one["waiting"] for name, one in queues.items()}
        yield _gauge("hotpapers_queue_waiting", "Tasks that wait", ["queue"], waiting)
        oldest = {(name,): one["oldest_s"] for name, one in queues.items()}
        yield _gauge("hotpapers_queue_oldest_seconds", "How long the oldest task has waited", ["queue"], oldest)
        fails = {(one["service"],): one["state"] != "ok" for one in told["sources"]}
        yield _gauge("hotpapers_source_failing", "Whether a source fails", ["service"], fails)
        now = datetime.now(UTC)
        since = {
            (one["service"],): (now - datetime.fromisoformat(one["since"])).total_seconds() * (one["state"] != "ok")
            for one in told["sources"]
        }
        yield _gauge("hotpapers_source_failing_seconds", "For how long a source has failed", ["service"], since)
        yield _gauge("hotpapers_paid_reads", "Paid reads", ["setting"], {(b["setting"],): b["reads"] for b in told["budget"]})
        limits = {(one["setting"],): one["limit"] for one in told["budget"]}
        yield _gauge("hotpapers_paid_reads_limit", "Paid reads that are allowed", ["setting"], limits)
        days = Counter((state,) for state in CollectionDay.objects.values_list("state", flat=True))
        yield _gauge("hotpapers_days", "Days by state", ["state"], days)
        for name, field, text in (
            ("hotpapers_task_runs", "runs", "Runs of tasks"),
            ("hotpapers_task_failures", "failures", "Runs of tasks that failed"),
        ):
            yield _counter(name, text, ["task"], {(one["task"],): one[field] for one in told["tasks"]})
        seconds = {(one["task"],): one["mean_s"] * one["runs"] for one in told["tasks"]}
        yield _counter("hotpapers_task_seconds", "Time that tasks took", ["task"], seconds)
        tallies = dict(Tally.objects.values_list("name", "value"))
        answers = {(name.partition(" ")[2],): value for name, value in tallies.items() if name.startswith("answers ")}
        yield _counter("hotpapers_answers", "Answered requests by class of status", ["status"], answers)
        yield CounterMetricFamily("hotpapers_answer_seconds", "Time that answers took", value=tallies.get("answer_s", 0.0))


def _family(kind: type[GaugeMetricFamily | CounterMetricFamily], name: str, text: str, labels: list[str], values: Any) -> Metric:
    family = kind(name, text, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


_gauge, _counter = partial(_family, GaugeMetricFamily), partial(_family, CounterMetricFamily)
