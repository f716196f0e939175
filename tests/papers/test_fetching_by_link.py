"""A post of any network is added by the address of its page; each failure is one sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from papers.access import networks
from papers.collecting import open_posts
from papers.counts.refreshing_open import refresh_posts
from papers.fetching import CountsRead, NotFetched, Unknown, fetch_tweet, refresh_counts
from papers.models import Mention, Paper, PaperMeasurement, SourceHealth, Tweet
from tests.factories import make_paper, make_tweet
from tests.papers.open_networks import OpenNetworks, open_networks
from tests.standins.bluesky import BlueskyPost
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
POST = BlueskyPost("did:plc:a", "3k", MORNING, text="No link, but worth it")
URI = "at://did:plc:a/app.bsky.feed.post/3k"


@pytest.fixture
def world(settings: Settings) -> Iterator[OpenNetworks]:
    settings.X_BEARER_TOKEN = ""
    with time_machine.travel(NOW, tick=False), open_networks(settings) as made:
        made.bluesky.add(POST)
        made.hackernews.add(Story(90000001, MORNING, "https://blog.example/on-the-paper"))
        made.huggingface.add(DailyPaper("2611.90001", MORNING))
        yield made


@pytest.fixture
def paper(db: None) -> Paper:
    return make_paper(arxiv_id="2611.90001")


@pytest.mark.parametrize(
    ("link", "key", "counts"),
    [
        (URI, ("bluesky", URI), {"likes": 21, "reposts": 4, "replies": 1, "quotes": 2}),
        ("https://bsky.app/profile/did:plc:a/post/3k", ("bluesky", URI), {"likes": 21, "reposts": 4, "replies": 1, "quotes": 2}),
        (
            "bsky.app/profile/lab.example.test/post/3k?ref=a",
            ("bluesky", URI),
            {"likes": 21, "reposts": 4, "replies": 1, "quotes": 2},
        ),
        ("https://news.ycombinator.com/item?id=90000001", ("hackernews", "90000001"), {"points": 37, "comments": 12}),
        (" https://huggingface.co/papers/2611.90001 ", ("huggingface", "2611.90001"), {"upvotes": 42, "comments": 2}),
        ("https://hf.co/papers/2611.90001", ("huggingface", "2611.90001"), {"upvotes": 42, "comments": 2}),
    ],
)
def test_post_is_fetched_with_its_counts_and_mentions_the_paper(
    world: OpenNetworks, paper: Paper, link: str, key: tuple[str, str], counts: dict[str, int]
) -> None:
    tweet = fetch_tweet(link, paper, now=NOW)

    assert (tweet.key, tweet.counts, list(tweet.papers.all())) == (key, counts, [paper])
    assert PaperMeasurement.objects.get().counts == {key[0]: counts}
    assert SourceHealth.objects.get(service=key[0]).state == "ok"
    assert fetch_tweet(link, paper, now=NOW) == tweet


def test_what_an_editor_said_stays_though_the_post_links_nothing(world: OpenNetworks, paper: Paper) -> None:
    tweet = fetch_tweet(URI, paper, now=NOW)

    with networks.opened("bluesky") as network:
        refresh_posts(network, [tweet], now=NOW + timedelta(hours=1))
    open_posts.store("bluesky", [], read_at=NOW)

    tweet.refresh_from_db()
    assert (tweet.state, Mention.objects.get().is_by_hand) == ("live", True)


@pytest.mark.parametrize(
    ("link", "error", "said"),
    [
        ("https://news.ycombinator.com/item?id=90000009", Unknown, "Hacker News doesn’t show this post (any more)."),
        # made a minute ago, by its key; the other key tells no moment
        (
            "at://did:plc:a/app.bsky.feed.post/3n2rlgzpwc222",
            NotFetched,
            "Bluesky said nothing of this post. Try again in a minute.",
        ),
        ("at://did:plc:a/app.bsky.feed.post/3gone", Unknown, "Bluesky doesn’t show this post (any more)."),
        (
            "https://example.org/a-post",
            Unknown,
            "This isn’t a link to a post on X, Bluesky, Hacker News or Hugging Face. Copy the address of the post’s page.",
        ),
        (
            "https://bsky.app/profile/nobody.example/post/3k",
            Unknown,
            "This isn’t a link to a post on X, Bluesky, Hacker News or Hugging Face. Copy the address of the post’s page.",
        ),
    ],
)
def test_what_cannot_be_fetched_is_told(world: OpenNetworks, paper: Paper, link: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        fetch_tweet(link, paper, now=NOW)

    assert str(raised.value) == said
    assert not Tweet.objects.exists()


def test_network_that_is_off_is_not_asked(world: OpenNetworks, paper: Paper, settings: Settings) -> None:
    settings.NETWORKS = ["hackernews"]

    with pytest.raises(NotFetched, match=r"^Bluesky is not among NETWORKS\.$"):
        fetch_tweet(URI, paper, now=NOW)
    assert not world.bluesky.requests


def test_network_that_fails_is_told_and_noted(world: OpenNetworks, paper: Paper) -> None:
    world.hackernews.fault("/v0/item", "503")

    with pytest.raises(NotFetched, match=r"^Hacker News is not available \(503\)\.$"):
        fetch_tweet("https://news.ycombinator.com/item?id=90000001", paper, now=NOW)
    assert SourceHealth.objects.get(service="hackernews").state == "failing"


def test_counts_of_all_networks_are_refreshed_and_one_that_fails_hides_no_other(world: OpenNetworks, paper: Paper) -> None:
    fetch_tweet(URI, paper, now=NOW)
    fetch_tweet("https://news.ycombinator.com/item?id=90000001", paper, now=NOW)
    make_tweet(paper)  # of X, which is off
    assert refresh_counts([paper.pk], now=NOW) == CountsRead(2, ())

    world.hackernews.fault("/v0/item", "503")
    assert refresh_counts([paper.pk], now=NOW) == CountsRead(1, ("Hacker News is not available (503).",))
    world.bluesky.fault("/xrpc", "503")
    world.hackernews.fault("/v0/item", "503")
    with pytest.raises(NotFetched, match="Bluesky is not available"):
        refresh_counts([paper.pk], now=NOW)
