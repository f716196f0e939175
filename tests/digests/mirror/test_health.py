"""How the mirrors are: `status`, the admin and the desk say it, and "bring up to date now" queues a run."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from digests import tasks
from digests.mirror.health import report
from digests.mirror.targets import Kind, Target
from digests.models import Entry, MirrorHealth
from tests.factories import make_digest
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def target(settings: Settings, tmp_path: Path) -> Target:
    make_digest(date(2021, 5, 12), papers=1)
    made = Target("notes", tmp_path / "notes")
    settings.MIRRORS = [made]
    return made


def status(*arguments: str) -> str:
    """What it prints and, where something needs a person, what it ends with."""
    out = io.StringIO()
    try:
        call_command("status", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error)
    return out.getvalue()


def test_status_tells_each_mirror_and_what_to_do(target: Target) -> None:
    assert "Mirror notes: not written yet, last good run never, all days to look at." in status()
    with time_machine.travel(NOW, tick=False):
        tasks.mirror_all()  # it renders first, which is a change, too
    settled()
    with time_machine.travel(NOW, tick=False):
        tasks.mirror_all()
    assert "Mirror notes: up to date, last good run 2021-05-14T09:00:00+00:00.\n" in status()
    Entry.objects.update(retweets=7)
    assert report() == {
        "notes": {
            "kind": "folder",
            "profile": "lumen-2020",
            "state": "ok",
            "message": "",
            "since": "2021-05-14T09:00:00+00:00",
            "ran_at": "2021-05-14T09:00:00+00:00",
            "good_at": "2021-05-14T09:00:00+00:00",
            "changed_days": 1,
        }
    }
    (target.folder / "mirror.json").write_text("nonsense")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        tasks.mirror_all()
    told = status()
    assert "Mirror notes: waits until someone acts, last good run 2021-05-14T09:00:00+00:00, 1 changed day to look at." in told
    assert (
        "The mirror notes is not up to date: mirror.json is not one that this site wrote; move it away, and the next run makes it anew"
    ) in told.partition("Something needs attention:")[2]


def test_admin_and_desk_show_the_mirrors_and_queue_a_run(target: Target, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(Celery, "send_task", lambda self, name, args, **options: sent.append((name, args, options["queue"])))
    tasks.mirror_all()
    row = MirrorHealth.objects.get()
    for page in (reverse("admin-all"), reverse("desk", args=[date(2021, 5, 12)])):
        text = editor.get(page).content.decode()
        assert (text.count("Mirrors: up to date"), text.count("Bring up to date now")) == (1, 1)
    MirrorHealth.objects.update(state="refused", message="The disk is full; make room.")
    text = editor.get(reverse("desk", args=[date(2021, 5, 12)])).content.decode()
    assert "Mirrors: 1 of 1 not up to date" in text and "The disk is full; make room." in text
    page = reverse("admin:digests_mirrorhealth_changelist")
    assert "The disk is full; make room." in editor.get(page).content.decode()
    answer = editor.post(page, {"action": "bring_up_to_date", "_selected_action": [row.pk]}, follow=True)
    assert "Queued." in answer.content.decode()
    assert sent == [("digests.tasks.mirror_one", ["notes"], "mirror")]


def test_a_queue_that_does_not_answer_is_told(target: Target, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError

    tasks.mirror_all()
    monkeypatch.setattr(Celery, "send_task", refuse)
    row = MirrorHealth.objects.get()
    page = reverse("admin:digests_mirrorhealth_changelist")
    answer = editor.post(page, {"action": "bring_up_to_date", "_selected_action": [row.pk]}, follow=True)
    assert "The queue does not answer (ConnectionError)." in answer.content.decode()


def test_what_waits_for_a_remote_is_brought_up_to_date_last(target: Target, settings: Settings, tmp_path: Path) -> None:
    git = Target("blog", tmp_path / "blog", Kind.GIT, "hugo", remote=str(tmp_path / "nowhere"))
    settings.MIRRORS = [git, target]
    tasks.mirror_all()
    assert list(MirrorHealth.objects.order_by("pk").values_list("name", "state")) == [("notes", "ok"), ("blog", "refused")]
