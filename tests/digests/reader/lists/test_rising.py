"""Papers on the rise: gains that readings from the network tell, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader.lists.rising import rising
from papers.models import Paper, PaperMeasurement, Provenance
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def measured(*readings: tuple[float, int, int], provenance: str = Provenance.NETWORK) -> Paper:
    """A new paper with counts (hours ago, retweets, favorites)."""
    paper = make_paper(listing_date=date(2026, 11, 20))
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(
            paper=paper, read_at=NOW - timedelta(hours=hours), provenance=provenance, retweets=retweets, favorites=favorites
        )
        for hours, retweets, favorites in readings
    )
    return paper


def publish(*papers: Paper, day: date = date(2026, 11, 20), status: str = Digest.Status.PUBLISHED) -> None:
    digest = make_digest(day, status=status)
    for paper in papers:
        make_entry(digest, paper)


def test_rising_papers_stand_by_what_they_gained() -> None:
    slow = measured((30, 10, 10), (26, 11, 12), (1, 12, 15))
    fast = measured((25, 5, 5), (12, 30, 50), (2, 40, 60))
    publish(slow, fast)

    found = rising(NOW)

    assert [(one.entry.paper, one.gained, one.gain) for one in found] == [
        (fast, {"x": {"retweets": 35, "favorites": 55}}, 90),
        (slow, {"x": {"retweets": 1, "favorites": 3}}, 4),
    ]
    assert (found[0].before.read_at, found[0].now.read_at) == (NOW - timedelta(hours=25), NOW - timedelta(hours=2))


def test_paper_of_another_network_rises_by_its_points_and_tells_what_grew_in_its_own_words() -> None:
    paper = measured((25, 0, 0), (1, 0, 0))
    before, now = paper.measurements.order_by("read_at")
    for reading, points, comments in ((before, 10, 8), (now, 90, 5)):
        reading.counts, reading.extra_points = {"hackernews": {"points": points, "comments": comments}}, points
        reading.save()
    publish(paper)

    [one] = rising(NOW)

    assert (one.gain, one.gained) == (80, {"hackernews": {"points": 80}})


def test_paper_first_read_within_the_window_gained_since_then() -> None:
    paper = measured((20, 10, 0), (10, 15, 0), (1, 22, 0))
    publish(paper)

    [one] = rising(NOW)

    assert (one.gain, one.before.read_at) == (12, NOW - timedelta(hours=20))


def test_window_may_be_longer() -> None:
    paper = measured((50, 10, 0), (25, 40, 0), (1, 42, 0))
    publish(paper)

    assert [one.gain for one in rising(NOW)] == [2]
    assert [one.gain for one in rising(NOW, timedelta(hours=48))] == [32]


@pytest.mark.parametrize(
    "readings",
    [
        [(25, 50, 50), (1, 50, 50)],  # nothing gained
        [(25, 50, 50), (1, 40, 40)],  # a tweet was deleted
        [(1, 50, 50)],  # read once
        [(60, 1, 1), (1, 50, 50)],  # nobody knows when it rose
        [(40, 1, 1), (30, 50, 50)],  # not read within the window
        [(25, 1, 1), (-5, 50, 50)],  # not read yet
    ],
)
def test_paper_whose_gain_is_none_or_not_known_does_not_rise(readings: list[tuple[float, int, int]]) -> None:
    publish(measured(*readings))

    assert rising(NOW) == []


def test_old_counts_never_mix_with_those_from_the_network() -> None:
    paper = measured((25, 1000, 1000), (2, 2000, 2000), provenance=Provenance.POST)
    PaperMeasurement.objects.create(
        paper=paper, read_at=NOW - timedelta(hours=1), provenance=Provenance.NETWORK, retweets=5000, favorites=0
    )
    publish(paper)

    assert rising(NOW) == []


def test_only_published_papers_rise_each_once() -> None:
    hidden, shown = (measured((25, 1, 1), (1, 9, 9)) for _ in range(2))
    publish(hidden, day=date(2026, 11, 19), status=Digest.Status.DRAFT)
    publish(shown, day=date(2026, 11, 18))
    publish(shown, day=date(2026, 11, 20))

    assert [(one.entry.paper, one.entry.digest.date) for one in rising(NOW)] == [(shown, date(2026, 11, 20))]


@pytest.mark.parametrize("papers", [1, 5])
def test_rising_takes_a_constant_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries, papers: int) -> None:
    publish(*(measured((25, 1, 1), (1, 9, 9)) for _ in range(papers)))

    with django_assert_num_queries(4):
        assert len(rising(NOW)) == papers
