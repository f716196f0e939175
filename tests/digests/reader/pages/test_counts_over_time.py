"""Readings over time: what they say of a paper, and how they are drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from digests.reader.pages import charts
from digests.reader.pages.counts_over_time import Gain, History, Moment, histories
from papers.models import Paper, PaperMeasurement, Provenance
from tests.factories import make_paper

START = datetime(2021, 5, 12, 6, tzinfo=UTC)


def reading(hours: float, score: int) -> Moment:
    return Moment(START + timedelta(hours=hours), score, 0)


def measure(paper: Paper, hours: int, score: int, provenance: Provenance = Provenance.NETWORK) -> None:
    at = START + timedelta(hours=hours)
    PaperMeasurement.objects.create(paper=paper, provenance=provenance, read_at=at, retweets=score, favorites=0)


@pytest.mark.django_db
def test_histories_never_mix_old_counts_with_those_of_the_network(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    both, old, none = make_paper(), make_paper(), make_paper()
    measure(both, 0, 9000, Provenance.POST)
    measure(both, 5, 20)
    measure(both, 1, 10)
    measure(old, 0, 700, Provenance.POST)

    with django_assert_num_queries(1):
        found = histories([both.pk, old.pk, none.pk])

    assert {pk: [one.score for one in history.readings] for pk, history in found.items()} == {both.pk: [10, 20], old.pk: [700]}


def test_gain_is_since_the_day_before() -> None:
    history = History((reading(0, 10), reading(5, 40), reading(20, 90), reading(30, 100)))

    assert history.gain == Gain(60, START + timedelta(hours=5))


def test_gain_of_less_than_a_day_is_since_the_first_reading() -> None:
    assert History((reading(0, 10), reading(5, 40))).gain == Gain(30, START)


def test_gain_after_one_reading_is_not_known() -> None:
    assert History((reading(0, 10),)).gain is None


@pytest.mark.parametrize(("amount", "words"), [(1312, "+1,312"), (-4, "−4"), (0, "±0")])
def test_gain_is_written_with_its_sign(amount: int, words: str) -> None:
    assert Gain(amount, START).signed == words


def test_line_goes_from_edge_to_edge_in_proportion_to_time() -> None:
    points = [(START, 0), (START + timedelta(hours=1), 5), (START + timedelta(hours=4), 10)]

    line = charts.line(points, width=100, height=20, top=10)

    assert line.points == "0,20 25,10 100,0"
    assert line.end == ("100", "0")
    assert line.area == "0,20 0,20 25,10 100,0 100,20"


def test_line_of_readings_at_one_moment_is_a_point() -> None:
    assert charts.line([(START, 3), (START, 3)], width=100, height=20, top=3, inset=2).points == "98,2 98,2"


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (7, 8), (9, 10), (10, 10), (910, 1000), (41_000, 50_000)]
)
def test_top_of_a_chart_is_round_and_halves(highest: int, top: int) -> None:
    assert charts.round_top(highest) == top
