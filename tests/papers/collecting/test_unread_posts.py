"""A post of an open network that cannot be read costs itself, and is told with its day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from papers.access import networks
from papers.collecting.following import follow
from papers.collecting.open_days import collect_posts
from papers.models import CollectionDay, Tweet
from tests.papers.open_networks import NOW, OpenNetworks
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def world(world: OpenNetworks) -> OpenNetworks:
    CollectionDay.objects.create(date=DAY)
    return world


def collect(name: str) -> str:
    """What is said of the day then."""
    with networks.opened(name, attempts=1) as network:
        collect_posts(DAY, network, now=NOW)
    return CollectionDay.objects.get().reason


def test_a_story_that_cannot_be_read_is_named_until_it_can(world: OpenNetworks) -> None:
    world.hackernews.add(*(Story(90000000 + n, MORNING, f"https://arxiv.org/abs/2611.9000{n}") for n in range(1, 4)))
    world.hackernews.damaged[90000002] = frozenset({"created_at_i", "created_at"})

    told = collect("hackernews")
    again = collect("hackernews")
    world.hackernews.damaged.clear()
    mended = collect("hackernews")

    assert "1 post of Hacker News could not be read: 90000002 lacks an id or a moment." in told
    assert again == told
    assert "could not be read" not in mended
    assert Tweet.objects.count() == 3


def test_papers_that_cannot_be_read_are_counted(world: OpenNetworks) -> None:
    world.huggingface.add(*(DailyPaper(f"2611.9000{n}", MORNING) for n in range(1, 7)))
    world.huggingface.damaged = {"2611.90002": frozenset({"id"}), "2611.90004": frozenset({"id"})}

    told = collect("huggingface")

    assert "2 posts of Hugging Face could not be read: 2 without an arXiv id." in told
    assert set(Tweet.objects.values_list("status_id", flat=True)) == {f"2611.9000{n}" for n in (1, 3, 5, 6)}


def test_frames_of_a_stream_that_cannot_be_read_are_counted(world: OpenNetworks) -> None:
    for n in range(2):
        world.stream.say(MORNING + timedelta(minutes=n), b'{"did":"did:plc:a", "text":"arxiv.org/abs/2611.90001"')
    world.stream.tick(NOW)

    follow("bluesky", networks.stream("bluesky"), until_live=True, sleep=lambda s: None)

    assert "2 posts of Bluesky could not be read: 2 without JSON with an author and a moment." in collect("bluesky")
