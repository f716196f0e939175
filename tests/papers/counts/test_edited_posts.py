"""A post that its author edited while nobody listened: the next reading of its counts notices which papers it links now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from papers.access import networks
from papers.collecting import open_posts
from papers.counts.claiming import claim_posts
from papers.counts.mentions import match
from papers.counts.refreshing_open import refresh_posts
from papers.models import Mention, Paper, PaperMeasurement, Tweet, UnmatchedMention
from papers.networks.base import FoundPost, Run
from tests.factories import make_paper
from tests.papers.open_networks import OpenNetworks, open_networks
from tests.standins.bluesky import BlueskyPost, external

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
OLD, NEW = "2611.90001", "2611.90002"


@pytest.fixture
def world(db: None, settings: Settings) -> Iterator[OpenNetworks]:
    settings.X_BEARER_TOKEN = ""
    for number in (OLD, NEW):
        make_paper(arxiv_id=number)
    with open_networks(settings) as made:
        yield made


def post_of(url: str) -> BlueskyPost:
    return BlueskyPost("did:plc:author", "3post", NOW - timedelta(hours=2), embed=external(url))


def store(post: BlueskyPost, *papers: str) -> None:
    """As it was found, with the counts of that moment."""
    found = FoundPost(post.uri, post.did, post.handle, post.name, post.posted_at, papers, (Run("Read"),), "en", {"likes": 7})
    open_posts.store("bluesky", [found], read_at=NOW)


def read(world: OpenNetworks, post: BlueskyPost) -> None:
    world.bluesky.add(post)
    with networks.opened("bluesky", attempts=1) as network:
        refresh_posts(network, claim_posts("bluesky", most=10, now=TOMORROW), now=TOMORROW)


def linked() -> dict[str, bool]:
    """The papers that the post links, and whether by hand."""
    return dict(Mention.objects.values_list("paper__arxiv_id", "is_by_hand"))


def likes(number: str) -> int:
    """Of all posts about the paper, as last measured."""
    return int(
        PaperMeasurement.objects.filter(paper__arxiv_id=number).latest("read_at").counts.get("bluesky", {}).get("likes", 0)
    )


def test_post_that_links_another_paper_now_counts_for_that_alone(world: OpenNetworks) -> None:
    post = post_of(f"https://arxiv.org/abs/{NEW}")
    store(post, OLD)
    assert (linked(), likes(OLD)) == ({OLD: False}, 7)

    read(world, post)

    assert (linked(), likes(OLD), likes(NEW)) == ({NEW: False}, 0, 21)
    assert Tweet.objects.get().state == "live"


def test_link_that_an_editor_made_stays(world: OpenNetworks) -> None:
    post = post_of(f"https://arxiv.org/abs/{NEW}")
    store(post, OLD)
    Mention.objects.update(is_by_hand=True)

    read(world, post)

    assert linked() == {OLD: True, NEW: False}


def test_post_without_a_link_that_an_editor_linked_keeps_that_link_alone(world: OpenNetworks) -> None:
    post = post_of("https://example.org/")
    store(post, OLD, NEW)
    Mention.objects.filter(paper__arxiv_id=NEW).update(is_by_hand=True)

    read(world, post)

    assert (linked(), Tweet.objects.get().state, likes(OLD)) == ({NEW: True}, "live", 0)


def test_post_whose_link_an_editor_made_is_read_again_where_the_stream_takes_it_out(world: OpenNetworks) -> None:
    kept, gone = post_of("https://example.org/"), replace(post_of("https://example.org/"), rkey="3gone")
    for post in (kept, gone):
        store(post, OLD)
    Mention.objects.update(is_by_hand=True)

    open_posts.remove("bluesky", [kept.uri, gone.uri], now=TOMORROW)
    assert set(Tweet.objects.values_list("state", "body_html")) == {("live", "Read")}
    read(world, kept)

    assert dict(Tweet.objects.values_list("status_id", "state")) == {kept.uri: "live", gone.uri: "deleted"}


@pytest.mark.django_db(transaction=True)
def test_paper_that_is_not_here_yet_gets_the_post_when_it_comes(world: OpenNetworks) -> None:
    post = post_of("https://arxiv.org/abs/2611.90009")
    store(post, OLD, "2611.90008")

    read(world, post)

    assert linked() == {}
    assert list(UnmatchedMention.objects.values_list("arxiv_id", flat=True)) == ["2611.90009"]
    match(papers=[make_paper(arxiv_id="2611.90009").pk])
    assert (linked(), UnmatchedMention.objects.count()) == ({"2611.90009": False}, 0)


def test_post_as_it_was_changes_no_link(world: OpenNetworks) -> None:
    post = post_of(f"https://arxiv.org/abs/{OLD}")
    store(post, OLD)
    before = Mention.objects.values_list("pk", flat=True).get()

    read(world, post)

    assert (Mention.objects.values_list("pk", flat=True).get(), likes(OLD)) == (before, 21)
    assert Paper.objects.get(arxiv_id=NEW).measurements.count() == 0
