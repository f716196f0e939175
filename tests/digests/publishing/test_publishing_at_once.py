"""Publishing pressed twice, scheduled and by hand in the same second: one publication, one export, one line of history."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery, current_app
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from digests import tasks
from digests.editing import history
from digests.mirror import running
from digests.mirror.targets import Target
from digests.mirror.writing import Report
from digests.models import Digest, PublicEvent
from digests.publishing.correcting import open_correction, publish_correction
from digests.publishing.scheduling import publish_due, schedule
from digests.publishing.status import publish, withdraw
from tests.at_once import at_once
from tests.factories import make_digest

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 13, 6, tzinfo=UTC)
WORKERS = 4


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[list[str]]:
    """The mirror's tasks run at once; the names of the files that they wrote or removed."""
    settings.MIRRORS = [Target("folder", tmp_path)]
    files: list[str] = []
    run, lock = running.run, threading.Lock()

    def counted(*args: object, **options: object) -> Report:
        with lock:  # a worker that finds the folder in use comes back later
            report = run(*args, **options)  # type: ignore[arg-type]
        files.extend(f"{name}: {state}" for name, state in report.changed)
        return report

    def send(app: Celery, name: str, args: list[str], **options: object) -> None:
        current_app.tasks[name].apply(tuple(args), throw=True)

    current_app.loader.import_default_modules()
    monkeypatch.setattr(running, "run", counted)
    monkeypatch.setattr(Celery, "send_task", send)
    yield files


def said(digest: Digest) -> list[str]:
    return [version.action for version in history.changes(digest)]


def events(digest: Digest) -> list[str]:
    return list(PublicEvent.objects.filter(digest=digest).values_list("kind", flat=True))


def test_publish_pressed_at_once_happens_once(exported: list[str]) -> None:
    digest = make_digest(papers=2, status="draft", published_at=None)

    won = at_once(*[lambda: publish(Digest.objects.get(pk=digest.pk), now=NOW)] * WORKERS)

    assert sorted(map(str, won)) == ["False"] * (WORKERS - 1) + ["True"]
    assert (events(digest), said(digest)) == (["published"], ["published", "before"])
    assert exported == ["2021-05-12---Hot-Papers.md: new"]


def test_publish_by_hand_and_scheduled_in_the_same_second_happens_once(exported: list[str]) -> None:
    digest = make_digest(papers=2, status="draft", published_at=None)
    schedule(digest, datetime(2021, 5, 13, 8), "Europe/Berlin", now=NOW - timedelta(hours=1))

    at_once(lambda: publish(digest, now=NOW), *[lambda: publish_due(NOW)] * 2, lambda: publish(digest, now=NOW))

    stored = Digest.objects.get()
    assert (stored.status, stored.published_at, stored.publish_at, stored.publish_zone) == ("published", NOW, None, "")
    assert events(digest) == ["published"]
    assert len([what for what in said(digest) if what.startswith("published")]) == 1
    assert exported == ["2021-05-12---Hot-Papers.md: new"]


def test_withdraw_pressed_at_once_happens_once_and_removes_the_file(exported: list[str]) -> None:
    digest = make_digest(papers=1, status="draft", published_at=None)
    publish(digest, now=NOW)

    at_once(*[lambda: withdraw(Digest.objects.get(pk=digest.pk), now=NOW, note="A mix-up.")] * 2)

    assert events(digest) == ["published", "withdrawn"]
    assert exported == ["2021-05-12---Hot-Papers.md: new", "2021-05-12---Hot-Papers.md: removed"]


def test_corrections_opened_and_published_at_once_are_one(exported: list[str]) -> None:
    digest = make_digest(papers=2)

    opened = at_once(*[lambda: open_correction(digest, by=None).pk] * 2)
    assert len(set(opened)) == 1
    correction = Digest.all_drafts.get(corrects=digest)
    correction.entries.filter(position=2).delete()

    won = at_once(*[lambda: publish_correction(correction, by=None, note="One left.", now=NOW)] * 2)

    assert sorted(map(str, won)) == ["False", "True"]
    assert (events(digest), digest.entries.count(), Digest.all_drafts.count()) == (["corrected"], 1, 1)
    assert exported == ["2021-05-12---Hot-Papers.md: new"]


def test_a_change_that_comes_while_the_list_is_published_comes_before_or_after_it(exported: list[str]) -> None:
    digest = make_digest(papers=2, status="draft", published_at=None)

    def edit() -> None:
        with history.change(digest.pk, history.Action.INTRO, by=None) as changed:
            changed.intro = "Words."

    at_once(edit, lambda: publish(Digest.objects.get(pk=digest.pk), now=NOW))

    stored = Digest.objects.get()
    assert (stored.status, stored.intro, stored.revision) == ("published", "Words.", 2)


def test_a_publication_outlives_a_queue_that_is_down(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("no broker")

    settings.MIRRORS = [Target("folder", tmp_path)]
    monkeypatch.setattr(Celery, "send_task", refuse)
    digest = make_digest(papers=1, status="draft", published_at=None)

    assert publish(digest, now=NOW) is True
    assert list(tmp_path.iterdir()) == []
    assert [record.getMessage() for record in caplog.records] == [
        "The mirrors follow by the next tick, within a minute, since the queue does not answer: no broker"
    ]

    tasks.mirror_all()
    assert [file.name for file in tmp_path.glob("*.md")] == ["2021-05-12---Hot-Papers.md"]

    assert withdraw(digest, now=NOW) is True
    tasks.mirror_all()
    assert list(tmp_path.glob("*.md")) == []


def test_there_is_no_mirror_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run", None)  # calling it would fail
    monkeypatch.setattr(Celery, "send_task", None)

    assert publish(make_digest(papers=1, status="draft", published_at=None), now=NOW) is True
    tasks.mirror_one("folder")
    tasks.mirror_all()
