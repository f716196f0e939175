"""Each trouble is told once by each channel, and once when it is over."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from hotpapers_site.health import alerts, troubles, watching
from hotpapers_site.health.troubles import Found
from hotpapers_site.models import Lease, Trouble
from tests.standins.serving import Reply, Request, Standin

pytestmark = pytest.mark.django_db
BEAT = Found("no beat", "No beat is running.")
DISK = Found("disk VAR_DIR", "The disk is full.")


class Hooks(Standin):
    """Takes webhooks and pings."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[tuple[str, dict[str, str]]] = []
        self.status = 200

    def answer(self, request: Request) -> Reply:
        self.bodies.append((request.path, json.loads(request.body or b"{}")))
        return Reply(self.status, b"ok")


@pytest.fixture
def hooks(settings: Settings) -> Iterator[Hooks]:
    with Hooks() as made:
        settings.ALERT_WEBHOOKS = [f"slack+{made.url}/slack", f"discord+{made.url}/discord", f"mattermost+{made.url}/mm"]
        settings.ALERT_EMAILS = ["ada@papers.example"]
        settings.DEFAULT_FROM_EMAIL = "hotpapers@papers.example"
        yield made


def text_of(body: dict[str, str]) -> str:
    return body.get("text") or body["content"]


def look(*found: Found) -> None:
    """One look that finds these, some time after the last one."""
    watching.note(list(found))
    Trouble.objects.filter(ended_at=None).update(since=Now() - timedelta(minutes=2))
    watching.tell()


def test_each_trouble_is_told_once_and_once_when_it_is_over(hooks: Hooks) -> None:
    for _ in range(3):
        look(BEAT)
    assert [path for path, _ in hooks.bodies] == ["/slack", "/discord", "/mm"]
    texts = [text_of(body) for _, body in hooks.bodies]
    assert set(texts) == {
        "Hot Papers (127.0.0.1:8000): 1 to look at\n• No beat is running.\n\nhttp://127.0.0.1:8000/admin/system/"
    }
    assert [sorted(body) for _, body in hooks.bodies] == [["text"], ["content"], ["text"]]
    assert [(one.subject, one.to, one.from_email) for one in mail.outbox] == [
        ("Hot Papers (127.0.0.1:8000): 1 to look at", ["ada@papers.example"], "hotpapers@papers.example")
    ]
    hooks.bodies.clear()
    for _ in range(3):
        look(DISK)
    assert {text_of(body).splitlines()[1] for _, body in hooks.bodies} == {"• The disk is full."}
    assert {text_of(body).splitlines()[2] for _, body in hooks.bodies} == {"• Over: No beat is running."}
    assert (len(hooks.bodies), len(mail.outbox)) == (3, 2)


def test_strangers_words_in_an_alert_call_nobody_and_every_trouble_begins(hooks: Hooks) -> None:
    look(*(Found(f"task {n}", f"{n} failed: <!channel> @everyone {'&' * 900}") for n in range(8)))
    slack, discord, _ = (text_of(body) for _, body in hooks.bodies)
    assert [text.splitlines()[-1] for text in (slack, discord)] == ["http://127.0.0.1:8000/admin/system/"] * 2
    assert [line[:53] for line in slack.splitlines()[1:9]] == [
        f"• {n} failed: &lt;!channel&gt; @\u200beveryone &amp;&amp;&am" for n in range(8)
    ]
    assert [line[:34] for line in discord.splitlines()[1:9]] == [f"• {n} failed: <!channel> @\u200beveryone " for n in range(8)]
    assert [len(slack) <= 1900, len(discord) <= 1900] == [True, True]
    assert len(mail.outbox[0].body) > 7200


def test_a_channel_that_fails_is_tried_again_and_the_others_are_not_asked_twice(hooks: Hooks) -> None:
    hooks.status = 500
    look(BEAT)
    assert (len(hooks.bodies), len(mail.outbox)) == (3, 1)
    hooks.status = 204
    look(BEAT)
    look(BEAT)
    assert (len(hooks.bodies), len(mail.outbox)) == (6, 1)


