"""The seconds in which an editor can take a publication back: nobody sees anything until they are over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from digests import tasks
from digests.editing import history
from digests.models import Digest, PublicEvent
from digests.publishing import grace
from tests.editors import make_client, make_user
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = NOW.date() - timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[Any]:
    settings.PUBLISH_GRACE_SECONDS = 10
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(db: None) -> Digest:
    return make_digest(DAY, papers=2, status=Digest.Status.DRAFT, published_at=None)


@pytest.fixture
def eve(draft: Digest) -> Client:
    return make_client(make_user(username="Eve", is_superuser=True))


def post(client: Client, action: str, **body: Any) -> Any:
    for finding in (
        client.post(f"/admin/desk/{DAY}/check", "{}", content_type="application/json")
        .json()["html"]["checks"]
        .split('data-finding="')[1:]
    ):
        key = finding.partition('"')[0]
        client.post(f"/admin/desk/{DAY}/ignore_finding", json.dumps({"finding": key}), content_type="application/json")
    revision = Digest.objects.get(date=DAY).revision
    return client.post(f"/admin/desk/{DAY}/{action}", json.dumps({"revision": revision, **body}), content_type="application/json")


def seen_by_readers() -> list[bool]:
    """On the day's page, in the feed, and in its Markdown."""
    reader = Client()
    page, feed = reader.get(f"/papers/{DAY}/"), reader.get("/rss.xml")
    return [Digest.objects.published().exists(), page.status_code == 200, str(DAY) in feed.content.decode()]


def test_nobody_sees_the_day_until_the_time_is_over(eve: Client, draft: Digest, clock: Any) -> None:
    answer = post(eve, "publish")
    assert answer.json()["said"] == "Publishing in 10 seconds. Press u to undo."
    clock.shift(9)
    tasks.publish_due()
    assert seen_by_readers()[0] is False
    assert (Digest.objects.get().status, PublicEvent.objects.count()) == ("draft", 0)

    clock.shift(1)
    assert post(eve, "release").json()["said"] == f"Published: {DAY}. Readers see it now."
    out = Digest.objects.get()
    assert (out.status, out.published_at, out.goes_out_at, PublicEvent.objects.count()) == (
        "published",
        NOW + timedelta(seconds=10),
        None,
        1,
    )


def test_undo_takes_it_back_before_anybody_could_see_it(eve: Client, draft: Digest, clock: Any) -> None:
    post(eve, "publish")
    assert post(eve, "undo_publish").json()["said"] == "Not published. Nobody has seen it."
    clock.shift(60)
    tasks.publish_due()
    assert post(eve, "release").json()["said"] == "It is not published."

    assert (Digest.objects.get().status, PublicEvent.objects.count()) == ("draft", 0)
    assert post(eve, "undo_publish").json()["error"] == "Nothing to undo: nobody is publishing this day."


def test_worker_releases_where_the_page_was_closed_and_undo_is_too_late(eve: Client, draft: Digest, clock: Any) -> None:
    post(eve, "publish")
    clock.shift(11)
    tasks.publish_due()
    tasks.publish_due()

    assert (Digest.objects.get().status, PublicEvent.objects.count()) == ("published", 1)
    assert post(eve, "undo_publish").json()["error"].startswith("It is too late to undo: readers see it already.")
    assert not grace.release(draft, now=NOW + timedelta(hours=1))


def test_list_goes_out_although_the_clock_was_set_back(eve: Client, draft: Digest, clock: Any) -> None:
    post(eve, "publish")
    clock.shift(-3600)
    assert post(eve, "release").json()["said"] == "It isn’t time yet."
    tasks.publish_due()
    tasks.publish_due()

    assert (Digest.objects.get().status, PublicEvent.objects.count()) == ("published", 1)


def test_list_that_is_going_out_is_not_edited(eve: Client, draft: Digest) -> None:
    post(eve, "publish")
    paper = draft.entries.get(position=1).paper.arxiv_id

    refused = post(eve, "note", paper=paper, text="Late", base="").json()["error"]
    assert refused == "This day is being published. Undo that first, or start a correction once it is out."
    assert post(eve, "publish").json()["said"].startswith("Publishing in")
    post(eve, "undo_publish")
    assert post(eve, "note", paper=paper, text="Late", base="").status_code == 200


