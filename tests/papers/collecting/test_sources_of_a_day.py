"""Each source of a day by itself: its attempts, its outage, and what a person has to look at."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from papers.collecting import days
from papers.models import CollectionDay, SourceDay, SourceHealth
from papers.sources.http import Transient
from tests.papers.collecting.judged_days import FRIDAY, NOON, judged, make_day

ARXIV, X = SourceHealth.Service.ARXIV, "x"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "synthetic"


def test_judge_counts_the_attempts_of_each_source() -> None:
    make_day()
    for _ in range(5):
        days.failed(FRIDAY, X, Transient("X is not available."), NOON)
    days.failed(FRIDAY, ARXIV, Transient("arXiv fails."), NOON)

    assert judged() == ("collecting", "arXiv fails. X is not available.")
    assert dict(SourceDay.objects.values_list("source", "attempts")) == {"x": 5, "arxiv": 1}


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (5, ("collecting", "X is not available (503).")),
        (
            6,
            (
                "failed",
                "X has been failing since 20 Nov 2026, 12:00 UTC (3 attempts) and needs attention. X is not available (503).",
            ),
        ),
    ],
)
def test_judge_calls_for_a_person_where_x_is_down_for_six_hours_and_papers_are_here(
    hours: int, expected: tuple[str, str]
) -> None:
    make_day(papers_done_at=NOON)
    for n in range(3):
        days.failed(FRIDAY, X, Transient("X is not available (503)."), NOON + timedelta(hours=n * hours / 2))

    assert CollectionDay.objects.values_list("state", "reason").get() == expected


def test_judge_counts_the_outage_anew_after_an_answer() -> None:
    row = make_day(papers_done_at=NOON)
    days.failed(FRIDAY, X, Transient("X is not available (503)."), NOON - timedelta(hours=9))
    days.answered(row, X)

    days.failed(FRIDAY, X, Transient("X is not available (503)."), NOON)

    assert judged() == ("collecting", "X is not available (503).")


def test_days_wanted_do_not_wait_for_what_a_clock_that_was_ahead_noted() -> None:
    make_day()
    days.failed(FRIDAY, ARXIV, Transient("arXiv fails."), NOON + timedelta(days=1))

    assert days.days_wanted(NOON) == [FRIDAY]
    assert days.claim(FRIDAY, NOON) is not None
