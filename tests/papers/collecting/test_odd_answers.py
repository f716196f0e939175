"""An odd answer about one post or one day costs that alone, however often it comes: the network's others go on."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from papers import tasks
from papers.collecting.open_posts import store
from papers.models import NetworkDay, SourceHealth, Tweet
from papers.networks.base import FoundPost
from tests.factories import make_paper
from tests.papers.open_networks import NOW, OpenNetworks
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper
from tests.standins.serving import Reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retried_at_once")]
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
ALWAYS = 1000
BASE = "https://arxiv.org/abs/2611.9000"


def counted(name: str) -> dict[str, int]:
    """By id the first of the counts as it is known here."""
    known = Tweet.objects.filter(network=name).values_list("status_id", "counts")
    return {id: max(counts.values()) for id, counts in known}


def health(name: str) -> tuple[str, str]:
    return SourceHealth.objects.values_list("state", "message").get(service=name)


@pytest.mark.parametrize("fault", ["500", "502", "html", "empty", "cut"])
def test_one_story_that_is_never_answered_stops_no_other(world: OpenNetworks, clock: time_machine.Traveller, fault: str) -> None:
    stories = [Story(90000000 + n, MORNING, f"{BASE}{n}") for n in range(1, 9)]
    world.hackernews.add(*stories)
    tasks.collect_network("hackernews")
    for story in stories:
        story.points = 99
    world.hackernews.fault("/api", "500", ALWAYS)  # the search lies: the counts of the stories are to come from the items
    world.hackernews.fault("/v0/item/90000003.json", fault, ALWAYS)
    clock.shift(timedelta(days=1))
    tasks.collect_network("hackernews")
    assert counted("hackernews") == {str(story.id): 37 if story.id == 90000003 else 99 for story in stories}


@pytest.mark.parametrize("fault", ["500", "html", "{}"])
def test_one_daily_paper_and_one_list_that_are_never_answered_stop_no_other(
    world: OpenNetworks, clock: time_machine.Traveller, fault: str
) -> None:
    listed = [DailyPaper(f"2611.9000{n}", MORNING) for n in range(1, 9)]
    world.huggingface.add(*listed)
    tasks.collect_network("huggingface")
    for paper in listed:
        paper.upvotes = 99
    world.huggingface.fault("/api/daily_papers", fault, ALWAYS)
    world.huggingface.fault("/api/papers/2611.90003", fault, ALWAYS)
    clock.shift(timedelta(days=1))
    tasks.collect_network("huggingface")
    assert counted("huggingface") == {paper.arxiv_id: 42 if paper.arxiv_id == "2611.90003" else 99 for paper in listed}


@pytest.mark.parametrize("name", ["hackernews", "huggingface"])
def test_where_none_is_answered_the_network_is_failing(world: OpenNetworks, clock: time_machine.Traveller, name: str) -> None:
    found = [
        FoundPost(f"2611.9000{n}" if name == "huggingface" else f"9000000{n}", "", "", "", MORNING, (f"2611.9000{n}",), ())
        for n in (1, 2)
    ]
    store(name, found, read_at=NOW)
    NetworkDay.objects.bulk_create(
        NetworkDay(network=name, date=NOW.date() - timedelta(days=n), collected_at=NOW) for n in range(8)
    )
    getattr(world, name).fault("/", "500", ALWAYS)
    tasks.collect_network(name)
    assert health(name)[0] == "failing"
    assert set(Tweet.objects.values_list("state", "read_at")) == {("live", None)}


def test_a_day_of_which_the_answer_is_odd_keeps_no_other_day_and_no_count_waiting(
    world: OpenNetworks, clock: time_machine.Traveller
) -> None:
    make_paper(arxiv_id="2611.90001")
    tasks.collect_network("huggingface")
    odd, older = DailyPaper("2611.90001", MORNING), DailyPaper("2611.90002", MORNING - timedelta(days=1))
    nameless = [DailyPaper(f"nameless-{n}", MORNING) for n in range(5)]
    known = DailyPaper("2611.90003", MORNING - timedelta(days=3))
    store("huggingface", [FoundPost(known.arxiv_id, "", "", "", known.listed_at, (known.arxiv_id,), ())], read_at=NOW)
    NetworkDay.objects.all().update(collected_at=None)
    world.huggingface.add(odd, older, known, *nameless)
    clock.shift(timedelta(hours=1))
    tasks.collect_network("huggingface")
    assert counted("huggingface") == {"2611.90002": 42, "2611.90003": 42}
    days = NetworkDay.objects.filter(collected_at=None).values_list("date", flat=True)
    assert list(days) == [date(2026, 11, 20)]
    state, message = health("huggingface")
    assert (state, message[:60]) == ("failing", "Hugging Face answered without id and upvotes in 5 of 6 recor")
    began = SourceHealth.objects.get(service="huggingface").since
    clock.shift(timedelta(hours=1))
    tasks.collect_network("huggingface")
    assert SourceHealth.objects.get(service="huggingface").since == began == NOW + timedelta(hours=1)


def test_a_post_that_is_told_again_after_it_was_gone_is_read_at_once(world: OpenNetworks, clock: time_machine.Traveller) -> None:
    """Its author took the link away, and put it in again."""
    made = BlueskyPost("did:plc:a", "3post", MORNING, embed=external(f"{BASE}1"))
    found = FoundPost(made.uri, made.did, "", "", MORNING, ("2611.90001",), ())
    world.bluesky.add(made)
    store("bluesky", [found], read_at=NOW)
    made.embed = None
    tasks.collect_network("bluesky")
    assert Tweet.objects.get().state == "deleted"
    made.embed = external(f"{BASE}1")
    clock.shift(timedelta(minutes=5))
    store("bluesky", [found], read_at=NOW + timedelta(minutes=5))
    tasks.collect_network("bluesky")
    assert Tweet.objects.get().state == "live"


def test_a_post_that_the_network_knows_only_after_an_hour_is_looked_for_on_the_same_day(
    world: OpenNetworks, clock: time_machine.Traveller
) -> None:
    made = BlueskyPost("did:plc:a", "3post", MORNING, embed=external(f"{BASE}1"), gone=True)
    world.bluesky.add(made)
    store("bluesky", [FoundPost(made.uri, made.did, "", "", MORNING, ("2611.90001",), ())], read_at=NOW)
    tasks.collect_network("bluesky")
    assert Tweet.objects.values_list("state", "next_read_at").get() == ("deleted", NOW + timedelta(hours=1))
    clock.shift(timedelta(hours=1))
    made.gone = False
    tasks.collect_network("bluesky")
    assert Tweet.objects.values_list("state", "counts").get() == ("live", made.counts)


def test_a_post_that_is_gone_for_good_is_soon_looked_for_once_a_day(world: OpenNetworks, clock: time_machine.Traveller) -> None:
    made = BlueskyPost("did:plc:a", "3post", MORNING, embed=external(f"{BASE}1"), gone=True)
    world.bluesky.add(made)
    store("bluesky", [FoundPost(made.uri, made.did, "", "", MORNING, ("2611.90001",), ())], read_at=NOW)
    for hours in [*[1] * 26, *[24] * 8]:
        tasks.collect_network("bluesky")
        clock.shift(timedelta(hours=hours))
    assert len([one for one in world.bluesky.requests if one.path.endswith("getPosts")]) == 24 + 7
    assert Tweet.objects.values_list("state", "next_read_at").get() == ("deleted", None)


@pytest.mark.parametrize(("wait_s", "asked_after_s"), [(1800, 1800), (61, 300), (10**9, 3600)])
def test_a_network_that_asks_for_time_is_not_asked_before(
    world: OpenNetworks, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, wait_s: int, asked_after_s: int
) -> None:
    queued: list[str] = []
    monkeypatch.setattr(tasks.collect_network, "delay", queued.append)
    world.hackernews.fault("/api", Reply(429, b"", {"Retry-After": str(wait_s)}), ALWAYS)
    tasks.collect_network("hackernews")
    clock.shift(timedelta(seconds=asked_after_s - 1))
    tasks.collect_networks()
    assert sorted(queued) == ["bluesky", "huggingface"]
    clock.shift(timedelta(seconds=1))
    tasks.collect_networks()
    assert "hackernews" in queued
