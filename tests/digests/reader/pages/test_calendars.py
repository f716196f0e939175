"""The archive by year and month."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader.pages.calendars import calendar_of, month_of, years
from papers.models import CollectionDay
from tests.factories import make_digest

pytestmark = pytest.mark.django_db


def test_month_says_what_became_of_each_day() -> None:
    make_digest(date(2021, 5, 12), papers=3)
    make_digest(date(2021, 5, 13))
    make_digest(date(2021, 5, 14), status=Digest.Status.WITHDRAWN)
    make_digest(date(2021, 5, 17), papers=1, status=Digest.Status.DRAFT)
    make_digest(date(2021, 6, 1), papers=1)
    for day in (12, 15, 17):
        CollectionDay.objects.create(date=date(2021, 5, day), state=CollectionDay.State.QUIET)

    month = month_of(date(2021, 5, 1))

    days = {day.date: day for week in month.weeks for day in week}
    found = {day.date.day: (day.papers, day.status) for day in days.values() if day.is_in_month and day.status}
    assert found == {
        12: (3, "published"),
        13: (0, "published"),
        14: (None, "withdrawn"),
        15: (None, "quiet"),
        17: (None, "quiet"),
    }
    assert (month.days, month.papers) == (2, 3)
    assert [len(week) for week in month.weeks] == [7] * 6
    assert min(days) == date(2021, 4, 26)
    assert days[date(2021, 6, 1)].is_in_month is False


def test_year_has_twelve_months_and_knows_the_others() -> None:
    for day in (date(2019, 12, 31), date(2021, 1, 1), date(2021, 12, 31)):
        make_digest(day, papers=2)

    year = calendar_of(2021)

    assert [month.papers for month in year.months] == [2, *[0] * 10, 2]
    assert (year.days, year.papers, list(year.years)) == (2, 4, [2021, 2020, 2019])


def test_archive_without_a_list_has_no_years() -> None:
    make_digest(date(2021, 5, 12), status=Digest.Status.DRAFT)

    assert list(years()) == []


@pytest.mark.parametrize("papers", [1, 4])
def test_calendar_takes_a_constant_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries, papers: int) -> None:
    for day in range(1, 2 + papers):
        make_digest(date(2021, 5, day), papers=papers)

    with django_assert_num_queries(5):
        calendar_of(2021)


def test_days_are_the_warmer_the_longer_their_list_is_and_empty_months_are_told() -> None:
    for day, papers in ((3, 8), (4, 3), (5, 1), (6, 0)):
        make_digest(date(2021, 5, day), papers=papers)
    CollectionDay.objects.create(date=date(2021, 7, 1), state=CollectionDay.State.QUIET)

    year = calendar_of(2021)

    heats = {day.date.day: day.heat for week in year.months[4].weeks for day in week if day.is_in_month and day.status}
    assert heats == {3: 4, 4: 2, 5: 1, 6: 0}
    assert [month.first.month for month in year.months if not month.is_empty] == [5, 7]
