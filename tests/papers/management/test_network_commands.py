"""The commands over all networks: what is off is said, what fails keeps no other waiting, counts in each network's own terms."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from papers.access import networks
from papers.access.connections import note_failure
from papers.models import CollectionDay, SavedRules, StreamPlace, Tweet
from papers.networks.bluesky.stream import cursor_at
from papers.sources.http import ServiceRefused
from tests.factories import make_paper, make_tweet
from tests.papers.management.running_commands import networks_told, said
from tests.papers.open_networks import OpenNetworks, open_networks
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running_product", "retried_at_once")]
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"
BEFORE_THE_STREAM = "Bluesky was not heard from 00:00 to 10:00 UTC."
"""Of 19 November: the stream is first followed on the evening after it, and goes back 36 hours."""


@pytest.fixture
def world(settings: Settings) -> Iterator[OpenNetworks]:
    settings.X_BEARER_TOKEN = ""
    with time_machine.travel(NOW, tick=False), open_networks(settings) as made:
        make_paper(arxiv_id="2611.90001", listing_date=DAY)
        made.bluesky.add(post := BlueskyPost("did:plc:a", "3k", MORNING, embed=external(PAPER)))
        made.stream.post(post)
        made.stream.tick(NOW + timedelta(seconds=1))
        made.hackernews.add(Story(90000001, MORNING, PAPER))
        made.huggingface.add(DailyPaper("2611.90001", MORNING))
        yield made


def ranked() -> dict[str, Any]:
    [paper] = json.loads(said("rank_day", str(DAY), "--json"))["papers"]
    return dict(paper)


def test_all_networks_that_are_on_are_collected_and_x_without_a_token_is_off(world: OpenNetworks) -> None:
    said("follow_bluesky", "--until-live")
    lines = said("collect_tweets", "--date", str(DAY)).splitlines()
    assert lines[-1].startswith("X_BEARER_TOKEN is not set, so no posts are collected")
    assert [line.rstrip() for line in lines[:-1]] == [
        "Bluesky: 1 post of 2026-11-20.",
        "Hacker News: 1 post of 2026-11-20.",
        "Hugging Face: 1 post of 2026-11-20.",
    ]
    said("refresh_engagement", "--all")
    paper = ranked()
    assert paper["counts"] == {
        "bluesky": {"likes": 21, "reposts": 4, "quotes": 2, "replies": 1},
        "hackernews": {"points": 37, "comments": 12},
        "huggingface": {"upvotes": 42, "comments": 2},
    }
    assert {(one["network"], one["id"]): one["counts"] for one in paper["tweets"]} == {
        ("bluesky", "at://did:plc:a/app.bsky.feed.post/3k"): {"likes": 21, "reposts": 4, "quotes": 2, "replies": 1},
        ("hackernews", "90000001"): {"points": 37, "comments": 12},
        ("huggingface", "2611.90001"): {"upvotes": 42, "comments": 2},
    }
    assert (paper["score"], paper["retweets"], paper["favorites"]) == (21 + 4 + 2 + 37 + 42, 0, 0)


def test_one_network_alone(world: OpenNetworks) -> None:
    assert said("collect_tweets", "--date", str(DAY), "--network", "hackernews").strip() == "Hacker News: 1 post of 2026-11-20."
    assert list(Tweet.objects.values_list("network", flat=True)) == ["hackernews"]
    with pytest.raises(CommandError, match="X_BEARER_TOKEN is not set"):
        said("collect_tweets", "--network", "x")


def test_a_network_that_fails_keeps_no_other_waiting_and_is_told(world: OpenNetworks) -> None:
    world.hackernews.fault("/api", "{}", times=9)
    with pytest.raises(CommandError, match=r"Hacker News answered without `hits`\."):
        said("collect_tweets", "--date", str(DAY))
    assert list(Tweet.objects.values_list("network", flat=True)) == ["huggingface"]
    told = networks_told()
    assert (told["hackernews"]["on"], told["hackernews"]["state"]) == (True, "failing")
    assert told["hackernews"]["reason"] == "Hacker News answered without `hits`."
    assert told["huggingface"]["state"] == "ok"


def test_status_tells_each_network(world: OpenNetworks, settings: Settings) -> None:
    settings.NETWORKS = ["x", "hackernews"]
    told = networks_told()
    assert {name: (one["on"], one["state"]) for name, one in told.items()} == {
        "x": (False, "off"),
        "bluesky": (False, "off"),
        "hackernews": (True, "new"),
        "huggingface": (False, "off"),
    }
    assert told["bluesky"]["reason"] == "Bluesky is not among NETWORKS."
    assert told["x"]["reason"].startswith("X_BEARER_TOKEN is not set")


def test_status_tells_what_the_stream_missed(world: OpenNetworks) -> None:
    StreamPlace.objects.create(network="bluesky", cursor=1_795_000_000_000_000 - 48 * 3_600_000_000)
    said("follow_bluesky", "--until-live")
    assert "Bluesky was not heard from" in networks_told()["bluesky"]["reason"]


def test_a_day_tells_what_was_not_heard_of_it(world: OpenNetworks) -> None:
    CollectionDay.objects.create(date=date(2026, 11, 19), papers_done_at=NOW, tweets_done_at=NOW, state="complete")
    StreamPlace.objects.create(network="bluesky", cursor=cursor_at(NOW - timedelta(hours=38)))
    said("follow_bluesky", "--until-live")
    row = CollectionDay.objects.get()
    assert (row.state, row.reason) == ("complete", "Bluesky was not heard from 08:00 to 10:00 UTC.")


def test_follow_bluesky_where_it_is_off_says_so(world: OpenNetworks, settings: Settings) -> None:
    settings.NETWORKS = ["x"]
    with pytest.raises(CommandError, match=r"Bluesky is not among NETWORKS\.") as error:
        call_command("follow_bluesky")
    assert error.value.returncode == 3  # so systemd does not start it again and again


def test_where_x_alone_is_named_and_has_no_token_it_is_said_and_nothing_fails(world: OpenNetworks, settings: Settings) -> None:
    settings.NETWORKS = ["x"]
    why = f"{networks.why_off('x')}\n"
    assert said("collect_tweets", "--date", str(DAY)) == said("refresh_engagement") == said("refresh_engagement", "--all") == why
    assert why in said("status")
    assert json.loads(said("status", "--json"))["needs"] == []
    assert Tweet.objects.count() == 0


def test_what_a_network_said_before_it_was_turned_off_needs_nobody(world: OpenNetworks, settings: Settings) -> None:
    settings.NETWORKS = ["hackernews"]
    for service in ("x", "bluesky-stream"):
        note_failure(service, ServiceRefused("It refuses us.", setting="X_BEARER_TOKEN"), NOW)
    assert json.loads(said("status", "--json"))["needs"] == []
    settings.NETWORKS = ["bluesky"]
    with pytest.raises(CommandError, match=r"It refuses us\."):
        said("status")


def test_a_day_without_x_is_complete_once_the_others_have_it(world: OpenNetworks) -> None:
    CollectionDay.objects.create(date=date(2026, 11, 19), papers_done_at=NOW, state="partial")
    for name in ("hackernews", "huggingface"):
        said("collect_tweets", "--date", "2026-11-19", "--network", name)
    row = CollectionDay.objects.get()
    assert (row.state, row.reason) == ("partial", "Posts haven't been collected yet from Bluesky.")
    said("follow_bluesky", "--until-live")
    said("collect_tweets", "--date", "2026-11-19", "--network", "bluesky")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("complete", BEFORE_THE_STREAM)


def test_a_day_without_x_tells_which_network_fails_and_why_and_keeps_what_the_others_gave(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90002", listing_date=date(2026, 11, 19))
    world.huggingface.add(DailyPaper("2611.90002", MORNING - timedelta(days=1)))
    CollectionDay.objects.create(date=date(2026, 11, 19), papers_done_at=NOW, state="partial")
    world.hackernews.fault("/api", "500", times=100)

    with pytest.raises(CommandError):
        said("collect_tweets", "--date", "2026-11-19")

    row = CollectionDay.objects.get()
    assert row.state == "partial"
    assert row.reason == ("Posts haven't been collected yet from Bluesky and Hacker News. Hacker News is not available (500).")
    assert [tweet.network for tweet in Tweet.objects.all()] == ["huggingface"]
    world.hackernews.recover()
    said("follow_bluesky", "--until-live")
    said("collect_tweets", "--date", "2026-11-19")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("complete", BEFORE_THE_STREAM)


def test_backfill_brings_what_the_networks_without_a_key_have(world: OpenNetworks, settings: Settings) -> None:
    for day in ("2026-11-18", "2026-11-19"):
        CollectionDay.objects.create(date=day, papers_done_at=NOW, state="partial")
    make_paper(arxiv_id="2611.90002", listing_date=date(2026, 11, 18))
    world.huggingface.add(DailyPaper("2611.90002", MORNING - timedelta(days=2)))
    world.hackernews.fault("/api", "500", times=3)
    said("follow_bluesky", "--until-live")

    with time_machine.travel(NOW - timedelta(days=1), tick=False), pytest.raises(CommandError) as raised:
        said("backfill", "--since", "2026-11-18")
    assert str(raised.value).splitlines() == [
        "2026-11-18: partial. 0 new papers, 1 post. Posts haven't been collected yet from Hacker News. Hacker News is not available (500). Bluesky was not heard from 00:00 to 24:00 UTC.",
        "Run it again later to collect what is missing.",
    ]
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        lines = said("backfill", "--since", "2026-11-18").splitlines()
    assert lines == [networks.why_off("x"), "All days from 2026-11-18 to 2026-11-19 are complete."]
    assert len(world.huggingface.requests) == 1 + 2  # the first day's only once, the day that goes on each time


def test_saved_weights_decide_and_x_alone_ranks_as_ever(world: OpenNetworks) -> None:
    paper = make_paper(arxiv_id="2611.90009", listing_date=date(2026, 11, 19))
    make_tweet(paper, retweets=7, favorites=5, read_at=NOW)
    make_tweet(paper, network="hackernews", status_id="7", posted_at=NOW, counts={"points": 10, "comments": 4}, read_at=NOW)

    def scores() -> tuple[int, int]:
        [found] = json.loads(said("rank_day", "2026-11-19", "--json"))["papers"]
        return found["score"], found["retweets"] + found["favorites"]

    assert scores() == (22, 12)
    rules = {"hot_score": 50, "shown_tweet_score": 25, "shown_tweets": 10}
    SavedRules.objects.create(**rules, weights={"hackernews": {"points": 2, "comments": 0.5}})
    assert scores() == (34, 12)
    SavedRules.objects.update(weights={"hackernews": {"points": 0, "comments": 0}})
    assert scores() == (12, 12)
