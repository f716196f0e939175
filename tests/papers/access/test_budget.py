"""The budget of paid reads: never exceeded, whoever asks at once, and every call in the ledger."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from papers.access import budget
from papers.models import PaidRead, ReadBudget
from papers.sources.http import Transient
from tests.at_once import at_once

NOW = datetime(2026, 11, 30, 22, tzinfo=UTC)
SWEEP = PaidRead.Purpose.SWEEP


def used() -> dict[str, int]:
    return dict(ReadBudget.objects.values_list("period", "reads"))


@pytest.mark.django_db
def test_reserve_counts_in_day_and_month_until_it_is_settled() -> None:
    reservation = budget.reserve(100, SWEEP, now=NOW)
    reserved = used()
    reservation.settle(37)

    assert reserved == {"2026-11-30": 100, "2026-11": 100}
    assert used() == {"2026-11-30": 37, "2026-11": 37}
    assert list(PaidRead.objects.values_list("purpose", "reserved", "reads", "cost_microdollars")) == [
        ("sweep", 100, 37, 185_000)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("setting", ["X_DAILY_READS", "X_MONTHLY_READS"])
def test_reserve_names_the_setting_that_does_not_allow_it(settings: Settings, setting: str) -> None:
    setattr(settings, setting, 150)
    budget.reserve(100, SWEEP, now=NOW)

    with pytest.raises(budget.BudgetSpent, match=setting) as raised:
        budget.reserve(51, SWEEP, now=NOW)

    assert raised.value.setting == setting
    assert used() == {"2026-11-30": 100, "2026-11": 100}
    assert budget.left(NOW) == 50
    assert str(budget.refusal(NOW)) == str(raised.value)


@pytest.mark.django_db
def test_reserve_begins_anew_with_the_next_day_and_month(settings: Settings) -> None:
    settings.X_DAILY_READS = settings.X_MONTHLY_READS = 100
    budget.reserve(100, SWEEP, now=NOW)

    assert budget.left(NOW) == 0
    assert budget.left(NOW + timedelta(days=1)) == 100


@pytest.mark.django_db
def test_settle_counts_more_than_was_reserved_where_x_returned_more() -> None:
    budget.reserve(10, SWEEP, now=NOW).settle(12)

    assert used() == {"2026-11-30": 12, "2026-11": 12}


def broken_off(cause: Exception | None, status: int | None) -> Transient:
    error = Transient("synthetic", status=status)
    error.__cause__ = cause
    return error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (broken_off(None, 503), 0),
        (broken_off(httpx.ConnectError("refused"), None), 0),
        (broken_off(httpx.ReadError("reset"), None), 100),
        (broken_off(None, 200), 100),
    ],
)
def test_failed_gives_back_what_was_certainly_not_charged(error: Transient, counted: int) -> None:
    budget.reserve(100, SWEEP, now=NOW).failed(error)

    assert used() == {"2026-11-30": counted, "2026-11": counted}


@pytest.mark.django_db
def test_reserve_takes_a_constant_number_of_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(6):  # with the savepoint of the test
        budget.reserve(100, SWEEP, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_reserve_is_never_exceeded_by_workers_at_once(settings: Settings) -> None:
    settings.X_DAILY_READS = 1_000

    def work(number: int) -> int:
        taken = 0
        with suppress(budget.BudgetSpent):
            for _ in range(10):
                budget.reserve(30, SWEEP, now=NOW).settle(30 - number)
                taken += 30 - number
        return taken

    taken = sum(at_once(*(partial(work, number) for number in range(8))))

    assert used() == {"2026-11-30": taken, "2026-11": taken}
    assert 970 < taken <= 1_000
