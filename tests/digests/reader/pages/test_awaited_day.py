"""Home never takes an old list for today's: it says of which day the latest one is, and what is going on."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from digests.page_cache import middleware
from papers.models import CollectionDay
from tests.digests.reader.pages.reading_pages import text_of
from tests.factories import READ_AT, make_digest

WEDNESDAY = date(2021, 5, 12)
NOW = datetime(2021, 5, 12, 9, tzinfo=UTC)
SUNDAY = datetime(2021, 5, 16, 9, tzinfo=UTC)


def said(client: Client, address: str = "/") -> list[str]:
    return re.findall(r'<p class="truth"><span>(.*?)</span>', text_of(client, address))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "are_here", "told"),
    [
        (None, False, "The papers of Wednesday, 12 May 2021 haven’t been collected yet."),
        ("not_announced", False, "arXiv hasn’t announced the papers of Wednesday, 12 May 2021 yet."),
        ("collecting", False, "The papers of Wednesday, 12 May 2021 are being collected."),
        ("complete", True, "The papers of Wednesday, 12 May 2021 are collected; their list isn’t out yet."),
        ("partial", False, "Some papers of Wednesday, 12 May 2021 are still missing."),
        ("failed", False, "The papers of Wednesday, 12 May 2021 couldn’t be collected yet."),
        ("quiet", False, "arXiv announced no papers on Wednesday, 12 May 2021."),
        ("collecting", True, "The papers of Wednesday, 12 May 2021 are collected; posts about them are still being collected."),
        ("partial", True, "The papers of Wednesday, 12 May 2021 are collected, but not all posts about them."),
        (
            "failed",
            True,
            "The papers of Wednesday, 12 May 2021 are collected, but posts about them couldn’t be collected yet.",
        ),
    ],
)
def test_home_says_what_is_going_on(client: Client, state: str | None, are_here: bool, told: str) -> None:
    if state:
        done_at = READ_AT if are_here else None
        CollectionDay.objects.create(date=WEDNESDAY, state=state, reason="X_BEARER_TOKEN is not set", papers_done_at=done_at)

    with time_machine.travel(NOW, tick=False):
        first = said(client)
        make_digest(date(2021, 5, 11), papers=1)
        later = said(client)
        older = said(client, "/?before=2021-05-12")

    assert first == [told]
    assert later == [f"The latest list is that of Tuesday, 11 May 2021. {told}"]
    assert older == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["collecting", "partial"])
def test_home_says_how_many_papers_have_come(client: Client, state: str) -> None:
    day = CollectionDay.objects.create(date=WEDNESDAY, state=state, expected_new=1640, found_new=412)

    with time_machine.travel(NOW, tick=False):
        page = text_of(client, "/")
        day.papers_done_at = READ_AT
        day.save()
        after = text_of(client, "/")

    assert "The list of Wednesday, 12 May 2021 isn’t out yet</h2>" in page
    assert '<progress value="412" max="1640" aria-label="Papers collected">412 of 1,640</progress>' in page
    assert "Collecting the papers of Wednesday, 12 May 2021: 412 of 1,640." in page
    assert '<a href="/days/2021-05-12">See what’s happening</a>' in page
    assert "<progress" not in after


@pytest.mark.django_db
def test_home_awaits_no_list_of_a_day_without_an_announcement(client: Client) -> None:
    CollectionDay.objects.create(date=WEDNESDAY, state="quiet")

    with time_machine.travel(NOW, tick=False):
        page = text_of(client, "/")

    assert "isn’t out yet" not in page and "See what’s happening" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("now", "day"), [(NOW, WEDNESDAY), (SUNDAY, date(2021, 5, 14))])
def test_home_is_silent_beside_the_list_of_the_last_listing_day(client: Client, now: datetime, day: date) -> None:
    make_digest(day, papers=1)

    with time_machine.travel(now, tick=False):
        assert said(client) == []


@pytest.mark.django_db
def test_home_tells_of_the_newest_announced_day_before_today_s_announcement(client: Client) -> None:
    make_digest(date(2021, 5, 10), papers=1)
    CollectionDay.objects.create(date=date(2021, 5, 11), state="collecting")
    early = datetime(2021, 5, 12, 1, tzinfo=UTC)

    with time_machine.travel(early, tick=False):
        before = said(client)
        make_digest(date(2021, 5, 11), papers=1)
        after = said(client)

    assert before == ["The latest list is that of Monday, 10 May 2021. The papers of Tuesday, 11 May 2021 are being collected."]
    assert after == [
        "The latest list is that of Tuesday, 11 May 2021. The papers of Wednesday, 12 May 2021 haven’t been collected yet."
    ]


@pytest.mark.django_db(transaction=True)
def test_home_that_is_held_follows_the_collection(client: Client) -> None:
    make_digest(date(2021, 5, 11), papers=1)
    middleware.cache.clear()

    with time_machine.travel(NOW, tick=False):
        before = said(client)
        day = CollectionDay.objects.create(date=WEDNESDAY, state=CollectionDay.State.COLLECTING)
        during = said(client)
        day.state = CollectionDay.State.PARTIAL
        day.save()
        after = said(client)

    assert [one[0].split("2021. ")[1] for one in (before, during, after)] == [
        "The papers of Wednesday, 12 May 2021 haven’t been collected yet.",
        "The papers of Wednesday, 12 May 2021 are being collected.",
        "Some papers of Wednesday, 12 May 2021 are still missing.",
    ]


@pytest.mark.django_db(transaction=True)
def test_home_that_is_held_over_night_hears_of_the_new_day(client: Client) -> None:
    make_digest(WEDNESDAY, papers=1)
    middleware.cache.clear()

    with time_machine.travel(NOW, tick=False):
        assert said(client) == []
    with time_machine.travel(datetime(2021, 5, 13, 3, tzinfo=UTC), tick=False):
        CollectionDay.objects.create(date=date(2021, 5, 13), state=CollectionDay.State.COLLECTING)
        assert said(client) == [
            "The latest list is that of Wednesday, 12 May 2021. The papers of Thursday, 13 May 2021 are being collected."
        ]
