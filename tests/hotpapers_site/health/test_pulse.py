"""A process that ends as requested leaves no heartbeat behind: it would be missed."""

import threading

import pytest

from hotpapers_site.health import heartbeats, pulse
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.health.pulse import Pulse
from hotpapers_site.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_round_that_outlasts_the_end_takes_back_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "END_WITHIN_S", 0.0)
    process = Process("web")

    def end_meanwhile() -> None:
        one.end()
        assert not Heartbeat.objects.exists()
        heartbeats.beat(process)  # as if the database had let the round wait until now

    one = Pulse(process, also=end_meanwhile)

    one.round()

    assert not Heartbeat.objects.exists()


def test_a_process_that_was_asked_to_end_before_it_began_never_says_that_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "ended", threading.Event())
    pulse.stop()

    pulse.start("worker", "mirror")

    assert [one.is_alive() for one in pulse.running] == [False]
    pulse.running.clear()
    assert not Heartbeat.objects.exists()
