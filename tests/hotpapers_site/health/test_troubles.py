"""What is said of a product that does not run as it should."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from digests.mirror.targets import Target
from digests.models import MirrorHealth
from hotpapers_site.celery import app
from hotpapers_site.health import broker, heartbeats, task_runs, troubles, watching
from hotpapers_site.health.heartbeats import Process
from hotpapers_site.models import Heartbeat, TaskRecord, Trouble
from papers.models import CollectionDay, SourceHealth
from tests.factories import make_draft
from tests.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "synthetic-token"


def keys() -> list[str]:
    return [one.key for one in troubles.found()]


def silence(name: str, seconds: int = 61) -> None:
    """Let its last beat be so long ago, written as the database itself writes a moment."""
    ago: Combinable = Now() - timedelta(seconds=seconds)
    if connection.vendor == "sqlite":
        ago = Func(Value("%Y-%m-%d %H:%M:%f"), Value("NOW"), Value(f"{-seconds} seconds"), function="STRFTIME")
    Heartbeat.objects.filter(name=name).update(beaten_at=ago)


def test_nothing_is_wrong_with_a_product_that_runs(running_product: None) -> None:
    assert keys() == []


def test_commands_alone_miss_no_process() -> None:
    assert [key for key in keys() if key.startswith("no ")] == []


def test_nothing_runs_any_more(settings: Settings) -> None:
    settings.NETWORKS = ["x", "bluesky"]
    TaskRecord.objects.create(task="papers.tasks.catch_up")
    workers = ["no worker collecting", "no worker publishing", "no worker mirror", "no worker upkeep"]
    assert [key for key in keys() if key.startswith("no ")] == ["no web", "no beat", "no follower", *workers]


def test_status_is_not_content_without_a_worker(running_product: None) -> None:
    Heartbeat.objects.filter(queues="mirror").delete()
    said = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("status", stdout=said)
    assert "Trouble “no worker mirror”: No worker of the queue mirror is running, which" in said.getvalue()
    assert str(error.value) == (
        "Something needs attention:\nNo worker of the queue mirror is running, which writes the static copies. "
        "Start `celery --app hotpapers_site worker --queues mirror`."
    )


def test_what_is_missing_is_told_with_the_time_when_the_last_one_was_heard_of(
    running_product: None, settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL, settings.REDIS_SOCKET = "", tmp_path / "redis.sock"
    for one in Heartbeat.objects.filter(kind__in=["beat", "worker"]):
        silence(one.name)
    heard = Heartbeat.objects.get(kind="beat").beaten_at
    told = {one.key: one.sentence for one in troubles.found()}
    assert told["no beat"] == (
        f"No beat is running (the last was heard of on {troubles.moment(heard)}). Nothing is collected, published on time or "
        "mirrored. Start `celery --app hotpapers_site beat`."
    )
    assert told["no worker mirror"] == (
        "No worker of the queue mirror is running, which writes the static copies (the last was heard of on "
        f"{troubles.moment(Heartbeat.objects.get(queues='mirror').beaten_at)}). "
        "Start `celery --app hotpapers_site worker --queues mirror`."
    )
    assert told["broker"].startswith("The Redis server of `manage.py serve` does not answer, so no work is given out: ")


def test_one_worker_may_serve_several_queues(running_product: None) -> None:
    Heartbeat.objects.filter(kind="worker").delete()
    heartbeats.beat(Process("worker", "collecting,mirror,publishing,upkeep"))
    assert keys() == []


def test_a_killed_worker_is_late_until_another_one_takes_its_place(running_product: None) -> None:
    Heartbeat.objects.update(started_at=Now() - timedelta(hours=1))
    killed = Process("worker", "mirror", host="elsewhere", number=7)
    heartbeats.beat(killed)
    silence(killed.name)
    assert keys() == [f"late {killed.name}"]
    watching.look()
    assert Heartbeat.objects.filter(name=killed.name).exists()  # the others began before it fell silent
    heartbeats.beat(Process("worker", "collecting", host="elsewhere", number=8))
    watching.look()
    assert Heartbeat.objects.filter(name=killed.name).exists()  # of another queue
    heartbeats.beat(Process("worker", "mirror", host="elsewhere", number=9))
    assert keys() == []  # at once, whoever looks next
    watching.look()
    assert not Heartbeat.objects.filter(name=killed.name).exists()
    assert keys() == []


def test_a_process_heard_of_before_the_clock_was_set_back_does_not_run(running_product: None) -> None:
    beat = Heartbeat.objects.get(kind="beat")
    silence(beat.name, -3600)
    assert keys() == ["no beat", f"late {beat.name}"]
    heartbeats.beat(Process("beat", host="elsewhere", number=9))
    assert keys() == []
    watching.look()
    assert not Heartbeat.objects.filter(name=beat.name).exists()


def test_one_start_replaces_one_killed_process(running_product: None) -> None:
    killed = [Process("worker", "mirror", host="elsewhere", number=number) for number in (7, 8)]
    Heartbeat.objects.update(started_at=Now() - timedelta(hours=1))
    for one in killed:
        heartbeats.beat(one)
        silence(one.name)
    heartbeats.beat(Process("worker", "mirror", host="elsewhere", number=9))
    for _ in range(3):
        assert keys() == [f"late {killed[1].name}"]
        watching.look()
    heartbeats.beat(Process("worker", "mirror", host="elsewhere", number=10))
    assert keys() == []
    watching.look()
    assert not Heartbeat.objects.filter(name__in=[one.name for one in killed]).exists()


def test_a_follower_is_not_missed_once_its_network_is_off(running_product: None, settings: Settings) -> None:
    follower = Process("follower", host="elsewhere", number=7)
    heartbeats.beat(follower)
    silence(follower.name)
    settings.NETWORKS = ["x"]
    assert keys() == []


def test_a_process_that_ends_in_order_is_not_missed(running_product: None) -> None:
    second = Process("beat", host="elsewhere")
    heartbeats.beat(second)
    heartbeats.end(second)
    assert keys() == []


def test_a_broker_that_does_not_answer(running_product: None, settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert keys() == ["broker"]


def test_tasks_that_wait_too_long(running_product: None) -> None:
    app.send_task("digests.tasks.mirror_all")
    assert keys() == []
    with broker.client() as server:
        message = server.lpop("mirror")
        assert isinstance(message, bytes)
        told = json.loads(message)
        told["headers"]["queued_at"] -= 3600
        server.rpush("mirror", json.dumps(told))
        assert broker.waiting()["mirror"].number == 1
        found = troubles.found()
        server.delete("mirror")
    assert [one.key for one in found] == ["queue mirror"]
    assert found[0].sentence.startswith("1 task waits in the queue mirror, the oldest for 60 minutes. ")


def test_a_disk_that_is_nearly_full_and_a_folder_that_is_none(running_product: None, settings: Settings, tmp_path: Path) -> None:
    settings.DISK_FREE_MIB = 10**9
    settings.MIRRORS = [Target("blog", Path("/dev/null/mirror"))]
    assert keys() == ["disk VAR_DIR", "folder the mirror blog"]


def test_a_mirror_that_waits_for_a_person(running_product: None, settings: Settings, tmp_path: Path) -> None:
    settings.MIRRORS = [Target("blog", tmp_path)]
    at = timezone.now()
    MirrorHealth.objects.create(name="blog", state="waiting", message="The remote is away.", since=at, ran_at=at)
    assert keys() == []
    MirrorHealth.objects.update(state="refused")
    assert [one.sentence for one in troubles.found()] == ["The mirror blog is not up to date: The remote is away."]
    settings.MIRRORS = []
    assert keys() == []


def test_a_reason_that_is_longer_than_a_row_is_cut(running_product: None, settings: Settings, tmp_path: Path) -> None:
    settings.MIRRORS = [Target("blog", tmp_path)]
    at = timezone.now()
    MirrorHealth.objects.create(name="blog", state="refused", message="no " * 333, since=at, ran_at=at)
    CollectionDay.objects.create(date=at.date(), state="failed", reason="no " * 600)
    assert len(troubles.found()) == 2
    watching.look()
    assert [(len(row.sentence), row.sentence[-1]) for row in Trouble.objects.all()] == [(1000, "…")] * 2


def test_a_list_whose_time_is_long_over(running_product: None) -> None:
    make_draft(publish_at=datetime(2021, 5, 13, 6, tzinfo=UTC), publish_zone="UTC")
    assert [one.sentence for one in troubles.found()] == [
        "The list of 2021-05-12 should have been published at 13 May 2021, 06:00 UTC and is not. See its desk."
    ]


def test_a_source_that_refuses(running_product: None) -> None:
    SourceHealth.objects.create(service="x", state="refused", message="X refuses the token.", since=Now())
    assert [(one.key, one.sentence) for one in troubles.found()] == [("refused x", "X refuses the token.")]


def test_a_task_that_fails_again_and_again(running_product: None) -> None:
    for _ in range(3):
        task_runs.record("papers.tasks.thin_history", 0.5, "ValueError: no\nsuch thing")
    assert [one.sentence for one in troubles.found()] == [
        "The task papers.tasks.thin_history failed 3 times in a row: ValueError: no such thing"
    ]
    task_runs.record("papers.tasks.thin_history", 1.5)
    assert keys() == []
    record = TaskRecord.objects.get()
    assert (record.runs, record.failures, record.total_s, record.slowest_s) == (4, 3, 3.0, 1.5)


def test_what_is_acknowledged_counts_no_more_until_it_comes_again(running_product: None) -> None:
    Heartbeat.objects.filter(kind="beat").delete()
    call_command("acknowledge", "no beat", reason="we move\nmachines", by="Ada", stdout=StringIO())
    said = StringIO()
    call_command("status", stdout=said)
    assert "Trouble “no beat” since" in said.getvalue()
    assert "acknowledged by Ada: we move machines" in said.getvalue()
    heartbeats.beat(Process("beat"))
    watching.look()
    Heartbeat.objects.filter(kind="beat").delete()
    with pytest.raises(CommandError, match="No beat is running"):
        call_command("status", stdout=StringIO())


@pytest.mark.parametrize(
    ("key", "reason", "sentence"),
    [
        ("no beat", "x", "There is no trouble “no beat” now. Choose one of these: “no worker mirror”."),
        ("no worker mirror", " ", "Write why it can stay as it is, in at most 500 characters."),
    ],
)
def test_only_what_is_wrong_is_acknowledged_and_for_a_reason(running_product: None, key: str, reason: str, sentence: str) -> None:
    Heartbeat.objects.filter(queues="mirror").delete()
    with pytest.raises(CommandError) as error:
        call_command("acknowledge", key, reason=reason, stdout=StringIO())
    assert str(error.value) == sentence
    assert not Trouble.objects.exists()


@pytest.mark.parametrize(
    ("by_s", "sentence"),
    [
        (3600, "The clock of elsewhere is 3,600 s ahead of the database's"),
        (-45, "The clock of elsewhere is 45 s behind the database's"),
        (20, ""),
        (-20, ""),
    ],
)
def test_a_clock_that_is_wrong(running_product: None, by_s: int, sentence: str) -> None:
    heartbeats.beat(Process("web", host="elsewhere", number=7))
    Heartbeat.objects.filter(host="elsewhere").update(clock=Now() + timedelta(seconds=by_s))
    told = {one.key: one.sentence for one in troubles.found()}
    is_told = sentence and connection.vendor == "postgresql"  # SQLite has no clock of its own
    assert {key: text[: len(sentence)] for key, text in told.items()} == ({"clock elsewhere": sentence} if is_told else {})


def test_tables_of_a_newer_version_are_told(running_product: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "_done", set[str]())
    assert keys() == []
    monkeypatch.setattr(troubles, "_done", set[str]())
    MigrationRecorder(connection).record_applied("papers", "9999_of_tomorrow")
    [one] = troubles.found()
    assert (one.key, one.sentence) == (
        "newer",
        "The database is of a newer version of Hot Papers (papers 9999_of_tomorrow). Install that version, or take the database back "
        "(Upgrade and rollback, in deploy/README.md).",
    )
    with pytest.raises(CommandError, match="newer version of Hot Papers"):
        call_command("serve", port=free_port())
