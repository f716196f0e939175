"""One process at a time, by the database's clock; and the beat that leads."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.db import OperationalError
from django.db.models.functions import Now

from hotpapers_site import leases
from hotpapers_site.beat import LEASE, LeadingScheduler
from hotpapers_site.celery import app
from hotpapers_site.models import Lease

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_one_holds_the_lease_until_it_gives_it_up() -> None:
    assert leases.take("beat", "a", MINUTE) is True
    assert leases.take("beat", "b", MINUTE) is False
    assert leases.take("beat", "a", MINUTE) is True
    assert leases.is_held("beat") is True
    leases.give_up("beat", "b")
    assert leases.take("beat", "b", MINUTE) is False
    leases.give_up("beat", "a")
    assert leases.is_held("beat") is False
    assert leases.take("beat", "b", MINUTE) is True


def test_a_lease_that_ran_out_is_free() -> None:
    leases.take("beat", "killed", MINUTE)
    Lease.objects.update(until=Now() - timedelta(seconds=1))
    assert leases.is_held("beat") is False
    assert leases.take("beat", "b", MINUTE) is True
    assert leases.take("beat", "killed", MINUTE) is False


def test_a_lease_from_before_the_clock_was_set_back_is_free() -> None:
    """Else no beat would lead until the clock is there again: for hours, or for days."""
    leases.take("beat", "killed", MINUTE)
    Lease.objects.update(until=Now() + timedelta(hours=1))
    assert leases.take("beat", "b", MINUTE) is True
    assert leases.take("beat", "killed", MINUTE) is False


def scheduler(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> LeadingScheduler:
    made = LeadingScheduler(app)
    monkeypatch.setattr(made, "apply_entry", lambda entry, producer=None: sent.append(entry.name))
    return made


def ticks(made: LeadingScheduler) -> None:
    for _ in range(len(made.schedule) + 1):
        made.tick()


def test_of_two_beats_one_gives_each_tick_and_the_other_succeeds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app.finalize()
    sent: list[str] = []
    first, second = scheduler(sent, monkeypatch), scheduler(sent, monkeypatch)
    first._me, second._me = "first", "second"
    ticks(first)
    ticks(second)
    assert sorted(sent) == sorted(first.schedule)  # each once, though nothing is known of earlier ones
    first.close()
    second._looked_at = float("-inf")
    sent.clear()
    ticks(second)
    assert sorted(sent) == sorted(second.schedule)
    assert Lease.objects.get(name=LEASE).holder == "second"


def test_clock_that_is_set_back_stops_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would be collected or published until the clock is there again: for an hour, or for days."""
    app.finalize()
    sent: list[str] = []
    beat = scheduler(sent, monkeypatch)
    monkeypatch.setattr("hotpapers_site.beat.time.monotonic", count(100.0, 0.1).__next__)
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False) as clock:
        ticks(beat)
        sent.clear()
        clock.shift(-1)  # it is adjusted
        ticks(beat)
        assert sent == []
        clock.shift(-3600)
        ticks(beat)
    assert sorted(sent) == sorted(beat.schedule)


def test_two_beats_with_one_name_of_host_and_one_number_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in containers: each has its own process 1."""
    first, second = scheduler([], monkeypatch), scheduler([], monkeypatch)
    assert [first.leads(), second.leads()] == [True, False]


def test_a_beat_says_once_that_the_database_is_away_and_once_that_it_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beat = scheduler([], monkeypatch)
    caplog.set_level("INFO", "hotpapers_site.beat")

    def away(*_: object) -> bool:
        raise OperationalError("no route\nto the server")

    with monkeypatch.context() as outage:
        outage.setattr(leases, "take", away)
        outage.setattr("hotpapers_site.beat.connection.close", lambda: None)  # the test's transaction goes on
        assert [beat._take() for _ in range(3)] == [False] * 3
    assert beat._take() is True
    assert [record.getMessage() for record in caplog.records] == [
        "The database does not answer; no ticks meanwhile: no route",
        "The database answers again",
    ]