def test_list_that_is_going_out_is_not_scheduled(eve: Client, draft: Digest, clock: Any) -> None:
    post(eve, "publish")

    for action in ("schedule", "unschedule"):
        refused = post(eve, action, at="2026-11-21T09:00", zone="UTC")
        assert refused.json()["error"] == "This day is being published. Undo that first."
    assert (Digest.objects.get().publish_at, Digest.objects.get().is_held) == (None, False)
    post(eve, "undo_publish")
    assert post(eve, "schedule", at="2026-11-21T09:00", zone="UTC").status_code == 200


def test_schedule_and_rule_leave_alone_what_an_editor_may_take_back(eve: Client, draft: Digest, clock: Any) -> None:
    Digest.objects.update(publish_at=NOW + timedelta(seconds=5), publish_zone="UTC")
    post(eve, "publish")
    clock.shift(6)
    tasks.publish_due()

    assert Digest.objects.get().status == "draft"


def test_without_grace_it_is_out_at_once(eve: Client, draft: Digest, settings: Settings) -> None:
    settings.PUBLISH_GRACE_SECONDS = 0

    assert post(eve, "publish").json()["said"] == f"Published: {DAY}."
    assert Digest.objects.get().status == "published"


def begin_correction(eve: Client) -> Digest:
    """A published day with a correction that has no more papers."""
    Digest.objects.update(status="published", published_at=NOW)
    assert post(eve, "correct").status_code == 200
    correction = Digest.all_drafts.get(corrects__isnull=False)
    correction.entries.last().delete()  # type: ignore[union-attr]
    return correction


def publish_it(client: Client, correction: Digest, **body: Any) -> Any:
    return post(client, "publish_correction", revision=correction.revision, note="One paper less.", **body)


def test_correction_waits_and_is_taken_back(eve: Client, draft: Digest, clock: Any) -> None:
    correction = begin_correction(eve)

    answer = publish_it(eve, correction).json()

    assert answer["said"] == "Publishing the correction in 10 seconds. Press u to undo."
    assert 'data-what="the correction"' in answer["html"]["tools"]
    assert (draft.entries.count(), PublicEvent.objects.count()) == (2, 0)
    paper = correction.entries.get().paper.arxiv_id
    assert (
        post(eve, "remove", paper=paper, revision=correction.revision).json()["error"].startswith("This day is being published.")
    )
    assert post(eve, "drop_correction", revision=correction.revision).status_code == 400
    assert post(eve, "undo_publish").json()["said"] == "Not published. Nobody has seen it."
    clock.shift(timedelta(minutes=1))
    tasks.publish_due()
    assert (draft.entries.count(), PublicEvent.objects.count()) == (2, 0)
    checks = post(eve, "check").json()["html"]["checks"]
    assert "One paper less.</textarea>" in checks  # for the next try


@pytest.mark.parametrize("by_worker", [True, False])
def test_correction_goes_out_with_its_note_when_the_time_is_over(eve: Client, draft: Digest, clock: Any, by_worker: bool) -> None:
    correction = begin_correction(eve)
    publish_it(eve, correction)
    assert publish_it(eve, correction).status_code == 200  # pressed twice
    assert post(eve, "release").json()["said"] == "It isn’t time yet."
    clock.shift(timedelta(seconds=10))
    if by_worker:
        tasks.publish_due()
    else:
        assert post(eve, "release").json()["said"] == f"Published: {DAY}. Readers see it now."

    assert list(PublicEvent.objects.values_list("kind", "note")) == [("corrected", "One paper less.")]
    assert (draft.entries.count(), Digest.all_drafts.count()) == (1, 1)
    assert history.changes(draft)[0].editor == "Eve"
    assert "too late to undo" in post(eve, "undo_publish").json()["error"]


def test_correction_without_a_note_or_of_a_withdrawn_day_does_not_go_out(eve: Client, draft: Digest, clock: Any) -> None:
    correction = begin_correction(eve)
    assert "Tell readers" in post(eve, "publish_correction", revision=correction.revision, note=" ").json()["error"]
    publish_it(eve, correction)
    Digest.objects.update(status="withdrawn")
    clock.shift(timedelta(seconds=10))
    tasks.publish_due()
    correction.refresh_from_db()
    assert (correction.goes_out_at, draft.entries.count(), PublicEvent.objects.count()) == (None, 2, 0)


def test_nothing_is_restored_while_a_correction_goes_out(eve: Client, draft: Digest) -> None:
    correction = begin_correction(eve)
    version = history.changes(correction)[-1].pk
    publish_it(eve, correction)
    answer = post(eve, "restore", revision=correction.revision, version=version)
    assert answer.json()["error"] == "This day is being published. Undo that first, then restore."
