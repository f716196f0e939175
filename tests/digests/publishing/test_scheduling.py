"""Publication at a time: an editor's in a time zone, also where the clocks change, or the site's rule."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.editing.sentences import said
from digests.models import Digest, PublicEvent
from digests.publishing.scheduling import (
    UnclearTime,
    moment,
    publish_due,
    rule_publishes_at,
    schedule,
    time_of_rule,
    unschedule,
)
from digests.publishing.status import publish
from papers.models import CollectionDay
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 23)
NOW = datetime(2026, 10, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def make_draft(day: date = DAY, **fields: Any) -> Digest:
    """A draft with nothing that its check would find."""
    digest = make_digest(day, **{"status": "draft", "published_at": None} | fields)
    paper = make_paper(listing_date=day)
    make_entry(digest, paper, make_tweet(paper), read_at=NOW)
    return digest


@pytest.mark.parametrize(
    ("at", "fold", "expected"),
    [
        ("2026-10-24T09:00", None, "2026-10-24T07:00"),
        ("2026-10-25T02:30", 0, "2026-10-25T00:30"),
        ("2026-10-25T02:30", 1, "2026-10-25T01:30"),
        ("2026-10-25T03:00", None, "2026-10-25T02:00"),
        ("2026-03-29T03:00", None, "2026-03-29T01:00"),
        ("2026-03-29T01:59", 1, "2026-03-29T00:59"),
    ],
)
def test_moment_follows_the_clocks_of_the_zone(at: str, fold: int | None, expected: str) -> None:
    assert moment(datetime.fromisoformat(at), BERLIN, fold) == datetime.fromisoformat(f"{expected}+00:00")


def test_moment_asks_which_of_two_is_meant_where_clocks_are_set_back() -> None:
    with pytest.raises(UnclearTime, match="occurs twice") as raised:
        moment(datetime(2026, 10, 25, 2, 30), BERLIN)

    assert [(one.at, one.fold, one.said) for one in raised.value.choices] == [
        ("2026-10-25T02:30", 0, "25 Oct 2026, 02:30 CEST (00:30 UTC)"),
        ("2026-10-25T02:30", 1, "25 Oct 2026, 02:30 CET (01:30 UTC)"),
    ]


@pytest.mark.parametrize("fold", [None, 0, 1])
def test_moment_offers_the_times_beside_one_that_does_not_exist(fold: int | None) -> None:
    with pytest.raises(UnclearTime, match="There is no 02:30") as raised:
        moment(datetime(2026, 3, 29, 2, 30), BERLIN, fold)

    choices = raised.value.choices
    assert [one.said for one in choices] == ["29 Mar 2026, 01:30 CET (00:30 UTC)", "29 Mar 2026, 03:30 CEST (01:30 UTC)"]
    for one in choices:
        moment(datetime.fromisoformat(one.at), BERLIN, one.fold)


@pytest.mark.parametrize(("fold", "utc"), [(0, "00:30"), (1, "01:30")])
def test_a_schedule_across_the_clock_change_happens_once_at_the_right_time(fold: int, utc: str) -> None:
    digest = make_draft()
    schedule(digest, datetime(2026, 10, 25, 2, 30), "Europe/Berlin", fold=fold, now=NOW)
    due = datetime.fromisoformat(f"2026-10-25T{utc}+00:00")

    ticks = [datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(minutes=n) for n in range(0, 240, 10)]
    published = [(now, digests) for now in ticks if (digests := publish_due(now))]

    assert published == [(due, [digest])]
    stored = Digest.objects.get()
    assert (stored.status, stored.published_at, stored.publish_at) == ("published", due, None)
    assert PublicEvent.objects.count() == 1


def test_a_missed_tick_is_made_up_for() -> None:
    schedule(make_draft(), datetime(2026, 10, 24, 15), "UTC", now=NOW)

    assert publish_due(NOW + timedelta(days=3)) == [Digest.objects.get()]


def test_schedule_twice_is_one_change_and_unschedule_ends_it() -> None:
    digest, at = make_draft(), datetime(2026, 10, 24, 15)

    assert [schedule(digest, at, "UTC", now=NOW, seen=0), schedule(digest, at, "UTC", now=NOW, seen=0)] == [True, False]
    assert (digest.publish_at, digest.publish_zone, digest.revision) == (at.replace(tzinfo=UTC), "UTC", 1)
    assert [unschedule(digest, seen=1), unschedule(digest, seen=1)] == [True, False]

    assert publish_due(NOW + timedelta(days=3)) == []
    assert [said(one) for one in history.changes(digest)][:2] == [
        "no longer scheduled; waits for an editor",
        "scheduled for 24 Oct 2026, 15:00 UTC",
    ]


def test_schedule_says_what_changed_since_the_editor_looked() -> None:
    digest = make_draft()
    with history.change(digest.pk, history.Action.INTRO, by=None):
        pass

    with pytest.raises(Conflict) as raised:
        schedule(digest, datetime(2026, 10, 24, 15), "UTC", now=NOW, seen=0)

    assert raised.value.theirs.endswith("UTC: edited the intro")
    assert raised.value.overrule == {"revision": 1}


@pytest.mark.parametrize(
    ("at", "zone", "error"),
    [
        (datetime(2026, 10, 24, 11, 59), "UTC", "That time has passed"),
        (datetime(2026, 10, 24, 15), "Mars/Olympus", "isn’t a time zone"),
        (datetime(2026, 10, 24, 15), "../../etc/passwd", "isn’t a time zone"),
        (datetime(2026, 10, 24, 15), "", "isn’t a time zone"),
        (datetime(9999, 12, 31, 23, 59), "America/New_York", "outside the calendar"),
        (datetime(1, 1, 1), "Asia/Tokyo", "outside the calendar"),
    ],
)
def test_schedule_refuses_what_cannot_be(at: datetime, zone: str, error: str) -> None:
    with pytest.raises(Refused, match=error):
        schedule(make_draft(), at, zone, now=NOW)


def test_schedule_refuses_a_published_day() -> None:
    digest = make_draft()
    publish(digest, now=NOW)

    with pytest.raises(Refused, match="already published"):
        schedule(digest, datetime(2026, 10, 24, 15), "UTC", now=NOW)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("UTC", time(6, 30), "2026-10-24T06:30"),
        ("Europe/Berlin", time(6, 30), "2026-10-24T04:30"),
        ("Europe/Berlin", time(1, 0), "2026-10-24T23:00"),  # 01:00 on the 24th is before the UTC day is over
        ("America/New_York", time(18, 0), "2026-10-24T22:00"),
        ("America/New_York", time(20, 0), "2026-10-24T00:00"),
        ("Asia/Tokyo", time(9, 0), "2026-10-24T00:00"),
    ],
)
def test_time_of_rule_is_the_first_after_the_utc_day(settings: Settings, zone: str, at: time, expected: str) -> None:
    settings.TIME_ZONE = zone
    assert time_of_rule(DAY, at) == datetime.fromisoformat(f"{expected}+00:00")


def test_time_of_rule_comes_once_on_the_days_of_the_clock_change(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert time_of_rule(date(2026, 10, 24), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert time_of_rule(date(2026, 3, 28), time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def complete(day: date, state: str = "complete") -> None:
    CollectionDay.objects.create(date=day, state=state, papers_done_at=NOW, tweets_done_at=NOW)


def test_the_sites_rule_publishes_complete_days_with_nothing_to_mend_at_its_time(settings: Settings) -> None:
    settings.AUTO_PUBLISH_AT = time(13, 0)
    good, empty, incomplete, old, ignored = (make_draft(day) for day in (DAY, *(DAY - timedelta(days=n) for n in (1, 2, 30, 3))))
    for digest in (good, empty, old, ignored):
        complete(digest.date)
    complete(incomplete.date, "partial")
    empty.entries.all().delete()
    ignored.entries.all().delete()
    ignored.ignored_findings.create(finding="empty", at=NOW)
    make_draft(DAY - timedelta(days=4), publish_at=NOW + timedelta(days=9), publish_zone="UTC")
    complete(DAY - timedelta(days=4))

    assert publish_due(datetime(2026, 10, 24, 0, 30, tzinfo=UTC)) == [ignored]
    assert publish_due(NOW + timedelta(minutes=59)) == []
    assert publish_due(NOW + timedelta(minutes=60)) == [good]
    assert publish_due(NOW + timedelta(minutes=61)) == []


def test_the_sites_rule_is_off_by_default() -> None:
    complete(make_draft().date)

    assert publish_due(NOW + timedelta(days=1)) == []


def test_the_sites_rule_leaves_a_withdrawn_day_alone(settings: Settings) -> None:
    settings.AUTO_PUBLISH_AT = time(0, 0)
    complete(make_draft(status="withdrawn").date)

    assert publish_due(NOW) == []


def test_the_sites_rule_leaves_what_an_editor_said_not_to_publish(settings: Settings) -> None:
    settings.AUTO_PUBLISH_AT = time(0, 0)
    unscheduled, held = make_draft(), make_draft(DAY - timedelta(days=1))
    for digest in (unscheduled, held):
        complete(digest.date)
    schedule(unscheduled, datetime(2026, 10, 24, 15), "UTC", now=NOW)
    for digest in (unscheduled, held):
        assert rule_publishes_at(digest, NOW) == (time_of_rule(digest.date, time(0, 0)) if digest == held else None)
        assert [unschedule(digest), unschedule(digest)] == [True, False]
        assert rule_publishes_at(digest, NOW) is None

    assert publish_due(NOW + timedelta(hours=4)) == []

    schedule(held, datetime(2026, 10, 24, 15), "UTC", now=NOW)
    assert publish_due(NOW + timedelta(hours=4)) == [held]
    assert not Digest.objects.get(pk=held.pk).is_held


def test_a_scheduled_list_that_the_check_stops_waits_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    digest = make_draft()
    schedule(digest, datetime(2026, 10, 24, 15), "UTC", now=NOW)
    digest.entries.update(printed_otherwise={"abstract": ""})
    due = NOW + timedelta(hours=3)

    assert [publish_due(due), publish_due(due + timedelta(minutes=1))] == [[], []]

    stored = Digest.objects.get()
    assert (stored.status, stored.publish_at) == ("draft", due)
    assert [one.action for one in history.changes(stored)][:2] == ["stopped", "scheduled"]
    assert [record.getMessage() for record in caplog.records] == [
        f"Hot Papers {DAY}: not published on time: the check found unresolved problems"
    ]
    digest.entries.update(printed_otherwise=None)
    assert publish_due(due + timedelta(minutes=2)) == [digest]
