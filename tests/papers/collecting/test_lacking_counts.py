"""A post that an open network gives without the count that matters: never zero, never silently unread, told with its day."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from papers.access import networks
from papers.collecting.following import follow
from papers.collecting.open_days import collect_posts
from papers.models import CollectionDay, SourceHealth, Tweet
from papers.networks.registry import KINDS
from papers.ranking.candidates import candidates
from tests.factories import make_paper
from tests.papers.open_networks import NOW, OpenNetworks
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running_product")]
LATER = NOW + timedelta(hours=1)
DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
Hide = Callable[[OpenNetworks, int], None]


@pytest.fixture
def world(world: OpenNetworks) -> OpenNetworks:
    CollectionDay.objects.create(date=DAY)
    for n in range(4):
        paper = make_paper(arxiv_id=f"2611.9000{n}", listing_date=DAY)
        url = f"https://arxiv.org/abs/{paper.arxiv_id}"
        post = BlueskyPost(f"did:plc:a{n}", "3k", MORNING, embed=external(url))
        world.bluesky.add(post)
        world.stream.post(post)
        world.hackernews.add(Story(90000000 + n, MORNING, url))
        world.huggingface.add(DailyPaper(paper.arxiv_id, MORNING))
    world.stream.tick(NOW)
    return world


def bluesky(world: OpenNetworks, n: int) -> None:
    world.bluesky.changes[f"at://did:plc:a{n}/app.bsky.feed.post/3k"] = {"likeCount": ..., "favouriteCount": 9}


def hackernews(world: OpenNetworks, n: int) -> None:
    world.hackernews.stories[90000000 + n].points = None


def huggingface(world: OpenNetworks, n: int) -> None:
    world.huggingface.papers[f"2611.9000{n}"].upvotes = None


NETWORKS = [
    ("bluesky", bluesky, "at://did:plc:a1/app.bsky.feed.post/3k", "likes"),
    ("hackernews", hackernews, "90000001", "points"),
    ("huggingface", huggingface, "2611.90001", "upvotes"),
]


def mend(world: OpenNetworks) -> None:
    world.bluesky.changes.clear()
    for story in world.hackernews.stories.values():
        story.points = 50
    for paper in world.huggingface.papers.values():
        paper.upvotes = 50


def collect(name: str, now: datetime = NOW) -> None:
    if name == "bluesky":
        follow("bluesky", networks.stream("bluesky"), until_live=True, sleep=lambda s: None)
    with networks.opened(name, attempts=1) as network:
        collect_posts(DAY, network, now=now)


def refresh() -> str:
    out = io.StringIO()
    call_command("refresh_engagement", "--all", stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "hide", "id", "lacks"), NETWORKS)
def test_a_post_without_its_count_keeps_what_it_had_and_is_told(
    world: OpenNetworks, settings: Settings, name: str, hide: Hide, id: str, lacks: str
) -> None:
    settings.NETWORKS = [name]
    collect(name)
    refresh()
    before = Tweet.objects.get(status_id=id)
    hide(world, 1)
    with time_machine.travel(LATER, tick=False):
        collect(name, LATER)
        said = refresh()

    after = Tweet.objects.get(status_id=id)
    title = KINDS[name].title
    told = f"1 post of {title} could not be read: {id} lacks {lacks}."
    assert said.splitlines()[:2] == [
        f"{title}: 3 read (0 of them back), 0 gone, 1 unknown.",
        f"{title}: 1 post could not be read: {id} lacks {lacks}.",
    ]
    assert told in CollectionDay.objects.get().reason
    assert (after.counts, after.read_at) == (before.counts, NOW)
    mend(world)
    with time_machine.travel(LATER, tick=False):
        refresh()
    assert "could not be read" not in CollectionDay.objects.get().reason
    assert Tweet.objects.get(status_id=id).read_at == LATER


@pytest.mark.parametrize(("name", "hide", "id", "lacks"), NETWORKS)
def test_a_count_that_a_network_renamed_needs_a_person(
    world: OpenNetworks, settings: Settings, name: str, hide: Hide, id: str, lacks: str
) -> None:
    settings.NETWORKS = [name]
    collect(name)
    for n in range(4):
        hide(world, n)
    with pytest.raises(CommandError):
        refresh()
    told = SourceHealth.objects.get(service=name)
    assert told.state in ("refused", "failing")
    assert lacks in told.message
    mend(world)
    refresh()
    assert SourceHealth.objects.get(service=name).state == "ok"


def test_a_story_that_never_had_points_counts_for_nothing_and_says_why(world: OpenNetworks) -> None:
    hackernews(world, 1)
    collect("hackernews")
    [line] = next(paper for paper in candidates(DAY) if paper.arxiv_id == "2611.90001").tweets
    assert (line.gave, line.left_out) == (0, "its points could not be read")
    assert "1 post of Hacker News could not be read: 90000001 lacks points." in CollectionDay.objects.get().reason
