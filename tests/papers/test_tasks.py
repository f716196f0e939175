"""The tasks: what they queue, what they leave to others, and how they fail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.app.task import Task
from pytest_django.fixtures import Settings

from papers import tasks
from papers.collecting import days
from papers.models import CollectionDay, NetworkDay, PaidRead, ReadBudget, SourceHealth
from tests.factories import make_tweet
from tests.servers import free_port

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(settings: Settings) -> Any:
    settings.X_BEARER_TOKEN = "synthetic-token"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What `delay` is called with, instead of a queue."""
    calls: list[tuple[object, ...]] = []

    def keep(name: str) -> Callable[..., None]:
        return lambda *arguments: calls.append((name, *arguments))

    for name in ("collect_day", "refresh_tweets"):
        task: Task[Any, Any] = getattr(tasks, name)
        monkeypatch.setattr(task, "delay", keep(name))
    return calls


def make_day(day: date, **fields: Any) -> CollectionDay:
    return CollectionDay.objects.create(date=day, **{"state": CollectionDay.State.COLLECTING} | fields)


def test_catch_up_queues_the_oldest_days_that_lack_something(queued: list[tuple[object, ...]]) -> None:
    for n in range(7):
        make_day(date(2026, 10, 5) + timedelta(days=n))
    CollectionDay.objects.filter(date=date(2026, 10, 6)).update(papers_done_at=NOW, tweets_done_at=NOW)
    NetworkDay.objects.create(date=date(2026, 10, 6), network="x", done_at=NOW)
    CollectionDay.objects.filter(date=date(2026, 10, 7)).update(next_try_at=NOW + timedelta(minutes=1))
    tasks.catch_up()
    assert queued == [("collect_day", day) for day in ("2026-10-05", "2026-10-08", "2026-10-09", "2026-10-10")]


@pytest.mark.parametrize("field", ["claimed_until", "next_try_at"])
def test_collect_day_leaves_a_day_alone_that_is_claimed_or_not_due(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_day(NOW.date(), **{field: NOW + timedelta(minutes=5)})
    monkeypatch.setattr(tasks, "sources", None)  # calling it would fail
    tasks.collect_day("2026-10-14")
    assert CollectionDay.objects.values_list(field, flat=True).get() == NOW + timedelta(minutes=5)


def test_collect_day_fails_in_a_line_a_source_and_lets_the_day_go(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.ARXIV_RSS_BASE = settings.ARXIV_API_BASE = settings.ARXIV_WEB_BASE = "https://example.com:bad-port-is-no-url"
    make_day(NOW.date())
    tasks.collect_day("2026-10-14")
    row = CollectionDay.objects.get()
    assert row.claimed_until is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "ARXIV_API_BASE must be an https:// URL" in caplog.text
    assert "Traceback" not in caplog.text


def test_refresh_due_asks_nothing_without_a_key(settings: Settings, queued: list[tuple[object, ...]]) -> None:
    settings.X_BEARER_TOKEN = ""
    tasks.refresh_due()
    assert queued == []


def test_spare_reads_leaves_what_the_sweeps_of_day_and_month_will_need(settings: Settings) -> None:
    settings.X_DAILY_READS, settings.X_MONTHLY_READS, settings.X_MIN_LIKES = 1000, 10_000, 0
    NetworkDay.objects.create(date=NOW.date() - timedelta(days=1), network="x", found=300)
    NetworkDay.objects.create(date=NOW.date(), network="bluesky", found=900)
    assert days.spare_reads(NOW) == 700  # of the day; the month has 10,000 - 17 * 300 to spare
    PaidRead.objects.create(at=NOW, purpose=PaidRead.Purpose.SWEEP, reserved=200, reads=200)
    ReadBudget.objects.create(period="2026-10-14", reads=200)
    ReadBudget.objects.create(period="2026-10", reads=4400)
    assert days.spare_reads(NOW) == 400  # 10,000 - 4,400 - 17 * 300 - the 100 that today still needs
    ReadBudget.objects.filter(period="2026-10").update(reads=9000)
    assert days.spare_reads(NOW) == 0


def test_spare_reads_counts_a_day_twice_where_there_is_a_floor(settings: Settings) -> None:
    settings.X_DAILY_READS, settings.X_MONTHLY_READS, settings.X_MIN_LIKES = 1000, 1_000_000, 3
    NetworkDay.objects.create(date=NOW.date(), network="x", found=300)
    assert days.spare_reads(NOW) == 400


def test_refresh_tweets_keeps_a_failure_as_the_health_of_the_service(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.X_API_BASE = f"http://127.0.0.1:{free_port()}"
    settings.X_DAILY_READS = 0
    tasks.refresh_tweets([make_tweet().pk])
    assert SourceHealth.objects.get(service="x").setting == "X_DAILY_READS"
    assert len(caplog.records) == 1
