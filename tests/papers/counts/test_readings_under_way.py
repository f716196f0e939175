"""A free network's answer that is under way while the stream tells something newer: the newer word holds."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from pytest_django import Settings

from papers.access import networks
from papers.collecting import open_posts
from papers.counts.claiming import claim_posts
from papers.counts.refreshing_open import refresh_posts
from papers.models import Tweet
from papers.networks.base import FoundPost, GoneReason, Run
from papers.networks.bluesky.client import Bluesky
from tests.factories import make_paper
from tests.papers.open_networks import OpenNetworks, open_networks
from tests.standins.bluesky import BlueskyPost, external

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"
POST = BlueskyPost("did:plc:author", "3post", NOW - timedelta(hours=2), embed=external(PAPER))


@pytest.fixture
def world(settings: Settings) -> Iterator[OpenNetworks]:
    POST.gone = False
    settings.X_BEARER_TOKEN = ""
    make_paper(arxiv_id="2611.90001")
    found = FoundPost(POST.uri, POST.did, "lab.example.test", "Lab", POST.posted_at, ("2611.90001",), (Run("Read"),), "en")
    open_posts.store("bluesky", [found], read_at=NOW)
    with open_networks(settings) as made:
        yield made


def read(meanwhile: Callable[[], None] = lambda: None, now: datetime = NOW) -> Tweet:
    """The post after a reading, during which something happens once the network has answered."""
    asked = Bluesky.read

    def answered(self: Bluesky, *args: object) -> object:
        answer = asked(self, *args)  # type: ignore[arg-type]
        meanwhile()
        return answer

    with patch.object(Bluesky, "read", answered), networks.opened("bluesky", attempts=1) as network:
        refresh_posts(network, claim_posts("bluesky", most=10, now=now), now=now)
    return Tweet.objects.get()


def test_the_text_of_a_post_that_was_deleted_meanwhile_does_not_return(world: OpenNetworks) -> None:
    world.bluesky.add(POST)

    post = read(lambda: open_posts.remove("bluesky", [POST.uri], now=NOW))

    assert (post.state, post.body_html, post.author_handle, post.counts) == ("deleted", "", "", {})


def author_returns() -> None:
    POST.gone = False
    open_posts.look_for_authors("bluesky", [POST.did], now=NOW)


def test_a_post_whose_author_returned_meanwhile_is_read_again_at_once(world: OpenNetworks) -> None:
    world.bluesky.add(POST)
    POST.gone = True
    open_posts.remove_authors("bluesky", {POST.did: GoneReason.PROTECTED}, now=NOW)

    tomorrow = NOW + timedelta(days=1)
    hidden = read(author_returns, now=tomorrow)
    assert (hidden.state, hidden.next_read_at) == ("protected", NOW)
    assert read(now=tomorrow).state == "live"


def test_a_live_post_whose_author_was_away_for_a_moment_stays(world: OpenNetworks) -> None:
    """The reading found it gone; its author's return was told before that was stored."""
    world.bluesky.add(POST)
    POST.gone = True

    assert read(author_returns).state == "live"
    assert read().counts == POST.counts
