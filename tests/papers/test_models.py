"""Tweets of every network: ids of any shape, pages, moments, counts in the network's own terms."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from papers.models import NetworkDay, Tweet
from papers.networks.registry import KINDS
from tests.factories import make_tweet

MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
URI = f"at://did:plc:{'a' * 24}/app.bsky.feed.post/3synthetic001"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("network", "id", "page"),
    [
        ("x", "1392360000000000001", "https://twitter.com/lab/status/1392360000000000001"),
        ("bluesky", URI, f"https://bsky.app/profile/did:plc:{'a' * 24}/post/3synthetic001"),
        ("hackernews", "90000001", "https://news.ycombinator.com/item?id=90000001"),
        ("huggingface", "2611.90001", "https://huggingface.co/papers/2611.90001"),
    ],
)
def test_a_tweet_of_each_network_has_its_page(network: str, id: str, page: str) -> None:
    tweet = make_tweet(network=network, status_id=id, posted_at=MOMENT, author_handle="lab")
    tweet.clean()
    assert tweet.url == page


def test_every_network_weighs_what_it_counts() -> None:
    assert {name: {one.name for one in kind.counted} for name, kind in KINDS.items()} == {
        name: set(kind.weights) for name, kind in KINDS.items()
    }
    assert max(len(name) for name in KINDS) <= 16


@pytest.mark.parametrize(
    ("network", "id", "errors"),
    [
        ("bluesky", "1392360000000000001", {"status_id": ["This isn't the id of a post on Bluesky."]}),
        ("x", URI, {"status_id": ["This isn't the id of a post on X."]}),
        ("nowhere", "1", {"network": ["There is no network 'nowhere'."]}),
    ],
)
def test_an_id_of_another_shape_is_refused(network: str, id: str, errors: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError) as raised:
        Tweet(network=network, status_id=id, posted_at=MOMENT).clean()
    assert raised.value.message_dict == errors


@pytest.mark.django_db
def test_long_handles_and_ids_are_kept_and_ids_are_unique_in_their_network_alone() -> None:
    handle = f"{'a' * 63}." * 3 + "example.test"
    make_tweet(
        network="hackernews", status_id="1392360000000000001", posted_at=MOMENT, author_handle=handle, author_id="did:" * 60
    )
    make_tweet(network="x", status_id="1392360000000000001", posted_at=MOMENT)
    assert Tweet.objects.get(network="hackernews").author_handle == handle
    with pytest.raises(IntegrityError), transaction.atomic():
        make_tweet(network="x", status_id="1392360000000000001", posted_at=MOMENT)


@pytest.mark.django_db
def test_counts_are_the_network_s_own() -> None:
    assert Tweet(retweets=3, favorites=4).counted == {"retweets": 3, "favorites": 4}
    assert Tweet(network="bluesky", counts={"likes": 3, "replies": 0}).counted == {"likes": 3, "replies": 0}
    assert Tweet().counted == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_tweet(retweets=3)


@pytest.mark.django_db
def test_a_day_has_one_row_a_network() -> None:
    NetworkDay.objects.create(date=MOMENT.date(), network="bluesky")
    NetworkDay.objects.create(date=MOMENT.date(), network="hackernews")
    with pytest.raises(IntegrityError), transaction.atomic():
        NetworkDay.objects.create(date=MOMENT.date(), network="bluesky")
