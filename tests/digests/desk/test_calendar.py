"""The editors' calendar."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from digests.editing import history
from digests.models import Digest, PublicEvent
from digests.publishing.correcting import open_correction
from papers.models import CollectionDay
from tests.digests.desk.conftest import DAY, NOW
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_draft

pytestmark = pytest.mark.django_db
NOVEMBER = "/admin/calendar/2026/11/"


def day(number: int) -> date:
    return date(2026, 11, number)


def cells(client: Client, address: str = NOVEMBER) -> dict[str, str]:
    """What each day says, by its address."""
    page: Any = html.document_fromstring(client.get(address).content.decode())
    links = page.get_element_by_id("calendar").iter("a")
    return {link.get("href").split("/")[3]: " ".join(link.text_content().split()) for link in links}


def make_month() -> None:
    for number, state in ((2, "complete"), (3, "failed"), (4, "complete"), (5, "partial"), (7, "quiet"), (20, "collecting")):
        CollectionDay.objects.create(
            date=day(number), state=state, found_new=600, papers_done_at=NOW, reason="arXiv <b>failed</b>" if number == 3 else ""
        )
    ann = User.objects.get(username="ann")
    make_digest(day(2), papers=2)
    corrected = make_digest(day(4), papers=1)
    PublicEvent.objects.create(digest=corrected, kind=PublicEvent.Kind.CORRECTED, at=NOW)
    open_correction(corrected, by=ann)
    make_draft(day(6), publish_at=datetime.fromisoformat("2026-11-21T08:00Z"), publish_zone="UTC", papers=1)
    make_digest(day(9), status="withdrawn")
    with history.change(make_draft(day(10)).pk, history.Action.FORM, by=ann):
        pass


def test_month_tells_how_each_day_stands(ann: Client) -> None:
    make_month()
    said = cells(ann)

    assert len(said) == 42
    assert said["2026-11-02"] == "2 November, Monday: Published 2 papers of 600"
    assert said["2026-11-03"] == "3 November, Tuesday: No list 600 candidates arXiv <b>failed</b>"
    assert said["2026-11-04"] == "4 November, Wednesday: Corrected 1 paper of 600 correction not published Ann, 20 Nov"
    assert said["2026-11-05"] == "5 November, Thursday: No list 600 candidates"
    assert said["2026-11-06"] == "6 November, Friday: Scheduled 1 paper goes out 21 Nov 2026, 08:00 UTC"
    assert said["2026-11-07"] == "7 November, Saturday: Quiet (weekend or holiday) 600 candidates"
    assert said["2026-11-09"] == "9 November, Monday: Withdrawn 0 papers"
    assert said["2026-11-10"] == "10 November, Tuesday: Draft 0 papers Ann, 20 Nov"
    assert said["2026-11-20"] == "20 November, Friday: Collecting 600 candidates"
    assert said["2026-11-21"] == "21 November, Saturday:"
    assert said["2026-10-31"].startswith("31 Oct October, Saturday:")
    page = ann.get(NOVEMBER)
    assert page.context["month"].summary == "1 published, 1 corrected, 1 scheduled, 1 draft, 1 withdrawn, 2 without a list"


def test_queries_are_constant(ann: Client) -> None:
    make_month()
    taken = []
    for is_full in (False, True):
        if is_full:
            missing = [one for one in range(1, 31) if not Digest.objects.filter(date=day(one)).exists()]
            for one in [*map(day, missing), *(date(2025, 1, 1) + timedelta(days=n) for n in range(50))]:
                make_digest(one, papers=2)
        with CaptureQueriesContext(connection) as queries:
            ann.get(NOVEMBER)
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 12


def test_calendar_opens_on_the_newest_month_and_leads_to_the_others(ann: Client) -> None:
    assert ann.get("/admin/calendar/").headers["Location"] == NOVEMBER
    january = ann.get("/admin/calendar/2026/01/").content.decode()
    assert 'href="/admin/calendar/2025/12/"' in january
    assert 'href="/admin/calendar/2026/02/"' in january
    assert ann.get("/admin/calendar/2026/13/").status_code == 404


GONE_TO = [
    ("2026-11-18", "/admin/desk/2026-11-18/"),
    ("2026-02-30", "/admin/calendar/"),
    ("0001-01-01", "/admin/calendar/"),
    ("<b>", "/admin/calendar/"),
    ("", "/admin/calendar/"),
]


@pytest.mark.parametrize(("asked", "address"), GONE_TO)
def test_date_picker_leads_to_the_desk_of_a_day(ann: Client, asked: str, address: str) -> None:
    assert ann.get("/admin/desk/go", {"day": asked}).headers["Location"] == address


def test_calendar_is_for_those_who_see_the_desk() -> None:
    assert make_client(make_user(rights="papers.view_paper")).get(NOVEMBER).status_code == 403
    assert make_client(make_user(group="Viewer")).get(NOVEMBER).status_code == 200
    assert Client().get(NOVEMBER).status_code == 302


def test_desk_leads_to_the_calendar_and_to_any_day(ann: Client) -> None:
    page = ann.get(f"/admin/desk/{DAY}/").content.decode()
    assert f'href="{NOVEMBER}"' in page
    assert '<input type="date" name="day" value="2026-11-20" required>' in page
