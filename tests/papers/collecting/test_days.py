"""Which days there are, whose turn it is, and what is said about them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from papers.access.connections import no_key, note_failure
from papers.collecting import days
from papers.collecting.day_states import FAILED_AFTER
from papers.models import CollectionDay, NetworkDay, SourceDay, SourceHealth
from papers.sources.http import ServiceRefused, Transient
from tests.at_once import at_once
from tests.papers.collecting.judged_days import FRIDAY, NOON, judged, make_day

ARXIV, X = SourceHealth.Service.ARXIV, "x"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "synthetic"


def test_ensure_days_begins_with_today() -> None:
    days.ensure_days(NOON)

    assert list(CollectionDay.objects.values_list("date", "state")) == [(FRIDAY, "collecting")]


def test_ensure_days_fills_missed_days_with_weekends_and_holidays() -> None:
    make_day()

    days.ensure_days(datetime(2026, 11, 27, 3, tzinfo=UTC))

    assert list(CollectionDay.objects.order_by("date").values_list("date", "state")) == [
        (date(2026, 11, 20), "collecting"),
        (date(2026, 11, 21), "quiet"),
        (date(2026, 11, 22), "quiet"),
        (date(2026, 11, 23), "collecting"),
        (date(2026, 11, 24), "collecting"),
        (date(2026, 11, 25), "collecting"),
        (date(2026, 11, 26), "collecting"),
        (date(2026, 11, 27), "quiet"),
    ]
    assert CollectionDay.objects.get(date=date(2026, 11, 21)).reason == "arXiv announces nothing on weekends."
    assert CollectionDay.objects.get(date=date(2026, 11, 27)).reason == "arXiv has a holiday, according to its calendar."


def test_ensure_days_goes_no_further_back_than_arxiv_does(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_day(date(2021, 5, 12))

    with django_assert_num_queries(3):
        days.ensure_days(NOON)

    assert CollectionDay.objects.count() == 1 + 91
    assert CollectionDay.objects.order_by("date")[1].date == FRIDAY - timedelta(days=90)


def test_ensure_days_leaves_known_days_alone() -> None:
    make_day(state="failed", reason="as it was")

    days.ensure_days(NOON)

    assert CollectionDay.objects.get().reason == "as it was"


def test_days_wanted_are_those_that_lack_something_and_are_due_oldest_first() -> None:
    done = {"papers_done_at": NOON, "tweets_done_at": NOON}
    make_day(date(2026, 11, 16))
    make_day(date(2026, 11, 17), state="complete", **done)
    NetworkDay.objects.create(date=date(2026, 11, 17), network="x", done_at=NOON)
    make_day(date(2026, 11, 18), papers_done_at=NOON)
    make_day(date(2026, 11, 19), next_try_at=NOON + timedelta(seconds=1))

    assert days.days_wanted(NOON) == [date(2026, 11, 16), date(2026, 11, 18), FRIDAY]
    assert days.days_wanted(NOON + timedelta(seconds=1)) == [date(2026, 11, day) for day in (16, 18, 19, 20)]


def test_days_wanted_are_those_without_papers_where_there_is_no_key(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""
    make_day(date(2026, 11, 19), papers_done_at=NOON)

    assert days.days_wanted(NOON) == [FRIDAY]


def test_days_wanted_waits_for_the_announcement() -> None:
    early = datetime(2026, 11, 20, 1, tzinfo=UTC)

    make_day(FRIDAY - timedelta(days=1), papers_done_at=early)
    NetworkDay.objects.create(network="x", date=FRIDAY - timedelta(days=1), done_at=early)

    assert days.days_wanted(early) == []
    assert CollectionDay.objects.values_list("state", "reason").get(date=FRIDAY) == (
        "not_announced",
        "arXiv hasn't announced it yet; that is expected from 20 Nov 2026, 05:10 UTC.",
    )
    assert days.days_wanted(datetime(2026, 11, 20, 5, 10, tzinfo=UTC)) == [FRIDAY]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 11, 20, 5, 10, tzinfo=UTC), FRIDAY),
        (datetime(2026, 11, 20, 1, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), FRIDAY),  # a Sunday
        (datetime(2026, 11, 27, 12, tzinfo=UTC), date(2026, 11, 26)),  # no listing on the day after Thanksgiving
    ],
)
def test_the_first_run_begins_with_the_newest_announced_day(now: datetime, first: date) -> None:
    assert days.days_wanted(now)[0] == first
    assert CollectionDay.objects.order_by("date").values_list("date", flat=True)[0] == first


def test_days_wanted_has_weekends_for_their_tweets() -> None:
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert days.days_wanted(saturday) == [FRIDAY, saturday.date()]


@pytest.mark.django_db(transaction=True)
def test_claim_has_one_winner() -> None:
    make_day()

    won = at_once(*[lambda: days.claim(FRIDAY, NOON) is not None] * 16)

    assert won.count(True) == 1


def test_claim_ends_with_its_release_and_with_its_time() -> None:
    make_day()
    days.claim(FRIDAY, NOON)

    assert days.claim(FRIDAY, NOON + days.CLAIM - timedelta(seconds=1)) is None
    assert days.claim(FRIDAY, NOON + days.CLAIM) is not None
    days.release(FRIDAY)
    assert days.claim(FRIDAY, NOON) is not None


def test_failed_waits_longer_each_time_up_to_an_hour() -> None:
    make_day()
    waits = []
    for _ in range(6):
        days.failed(FRIDAY, ARXIV, Transient("arXiv fails."), NOON)
        row = CollectionDay.objects.get()
        assert row.next_try_at
        waits.append((row.next_try_at - NOON) // timedelta(minutes=1))

    assert waits == [5, 10, 20, 40, 60, 60]


def test_failed_waits_as_long_as_the_service_asks() -> None:
    make_day()
    days.failed(FRIDAY, ARXIV, Transient("arXiv fails.", wait_s=3600), NOON)

    assert CollectionDay.objects.get().next_try_at == NOON + timedelta(hours=1)


def test_judge_tells_a_failure_that_goes_by_from_one_that_needs_a_person() -> None:
    make_day()
    days.failed(FRIDAY, ARXIV, Transient("arXiv fails."), NOON)
    at_first = CollectionDay.objects.get()
    days.failed(FRIDAY, ARXIV, ServiceRefused("arXiv denies us access.", setting="CONTACT_EMAIL"), NOON)
    refused = CollectionDay.objects.get()

    assert (at_first.state, at_first.reason.partition(" The day")[0]) == ("collecting", "arXiv fails.")
    assert (refused.state, refused.reason.partition(" The day")[0]) == ("failed", "arXiv denies us access.")


def test_judge_takes_many_attempts_in_vain_for_a_failed_day() -> None:
    SourceDay.objects.create(day=make_day(), source=ARXIV, attempts=FAILED_AFTER - 1)
    days.failed(FRIDAY, ARXIV, Transient("arXiv fails."), NOON)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason.partition(" The day")[0]) == ("failed", "6 attempts in a row failed. arXiv fails.")


def test_judge_does_not_add_its_words_up(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""
    make_day(state="not_announced")
    early = datetime(2026, 11, 20, 1, tzinfo=UTC)

    assert judged(now=early) == judged(now=early)
    assert judged(now=early)[0] == "not_announced"


def test_judge_says_which_key_is_not_set(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""
    make_day(papers_done_at=NOON)

    state, reason = judged()
    assert state == "partial"
    assert reason.startswith("X_BEARER_TOKEN is not set")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("collecting", "Its papers haven't been collected yet. Posts are not collected yet.")),
        (
            {"listing_source": "catchup", "expected_new": 1000, "found_new": 990, "tweets_done_at": NOON},
            ("partial", "990 of 1,000 new papers have arrived with their abstracts; the others will be asked for again."),
        ),
        (
            {"listing_source": "feed", "found_new": 990, "tweets_done_at": NOON},
            (
                "partial",
                "990 papers were collected but not checked, because arXiv's listing can't be read or is behind its feed.",
            ),
        ),
        ({"papers_done_at": NOON, "tweets_done_at": NOON}, ("complete", "")),
        (
            {"papers_done_at": NOON, "tweets_done_at": NOON, "listing_source": "window"},
            (
                "complete",
                "Approximate: its papers were found by their submission time, because arXiv's list of the day is gone.",
            ),
        ),
        ({"state": "quiet", "reason": "as it was", "tweets_done_at": NOON}, ("quiet", "as it was")),
    ],
)
def test_judge_follows_from_what_is_here(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    make_day(**fields)

    assert judged(now=NOON + timedelta(days=1)) == expected


def test_judge_says_until_when_posts_are_collected() -> None:
    make_day(papers_done_at=NOON)
    NetworkDay.objects.create(date=FRIDAY, network="x", collected_until=NOON)

    assert judged(now=NOON + timedelta(days=1)) == ("collecting", "Posts are collected until 12:00 UTC.")


def test_judge_calls_a_past_day_partial_while_x_fails() -> None:
    make_day(papers_done_at=NOON)
    note_failure(X, Transient("X is not available."), NOON)

    assert judged() == ("collecting", "X is not available.")
    assert judged(now=NOON + timedelta(days=1)) == ("partial", "X is not available.")


def test_day_does_not_blame_a_key_that_is_set_by_now() -> None:
    make_day(papers_done_at=NOON)
    note_failure(X, no_key(), NOON)

    assert judged() == ("collecting", "The day isn't over; posts are not collected yet.")


def test_day_says_once_what_stops_both_of_its_sources() -> None:
    make_day()
    for service in (ARXIV, X):
        days.failed(FRIDAY, service, Transient("127.0.0.1 could not be reached."), NOON)

    assert judged() == ("collecting", "127.0.0.1 could not be reached.")
