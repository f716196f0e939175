"""The check, publication, schedules and corrections from the desk, by real requests."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from digests.desk.responses import PARTS
from digests.editing import history
from digests.models import Digest, IgnoredFinding, PublicEvent
from digests.publishing.scheduling import publish_due
from papers import clock
from papers.models import Paper
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, listed, revision, send
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db


def status() -> str:
    return Digest.objects.get(date=DAY).status


def test_publish_shows_the_list_and_again_changes_nothing(eve: Client, papers: list[Paper]) -> None:
    seen = revision()

    first, second = done(eve, "publish", revision=seen), done(eve, "publish", revision=seen)

    assert (first["said"], second["said"]) == ("Published: 2026-11-20.", "It is already published.")
    assert (status(), revision(), PublicEvent.objects.count()) == ("published", seen + 1, 1)
    assert history.changes(Digest.objects.get())[0].editor == "Eve"
    assert set(first["html"]) == {*PARTS, "checks"}


def test_publish_of_a_list_that_another_editor_changed_asks_first(eve: Client, ann: Client, papers: list[Paper]) -> None:
    seen = revision()
    done(ann, "note", paper=papers[0].arxiv_id, text="Read this", base="")

    for action, body in (("publish", {}), ("schedule", {"at": "2026-11-21T09:00", "zone": "UTC"})):
        response = send(eve, action, revision=seen, **body)
        conflict = response.json()["conflict"]
        assert response.status_code == 409
        assert (conflict["what"], conflict["by"]) == ("the list", "Ann")
        assert conflict["theirs"].endswith(f"UTC: edited the note on “{papers[0].title}”")
        assert conflict["retry"] == {**body, "revision": seen + 1}
    assert status() == "draft"

    done(eve, "publish", **send(eve, "publish", revision=seen).json()["conflict"]["retry"])
    assert status() == "published"


def test_withdraw_asks_where_the_list_is_another_by_now_and_tells_readers_why(
    eve: Client, ann: Client, papers: list[Paper]
) -> None:
    seen = revision()
    done(ann, "note", paper=papers[0].arxiv_id, text="Read this", base="")
    done(eve, "publish", revision=revision())
    assert send(eve, "withdraw", revision=seen, note="").status_code == 409

    done(eve, "withdraw", revision=revision(), note=" The wrong day. ")

    assert status() == "withdrawn"
    assert PublicEvent.objects.values_list("kind", "note").last() == ("withdrawn", "The wrong day.")


def test_a_finding_is_fixed_or_ignored_before_the_list_is_published(eve: Client, papers: list[Paper]) -> None:
    Paper.objects.filter(pk__in=[papers[0].pk, papers[1].pk]).update(abstract="")
    keys = [f"no_abstract:{paper.arxiv_id}" for paper in papers[:2]]

    response = send(eve, "publish", revision=revision())
    assert response.status_code == 400
    assert response.json()["error"] == "2 findings are unresolved. Fix or ignore each one in the check, then try again."
    assert set(response.json()["html"]) == {"checks"}

    done(eve, "ignore_finding", finding=keys[0], ignored=True)
    done(eve, "ignore_finding", finding=keys[0], ignored=True)
    done(eve, "ignore_finding", finding=keys[1], ignored=True)
    done(eve, "ignore_finding", finding=keys[1], ignored=False)
    assert list(IgnoredFinding.objects.values_list("finding", flat=True)) == [keys[0]]
    Paper.objects.filter(pk=papers[1].pk).update(abstract="It has one.")

    done(eve, "publish", revision=revision())
    assert status() == "published"


def test_ignoring_refuses_what_is_not_found(eve: Client, papers: list[Paper]) -> None:
    assert send(eve, "ignore_finding", finding="no_abstract:2105.00001").json()["error"] == "This is already fixed."
    assert send(eve, "ignore_finding", finding="x" * 200).status_code == 400


def test_direction_is_mended_on_this_day_alone(eve: Client, papers: list[Paper]) -> None:
    shown = entry_of(papers[0]).shown_tweets.select_related("tweet").get()
    body = {"paper": papers[0].arxiv_id, "tweet": shown.tweet.status_id, "direction": "rtl"}

    done(eve, "direction", **body)
    before = revision()
    done(eve, "direction", **body)

    shown = entry_of(papers[0]).shown_tweets.select_related("tweet").get()
    assert (shown.direction, shown.tweet.direction, revision()) == ("rtl", "ltr", before)
    assert send(eve, "direction", **body | {"direction": "up"}).status_code == 400


def test_schedule_in_the_editors_zone_and_unschedule(eve: Client, papers: list[Paper]) -> None:
    answer = done(eve, "schedule", at="2026-11-24T09:00", zone="Europe/Berlin", revision=revision())

    digest = Digest.objects.get()
    assert (f"{digest.publish_at:%Y-%m-%d %H:%M}", digest.publish_zone) == ("2026-11-24 08:00", "Europe/Berlin")
    assert answer["said"] == "Scheduled for 24 Nov 2026, 09:00 Europe/Berlin (24 Nov, 08:00 UTC)."

    done(eve, "unschedule", revision=revision())
    assert Digest.objects.get().publish_at is None


def test_the_desk_says_what_the_sites_rule_does_and_holds_a_list_back_from_it(
    eve: Client, papers: list[Paper], settings: Any, tonight: Any
) -> None:
    settings.AUTO_PUBLISH_AT, settings.TIME_ZONE = time(6, 30), "UTC"
    answer = done(eve, "check")
    assert "Don’t publish automatically" in answer["html"]["checks"]

    answer = done(eve, "unschedule", revision=revision())

    assert answer["said"] == "Not scheduled: it waits for an editor."
    assert "not published automatically" in answer["html"]["head"]
    assert "Don’t publish automatically" not in answer["html"]["checks"]
    tonight.shift(24 * 3600)
    assert publish_due(clock.now()) == []


def test_the_desk_says_that_a_scheduled_list_is_stopped(eve: Client, papers: list[Paper], tonight: Any) -> None:
    done(eve, "schedule", at="2026-11-21T09:00", zone="UTC", revision=revision())
    Paper.objects.filter(pk=papers[0].pk).update(abstract="")
    tonight.shift(11 * 3600)

    assert publish_due(clock.now()) == []

    assert "will be published when the check finds no problems" in eve.get(f"/admin/desk/{DAY}/").content.decode()
    assert history.changes(Digest.objects.get())[0].action == "stopped"


def test_schedule_at_a_time_that_does_not_exist_offers_those_beside_it(eve: Client, papers: list[Paper]) -> None:
    response = send(eve, "schedule", at="2027-03-28T02:30", zone="Europe/Berlin", revision=revision())

    assert response.status_code == 400
    assert response.json()["error"].startswith("There is no 02:30 on 28 Mar 2027 in Europe/Berlin")
    assert [choice["at"] for choice in response.json()["choices"]] == ["2027-03-28T01:30", "2027-03-28T03:30"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("publish", {"revision": "1"}),
        ("publish", {}),
        ("publish", {"revision": True}),
        ("schedule", {"revision": 0, "at": "tomorrow", "zone": "UTC"}),
        ("schedule", {"revision": 0, "at": "2026-11-24T09:00Z", "zone": "UTC"}),
        ("schedule", {"revision": 0, "at": "2026-11-24T09:00", "zone": "UTC", "fold": 7}),
        ("schedule", {"revision": 0, "at": "2026-11-24T09:00", "zone": ["UTC"]}),
        ("schedule", {"revision": 0, "at": "2026-11-20T09:00", "zone": "UTC"}),
        ("schedule", {"revision": 0, "at": "9999-12-31T23:59", "zone": "America/New_York"}),
        ("withdraw", {"revision": 0}),
        ("correct", {}),
        ("ignore_finding", {"finding": 1}),
        ("restore", {"version": "nonsense", "revision": 0}),
        ("restore", {"version": "1"}),
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(
    eve: Client, papers: list[Paper], action: str, body: dict[str, Any]
) -> None:
    response = send(eve, action, **body)

    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert revision() == 0


def test_schedule_without_a_time_asks_for_one(eve: Client, papers: list[Paper]) -> None:
    told = send(eve, "schedule", revision=revision(), at="", zone="UTC").json()

    assert told["error"] == "Choose a date and a time, and a time zone like Europe/Berlin."


@pytest.mark.parametrize("action", ["publish", "schedule", "unschedule", "withdraw", "correct", "ignore_finding"])
def test_a_day_without_a_list_is_refused(eve: Client, action: str) -> None:
    response = send(eve, action, revision=0, at="2026-11-24T09:00", zone="UTC", finding="empty")

    assert response.json() == {"error": "This day has no list yet. Start one first."}


def test_a_correction_is_edited_on_the_desk_and_takes_the_lists_place(eve: Client, ann: Client, papers: list[Paper]) -> None:
    done(eve, "publish", revision=revision())
    assert send(ann, "remove", paper=papers[0].arxiv_id, revision=revision()).status_code == 400

    corrected = done(eve, "correct")
    done(ann, "remove", paper=papers[0].arxiv_id, revision=revision())
    assert f"<li>“{escape(papers[0].title)}”: removed, was number 1.</li>" in done(eve, "check")["html"]["checks"]
    done(ann, "show_tweets", paper=papers[1].arxiv_id, tweets=[make_tweet(papers[1]).status_id],
         base=[one.tweet.status_id for one in Digest.all_drafts.get(status="draft").entries.get(paper=papers[1]).shown_tweets.all()])  # fmt: skip

    assert corrected["said"] == "Correction started. Readers see it when you publish it."
    assert Digest.objects.get().entries.count() == 3
    seen = Digest.all_drafts.get(status="draft").revision
    assert send(eve, "publish_correction", revision=seen, note=" ").status_code == 400
    assert send(eve, "publish_correction", revision=seen - 1, note="A mix-up.").status_code == 409

    done(eve, "publish_correction", revision=seen, note="A mix-up.")

    assert listed() == papers[1:]
    assert done(eve, "publish_correction", revision=seen, note="A mix-up.")["said"] == "The correction no longer exists."
    assert list(PublicEvent.objects.values_list("kind", "note")) == [("published", ""), ("corrected", "A mix-up.")]


def test_a_change_of_the_published_list_is_asked_about_before_the_correction_takes_its_place(
    eve: Client, papers: list[Paper]
) -> None:
    done(eve, "publish", revision=revision())
    done(eve, "correct")
    done(eve, "remove", paper=papers[0].arxiv_id, revision=revision())
    with history.change(Digest.objects.get().pk, history.Action.FORM, by=None):
        Digest.objects.get().entries.filter(position=1).update(note="Newer")
    seen = Digest.all_drafts.get(status="draft").revision

    response = send(eve, "publish_correction", revision=seen, note="A mix-up.")

    told = response.json()["conflict"]
    assert (response.status_code, told["what"]) == (409, "the published list")
    assert "Hot Papers" in told["theirs"]
    done(eve, "publish_correction", **told["retry"])
    assert listed() == papers[1:]


def test_drop_correction_twice(eve: Client, papers: list[Paper]) -> None:
    done(eve, "publish", revision=revision())
    done(eve, "correct")
    seen = Digest.all_drafts.get(status="draft").revision

    done(eve, "drop_correction", revision=seen)
    done(eve, "drop_correction", revision=seen)

    assert (Digest.all_drafts.count(), listed()) == (1, papers)


def test_check_answers_with_the_check_and_changes_nothing(eve: Client, papers: list[Paper]) -> None:
    answer = done(eve, "check")

    assert (set(answer["html"]), answer["revision"]) == ({*PARTS, "checks"}, 0)
    assert answer["saved_at"] == NOW.isoformat()
