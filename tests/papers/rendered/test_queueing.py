"""What an editor saves is rendered at once, by a task that is queued with the commit; whatever becomes of the queue, it is kept."""

from typing import Any

import pytest
from celery import Celery
from django.test import Client
from kombu.exceptions import OperationalError

from digests.editing import history
from digests.models import Digest
from hotpapers_site.celery import PERIODS_S
from papers.models import UnrenderedRow
from papers.rendered.queueing import EXPIRES_S
from papers.rendered.waiting import render_changed
from tests.editors import make_user, values
from tests.factories import make_digest, make_paper

pytestmark = pytest.mark.django_db
TASK = "papers.tasks.render_texts"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(Celery, "send_task", lambda _, name, **options: sent.append((name, options)))
    return sent


def test_saved_text_is_rendered_at_once(queued: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    digest = make_digest(status="draft", published_at=None)
    render_changed()

    with (
        django_capture_on_commit_callbacks(execute=True),
        history.change(digest.pk, history.Action.INTRO, by=make_user()) as changed,
    ):
        changed.intro = "*Good* morning"
        assert queued == []  # nobody may look before the text is there

    assert queued == [(TASK, {"expires": EXPIRES_S, "retry": False})]
    assert PERIODS_S[TASK] == EXPIRES_S  # the next tick is behind it


def test_change_without_a_new_text_queues_nothing(queued: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    digest = make_digest(status="draft", published_at=None, papers=2)
    render_changed()

    with django_capture_on_commit_callbacks(execute=True), history.change(digest.pk, history.Action.MOVED, by=make_user()):
        pass

    assert queued == []


def test_change_of_the_machine_is_left_to_the_tick(queued: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    digest = make_digest(status="draft", published_at=None)

    with django_capture_on_commit_callbacks(execute=True), history.change(digest.pk, history.Action.IMPORTED, by=None) as changed:
        changed.intro = "*Good* morning"

    assert queued == []


def test_title_saved_in_the_admin_is_rendered_at_once(
    queued: list[Any], editor: Client, django_capture_on_commit_callbacks: Any
) -> None:
    paper = make_paper()
    render_changed()
    address = f"/admin/papers/paper/{paper.pk}/change/"

    with django_capture_on_commit_callbacks(execute=True):
        editor.post(address, values(editor, address, "paper_form") | {"title": "On $x$"})

    assert [name for name, _ in queued] == [TASK]


def test_save_is_kept_while_the_queue_is_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(Celery, "send_task", refuse)
    digest = make_digest(status="draft", published_at=None)
    render_changed()

    with (
        django_capture_on_commit_callbacks(execute=True),
        history.change(digest.pk, history.Action.INTRO, by=make_user()) as changed,
    ):
        changed.intro = "*Good* morning"

    assert [record.getMessage() for record in caplog.records] == [
        "What was saved is rendered later, since the queue does not answer: Connection refused"
    ]
    assert Digest.objects.get().intro == "*Good* morning"
    assert UnrenderedRow.objects.count() == 1  # for the next tick