def test_a_restart_is_told_to_nobody(hooks: Hooks) -> None:
    watching.note([BEAT])
    watching.tell()
    watching.note([])
    watching.tell()
    assert (hooks.bodies, mail.outbox, Trouble.objects.count()) == ([], [], 0)


def test_what_is_acknowledged_before_it_was_told_is_told_to_nobody(hooks: Hooks) -> None:
    watching.note([BEAT])
    Trouble.objects.update(acknowledged_at=Now(), acknowledged_reason="planned")
    look(BEAT)
    assert hooks.bodies == []


def test_the_leader_tells_of_a_database_that_is_gone_and_of_its_return(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "look", lambda: None)
    monkeypatch.setattr(watching, "DATABASE_AFTER_S", 0.0)
    leader, other = watching.Watch(), watching.Watch()
    leader.round()
    other.round()
    for _ in range(2):
        leader.database_failed(DatabaseError("gone"))
        other.database_failed(DatabaseError("gone"))
    assert [text_of(body).splitlines()[1] for _, body in hooks.bodies] == [f"• {watching.DATABASE.sentence}"] * 3
    Lease.objects.update(holder="somebody else", until=Now() + timedelta(minutes=1))  # whoever was first when it came back
    leader.round()
    assert text_of(hooks.bodies[-1][1]).splitlines()[1] == f"• Over: {watching.DATABASE.sentence}"
    assert len(hooks.bodies) == 6


def test_a_full_disk_is_told_with_the_database_that_it_stopped(
    hooks: Hooks, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "look", lambda: None)
    monkeypatch.setattr(watching, "DATABASE_AFTER_S", 0.0)
    settings.ALERT_WEBHOOKS = settings.ALERT_WEBHOOKS[:1]
    leader = watching.Watch()
    leader.round()
    settings.DISK_FREE_MIB = 10**9
    leader.database_failed(DatabaseError("database or disk is full"))
    settings.DISK_FREE_MIB = 1
    leader.round()
    begun, over = (text_of(body).splitlines()[1:3] for _, body in hooks.bodies)
    assert begun[0] == f"• {watching.DATABASE.sentence}"
    assert (begun[1][:14], begun[1][-27:]) == ("• The disk of ", "(DISK_FREE_MIB). Free some.")
    assert over == [line.replace("• ", "• Over: ", 1) for line in begun]


def test_the_dead_man_switch_is_told_once_a_minute(hooks: Hooks, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "_pinged_at", float("-inf"))
    settings.ALERT_PING_URL = f"{hooks.url}/ping"
    alerts.ping()
    alerts.ping()
    assert hooks.bodies == [("/ping", {})]


def test_the_form_of_a_webhook_follows_from_its_host() -> None:
    assert alerts.form_of("https://discord.com/api/webhooks/1/x") == ("discord", "https://discord.com/api/webhooks/1/x")
    assert alerts.form_of("https://hooks.slack.com/services/x") == ("slack", "https://hooks.slack.com/services/x")
    assert alerts.form_of("mattermost+https://chat.example/hooks/x") == ("mattermost", "https://chat.example/hooks/x")


def test_database_of_an_older_version_is_told_although_nothing_else_can_be_looked_for(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(DISK)
    hooks.bodies.clear()

    def fails() -> list[Found]:
        raise OperationalError("no such column: papers_sourcehealth.wait_until")

    monkeypatch.setattr(troubles, "found", fails)
    with pytest.raises(OperationalError):  # it is of this version
        watching.look()
    monkeypatch.setattr(troubles, "_done", set())
    MigrationRecorder.Migration.objects.filter(app="papers").latest("pk").delete()
    watching.look()
    Trouble.objects.filter(ended_at=None).update(since=Now() - timedelta(minutes=2))
    watching.look()

    assert set(Trouble.objects.filter(ended_at=None).values_list("key", flat=True)) == {DISK.key, "migrations"}
    assert "The database lacks 1 migration. Run `manage.py migrate`." in text_of(hooks.bodies[0][1])
    assert len(hooks.bodies) == 3
