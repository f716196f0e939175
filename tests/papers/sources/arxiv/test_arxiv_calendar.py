from datetime import UTC, date, datetime, timedelta

import pytest

from papers.sources.arxiv.calendar import DEFERRED_2026, AnnouncementCalendar

CALENDAR = AnnouncementCalendar()


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        # The table of arXiv's page, in a week without holidays; Eastern daylight time is UTC-4.
        (date(2026, 10, 12), datetime(2026, 10, 8, 18, tzinfo=UTC), datetime(2026, 10, 9, 18, tzinfo=UTC)),
        (date(2026, 10, 13), datetime(2026, 10, 9, 18, tzinfo=UTC), datetime(2026, 10, 12, 18, tzinfo=UTC)),
        (date(2026, 10, 14), datetime(2026, 10, 12, 18, tzinfo=UTC), datetime(2026, 10, 13, 18, tzinfo=UTC)),
        (date(2026, 10, 15), datetime(2026, 10, 13, 18, tzinfo=UTC), datetime(2026, 10, 14, 18, tzinfo=UTC)),
        (date(2026, 10, 16), datetime(2026, 10, 14, 18, tzinfo=UTC), datetime(2026, 10, 15, 18, tzinfo=UTC)),
        # The clocks go back on Sunday 2026-11-01 and forward on Sunday 2026-03-08.
        (date(2026, 11, 3), datetime(2026, 10, 30, 18, tzinfo=UTC), datetime(2026, 11, 2, 19, tzinfo=UTC)),
        (date(2026, 3, 10), datetime(2026, 3, 6, 19, tzinfo=UTC), datetime(2026, 3, 9, 18, tzinfo=UTC)),
    ],
)
def test_submission_window_follows_the_published_table(day: date, start: datetime, end: datetime) -> None:
    assert CALENDAR.submission_window(day) == (start, end)


def test_submission_window_takes_in_a_deferred_mailing() -> None:
    wednesday_after_labor_day = date(2026, 9, 9)

    assert CALENDAR.submission_window(wednesday_after_labor_day) == (
        datetime(2026, 9, 4, 18, tzinfo=UTC),
        datetime(2026, 9, 8, 18, tzinfo=UTC),
    )


def test_submission_windows_of_a_year_leave_no_gap_and_no_overlap() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    windows = [CALENDAR.submission_window(day) for day in days if CALENDAR.is_listing_day(day)]

    assert [end for _, end in windows[:-1]] == [start for start, _ in windows[1:]]


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        (date(2026, 10, 16), True),
        (date(2026, 10, 17), False),
        (date(2026, 10, 18), False),
        (date(2026, 10, 19), True),
        (date(2026, 9, 7), True),
        (date(2026, 9, 8), False),
        (date(2026, 7, 3), True),
        (date(2026, 7, 6), False),
        (date(2026, 11, 27), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 30), False),
        (date(2027, 1, 1), False),
    ],
)
def test_listing_day_is_a_weekday_whose_mailing_was_not_deferred(day: date, listed: bool) -> None:
    assert CALENDAR.is_listing_day(day) is listed


def test_listing_day_knows_configured_holidays() -> None:
    calendar = AnnouncementCalendar(DEFERRED_2026 | {date(2026, 10, 14)})

    assert [calendar.is_listing_day(date(2026, 10, day)) for day in (14, 15, 16)] == [True, False, True]


def test_previous_listing_day_skips_weekends_and_deferred_mailings() -> None:
    assert CALENDAR.previous_listing_day(date(2026, 10, 19)) == date(2026, 10, 16)
    assert CALENDAR.previous_listing_day(date(2026, 9, 9)) == date(2026, 9, 7)
    assert CALENDAR.previous_listing_day(date(2026, 10, 18)) == date(2026, 10, 16)


def test_expected_at_is_ten_past_midnight_eastern() -> None:
    assert CALENDAR.expected_at(date(2026, 10, 30)) == datetime(2026, 10, 30, 4, 10, tzinfo=UTC)
    assert CALENDAR.expected_at(date(2026, 11, 2)) == datetime(2026, 11, 2, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 10, 12), date(2026, 9, 9), date(2026, 11, 3)])
def test_listing_day_of_a_submission_is_the_one_whose_window_it_is_in(day: date) -> None:
    start, end = CALENDAR.submission_window(day)

    assert CALENDAR.listing_day_of(start) == day
    assert CALENDAR.listing_day_of(end - timedelta(seconds=1)) == day
    assert CALENDAR.listing_day_of(end) > day
