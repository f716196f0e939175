from datetime import UTC, datetime, timedelta

import pytest

from papers.charts import found_of_expected, history, round_up, under_limit

START = datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_history_is_drawn_to_scale_and_told_in_words() -> None:
    moments = [START + timedelta(hours=hours) for hours in (0, 1, 4)]
    chart = history("Counts", moments, {"retweets": [0, 5, 10], "favorites": [20, 40, 37]})

    assert chart is not None
    assert [series.path for series in chart.series] == ["0,200 250,175 1000,150", "0,100 250,0 1000,15"]
    assert (
        chart.summary
        == "3 readings from 2026-11-20 06:00 to 2026-11-20 10:00 UTC: retweets from 0 to 10 and favorites from 20 to 37."
    )
    assert chart.rows[0] == ["2026-11-20 10:00", "10", "37"]
    assert chart.series[1].marks[1].says == "2026-11-20 07:00: 40 favorites"


@pytest.mark.parametrize("moments", [[], [START]])
def test_fewer_than_two_readings_make_no_chart(moments: list[datetime]) -> None:
    assert history("Counts", moments, {"points": [1] * len(moments)}) is None


def test_readings_of_one_moment_make_a_chart() -> None:
    chart = history("Counts", [START, START], {"points": [1, 1], "comments": [2, 2]})

    assert chart is not None
    assert chart.series[0].path == "0,100 0,100"


def test_days_that_lack_papers_are_named() -> None:
    chart = found_of_expected("Papers", [("2026-11-18", 200, 200), ("2026-11-19", 150, 200), ("2026-11-20", 10, None)])

    assert chart is not None
    assert chart.summary == "3 days from 2026-11-18 to 2026-11-20: fewer than expected on 2026-11-19."
    assert chart.rows == [["2026-11-20", "10", "not known"], ["2026-11-19", "150", "200"], ["2026-11-18", "200", "200"]]
    assert {series.name: len(series.marks) for series in chart.series} == {"expected": 2, "found": 3}
    assert [mark.height for mark in chart.series[1].marks] == [200, 150, 10]


def test_many_days_that_lack_papers_are_counted() -> None:
    chart = found_of_expected("Papers", [(f"2026-11-{day}", 1, 2) for day in range(10, 20)])

    assert chart is not None
    assert "fewer than expected on 10 days, most recently on 2026-11-15, 2026-11-16" in chart.summary


def test_limit_is_a_line_that_bars_stay_under() -> None:
    chart = under_limit("Reads", "reads", [("2026-11-19", 900), ("2026-11-20", 250)], 1000)

    assert chart is not None
    assert chart.summary == "250 of 1,000 reads on 2026-11-20; the most since 2026-11-19 were 900 on 2026-11-19."
    assert chart.series[1].path == "0,0 1000,0"
    assert [(mark.x, mark.y, mark.width) for mark in chart.series[0].marks] == [(62.5, 20, 375), (562.5, 150, 375)]


@pytest.mark.parametrize(("count", "edge"), [(0, 1), (1, 1), (9, 9), (37, 40), (100, 100), (1204, 2000)])
def test_the_upper_edge_is_a_round_number(count: int, edge: int) -> None:
    assert round_up(count) == edge
