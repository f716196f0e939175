"""A process that ends as requested leaves no heartbeat behind: it would be missed."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.core.management import call_command
from pytest_django import Settings

from hotpapers_site.health import heartbeat_thread, heartbeats
from hotpapers_site.health.heartbeat_thread import HeartbeatThread
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.models import Heartbeat
from papers.management import following

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_round_that_outlasts_the_end_takes_back_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_thread, "END_WITHIN_S", 0.0)
    process = Process("web")

    def end_meanwhile() -> None:
        one.end()
        assert not Heartbeat.objects.exists()
        heartbeats.beat(process)  # as if the database had let the round wait until now

    one = HeartbeatThread(process, also=end_meanwhile)

    one.round()

    assert not Heartbeat.objects.exists()


def test_a_round_does_nothing_more_once_its_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    done = list[str]()
    one = HeartbeatThread(Process("web"), also=lambda: done.append("also"))
    monkeypatch.setattr(heartbeats, "beat", lambda _: one.end())

    monkeypatch.setattr(heartbeat_thread, "END_WITHIN_S", 0.0)
    one.round()

    assert done == []


WRITES_LATE = """
import threading
import django
django.setup()
from hotpapers_site.health import heartbeats, heartbeat_thread

class NeverFree:
    __enter__ = __exit__ = lambda self, *_: None
    acquire = lambda self, timeout: False

def beat(process):
    began.set()
    left.wait()
    print("written")

def end(process):
    print("taken back")
    left.set()

began, left = threading.Event(), threading.Event()
heartbeats.beat, heartbeats.end = beat, end
heartbeat_thread.END_WITHIN_S = 60.0
one = heartbeat_thread.HeartbeatThread(heartbeats.Process("worker"))
one._at_it = NeverFree()
one._watch.end = lambda: None
one.start()
began.wait()
one.end()
"""


def test_a_process_waits_at_its_end_for_a_round_that_writes_its_row_again() -> None:
    done = subprocess.run([sys.executable, "-c", WRITES_LATE], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["taken back", "written", "taken back", ""]


def test_a_process_that_was_asked_to_end_before_it_began_never_says_that_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_thread, "ended", threading.Event())
    heartbeat_thread.stop()

    heartbeat_thread.start("worker", "mirror")

    assert [one.is_alive() for one in heartbeat_thread.running] == [False]
    heartbeat_thread.running.clear()
    assert not Heartbeat.objects.exists()


def test_a_follower_says_that_it_runs_until_it_is_asked_to_end(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def follow(*_: object, **__: object) -> None:
        for one in heartbeat_thread.running:
            one.round()
        told.extend(Heartbeat.objects.values_list("kind", flat=True))
        os.kill(os.getpid(), signal.SIGTERM)

    settings.NETWORKS = ["bluesky"]
    told: list[str] = []
    monkeypatch.setattr(following, "follow", follow)
    monkeypatch.setattr(heartbeat_thread, "ended", threading.Event())
    monkeypatch.setattr(HeartbeatThread, "start", lambda self: None)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            call_command("follow_bluesky")
    finally:
        signal.signal(signal.SIGTERM, before)

    assert (ended.value.code, told) == (0, ["follower"])
    assert not Heartbeat.objects.exists()
