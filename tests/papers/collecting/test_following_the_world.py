"""A generated Bluesky, followed over breaks of every length: in the end the database says what the world says, to the last count."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from papers.access import networks
from papers.collecting.following import follow
from papers.collecting.open_days import collect_posts
from papers.counts.refreshing_open import refresh_posts
from papers.models import Mention, NetworkDay, Tweet
from papers.networks.bluesky.stream import Jetstream
from tests.factories import make_paper
from tests.standins.bluesky import PASSWORD, BlueskyStandin
from tests.standins.bluesky_world import BlueskyWorld
from tests.standins.jetstream import Fault, JetstreamStandin

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST_DAY = date(2026, 11, 16)
START = datetime(2026, 11, 16, 12, tzinfo=UTC)
LISTINGS = [(f"2611.9{day}{number:03}", FIRST_DAY + timedelta(days=day)) for day in range(4) for number in range(12)]
LENGTHS = [
    timedelta(**length)
    for length in ({"seconds": 1}, {"seconds": 29}, {"seconds": 31}, {"minutes": 5}, {"hours": 1}, {"hours": 9}, {"hours": 24})
] + [timedelta(hours=36) - timedelta(seconds=45)]


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> BlueskyWorld:
    for paper, day in LISTINGS:
        make_paper(arxiv_id=paper, listing_date=day)
    return BlueskyWorld(LISTINGS, clock, per_day=150)


@pytest.fixture
def hosts(world: BlueskyWorld, clock: Clock) -> Iterator[list[JetstreamStandin]]:
    with JetstreamStandin(clock, timetable=world.events) as first, JetstreamStandin(clock, timetable=world.events) as second:
        yield [first, second]


@pytest.fixture
def bluesky(world: BlueskyWorld, clock: Clock, settings: Settings) -> Iterator[BlueskyStandin]:
    with BlueskyStandin(clock) as standin:
        standin.add(*world.posts)
        settings.NETWORKS, settings.X_BEARER_TOKEN, settings.BLUESKY_API_BASE = ["bluesky"], "", standin.url
        yield standin


def catch_up(clock: Clock, hosts: list[JetstreamStandin]) -> None:
    stream = Jetstream([one.url for one in hosts], now=clock, sleep=lambda s: None, settle_s=0.1, every_s=0.05, silence_s=2)
    with time_machine.travel(clock.now, tick=False):
        follow("bluesky", stream, until_live=True, sleep=lambda s: None)


def read_all(clock: Clock) -> None:
    with time_machine.travel(clock.now, tick=False), networks.opened("bluesky") as network:
        tweets = Tweet.objects.of_open_networks()
        refresh_posts(network, tweets.due(now=clock.now), now=clock.now)
        refresh_posts(network, tweets.live(), now=clock.now)


def told(world: BlueskyWorld, at: datetime) -> dict[str, tuple[str, dict[str, int], tuple[str, ...]]]:
    """The world's truth: handle, counts and papers of each post that everybody can see."""
    live = [post for post in world.posts if post.posted_at <= at and post.is_live(at)]
    return {post.uri: (post.author.handle(at), post.counted(at), tuple(sorted(post.papers(at)))) for post in live}


def kept() -> dict[str, tuple[str, dict[str, int], tuple[str, ...]]]:
    papers: dict[str, list[str]] = {}
    for uri, paper in Mention.objects.order_by("paper__arxiv_id").values_list("tweet__status_id", "paper__arxiv_id"):
        papers.setdefault(uri, []).append(paper)
    live = Tweet.objects.live()
    return {tweet.status_id: (tweet.author_handle, tweet.counts, tuple(papers[tweet.status_id])) for tweet in live}


def test_breaks_of_every_length_up_to_the_lookback_lose_nothing(
    world: BlueskyWorld, hosts: list[JetstreamStandin], bluesky: BlueskyStandin, clock: Clock
) -> None:
    draw = random.Random(2)
    kinds = itertools.cycle(["abort", "cut", "close", "silence", "refuse"])
    catch_up(clock, hosts)
    for length in LENGTHS:
        clock.now += length
        for host in hosts:
            host.faults = [Fault(next(kinds), draw.randrange(400)) for _ in range(3)]  # type: ignore[arg-type]
            host.replay = timedelta(minutes=draw.choice((0, 0, 20, 60)))
        catch_up(clock, hosts)
        read_all(clock)
        assert kept() == told(world, clock.now), length
    assert len(kept()) > 300
    assert not NetworkDay.objects.exclude(missed=[]).exists()


def test_a_longer_break_is_told_and_filled_by_search(
    world: BlueskyWorld, hosts: list[JetstreamStandin], bluesky: BlueskyStandin, clock: Clock, settings: Settings
) -> None:
    catch_up(clock, hosts)
    clock.now += timedelta(hours=50)
    catch_up(clock, hosts)
    read_all(clock)
    expected = told(world, clock.now)
    lost = expected.keys() - kept().keys()
    assert lost
    gaps = NetworkDay.objects.exclude(missed=[])
    days = list(gaps.order_by("date").values_list("date", flat=True))
    assert days == [date(2026, 11, 16), date(2026, 11, 17)]
    settings.BLUESKY_HANDLE, settings.BLUESKY_APP_PASSWORD = bluesky.handle, PASSWORD
    with time_machine.travel(clock.now, tick=False), networks.opened("bluesky") as network:
        for day in days:
            collect_posts(day, network, now=clock.now)
    read_all(clock)
    assert kept() == expected
    assert not gaps.exists()
