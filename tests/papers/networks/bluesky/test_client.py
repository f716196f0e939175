"""Bluesky's API over real HTTP: posts in batches, what is hidden and what is gone, names that change, failures."""

from datetime import datetime, timedelta

import httpx
import pytest

from papers.networks.api import Api
from papers.networks.base import GoneReason, Run
from papers.networks.bluesky.client import Bluesky
from papers.sources.http import Malformed, RateLimited, ServiceRefused, SourceError, Transient
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.bluesky.bluesky_posts import DAY, PAPER, posts
from tests.standins.bluesky import BlueskyPost, BlueskyStandin, link


@pytest.fixture
def bluesky(api: Api) -> Bluesky:
    return Bluesky(api, None)


def asked(*made: BlueskyPost) -> dict[str, datetime]:
    return {post.uri: post.posted_at for post in made}


# --- reading


def test_posts_are_read_in_batches_of_25(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    made = posts(60)
    standin.add(*made)
    reading = bluesky.read(asked(*made))
    assert [len(one.repeated["uris"]) for one in standin.requests] == [25, 25, 10]
    assert reading.found.keys() == {post.uri for post in made}
    assert (reading.gone, reading.unknown) == ({}, frozenset())
    assert {one.headers["user-agent"] for one in standin.requests} == {"HotPapers/0.1.0 (+desk@example.test)"}


def test_26_at_once_would_be_refused(standin: BlueskyStandin, api: Api) -> None:
    with pytest.raises(Malformed, match=r"Bluesky rejected our request \(InvalidRequest\)"):
        api.get("/xrpc/app.bsky.feed.getPosts", {"uris": [post.uri for post in posts(26)]})


def test_a_post_as_bluesky_gives_it(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    text = "🧪 New: arxiv.org/abs/2611…"
    post = BlueskyPost("did:plc:abc", "3k", DAY, text, [link(text, "arxiv.org/abs/2611…", PAPER)], langs=["de"])
    standin.add(post)
    [found] = bluesky.read(asked(post)).found.values()
    assert (found.id, found.author_id, found.handle, found.name) == (post.uri, "did:plc:abc", "lab.example.test", "Example Lab")
    assert (found.posted_at, found.papers, found.language) == (DAY, ("2611.90001",), "de")
    assert found.runs == (Run("🧪 New: "), Run("arxiv.org/abs/2611…", PAPER))
    assert found.counts == {"likes": 21, "reposts": 4, "quotes": 2, "replies": 1}


def test_counts_that_are_not_told_are_left_out(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    post = BlueskyPost("did:plc:abc", "3k", DAY, counts={"likes": 3})
    standin.add(post)
    [found] = bluesky.read(asked(post)).found.values()
    assert found.counts == {"likes": 3}


def test_what_is_left_out_is_gone(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    kept, deleted, unknown = posts(3)
    deleted.gone = True
    standin.add(kept, deleted)
    reading = bluesky.read(asked(kept, deleted, unknown) | {"at://no/post": DAY})
    assert reading.found.keys() == {kept.uri}
    assert reading.gone == dict.fromkeys([deleted.uri, unknown.uri, "at://no/post"], GoneReason.DELETED)


def test_a_post_that_the_api_does_not_know_yet_is_not_gone(bluesky: Bluesky) -> None:
    fresh = BlueskyPost("did:plc:abc", "3fresh", NOW - timedelta(seconds=20))
    reading = bluesky.read(asked(fresh))
    assert (reading.gone, set(reading.unknown)) == ({}, {fresh.uri})


def test_posts_that_are_not_for_everybody_are_gone(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    signed_in, taken_down, hidden, harmless = posts(4)
    signed_in.author_labels = ["!no-unauthenticated"]
    taken_down.labels = ["!takedown"]
    hidden.author_labels = ["!hide"]
    harmless.labels = ["graphic-media"]
    standin.add(signed_in, taken_down, hidden, harmless)
    reading = bluesky.read(asked(signed_in, taken_down, hidden, harmless))
    assert reading.found.keys() == {harmless.uri}
    assert reading.gone == {
        signed_in.uri: GoneReason.PROTECTED,
        taken_down.uri: GoneReason.WITHHELD,
        hidden.uri: GoneReason.WITHHELD,
    }


def test_a_label_that_was_taken_back_hides_nothing(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    [post] = posts(1)
    standin.add(post)
    standin.changes[post.uri] = {"labels": [{"val": "!hide", "neg": True}]}
    assert bluesky.read(asked(post)).found.keys() == {post.uri}


def test_a_handle_changes_and_the_author_stays(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    [post] = posts(1)
    standin.add(post)
    before = bluesky.read(asked(post)).found[post.uri]
    post.handle = "moved.example.test"
    after = bluesky.read(asked(post)).found[post.uri]
    assert (before.handle, after.handle) == ("lab.example.test", "moved.example.test")
    assert before.author_id == after.author_id == post.did
    assert Bluesky.page(post.uri, after.handle) == f"https://bsky.app/profile/{post.did}/post/{post.rkey}"


@pytest.mark.parametrize("handle", ["handle.invalid", "no handle", "<b>", None])
def test_a_handle_that_is_none_is_left_empty(standin: BlueskyStandin, bluesky: Bluesky, handle: object) -> None:
    [post] = posts(1)
    standin.add(post)
    standin.changes[post.uri] = {"author": {"did": post.did, "handle": handle}}
    assert bluesky.read(asked(post)).found[post.uri].handle == ""


def test_a_post_that_cannot_be_read_is_not_gone(standin: BlueskyStandin, bluesky: Bluesky) -> None:
    [post] = posts(1)
    standin.add(post)
    standin.changes[post.uri] = {"record": {"text": 3}}
    reading = bluesky.read(asked(post))
    assert (reading.found, reading.gone, set(reading.unknown)) == ({}, {}, {post.uri})


# --- failures


@pytest.mark.parametrize(("fault", "wait_s"), [("429", 42.0), ("502", None), ("429-bare", 5.0), ("html", None), ("reset", None)])
def test_what_may_pass_is_tried_again(
    standin: BlueskyStandin, bluesky: Bluesky, waits: list[float], fault: str, wait_s: float | None
) -> None:
    [post] = posts(1)
    standin.add(post)
    standin.fault("/xrpc", fault)
    assert bluesky.read(asked(post)).found.keys() == {post.uri}
    assert len(waits) == 1
    assert wait_s is None or wait_s <= waits[0] <= wait_s * 1.25


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("429", RateLimited, "Bluesky asked us to slow down; retrying in 42 s."),
        ("502", Transient, "Bluesky is not available (502)."),
        ("403-html", ServiceRefused, "Bluesky refuses us access (403). Set CONTACT_EMAIL to an address you read, "),
        ("{}", Malformed, "Bluesky answered without `posts`."),
        ("[]", Malformed, "Bluesky answered without `posts`."),
        ("html", Transient, "Bluesky did not answer with JSON."),
    ],
)
def test_what_does_not_pass_is_told(
    standin: BlueskyStandin, bluesky: Bluesky, fault: str, kind: type[SourceError], text: str
) -> None:
    standin.fault("/xrpc", fault, times=3)
    with pytest.raises(kind) as raised:
        bluesky.read(asked(*posts(1)))
    assert str(raised.value).startswith(text)


def test_another_address_than_bluesky_is_told_with_its_setting(http: httpx.Client, standin: BlueskyStandin) -> None:
    elsewhere = Bluesky(Api(http, f"{standin.url}/elsewhere", service="Bluesky", setting="BLUESKY_API_BASE", now=now), None)
    with pytest.raises(ServiceRefused, match=r"There is no Bluesky at this address \(404\); check BLUESKY_API_BASE.") as raised:
        elsewhere.read(asked(*posts(1)))
    assert raised.value.setting == "BLUESKY_API_BASE"


@pytest.mark.parametrize("fault", ["500", "invalid"])
def test_a_post_that_fails_all_that_are_asked_with_it_is_left_alone(
    standin: BlueskyStandin, bluesky: Bluesky, fault: str
) -> None:
    made = posts(30)
    standin.add(*made)
    standin.poisoned = {made[0].uri: fault, made[13].uri: fault, made[24].uri: fault}
    reading = bluesky.read(asked(*made))
    assert (reading.gone, set(reading.unknown)) == ({}, set(standin.poisoned))
    assert reading.found.keys() == {post.uri for post in made} - standin.poisoned.keys()


@pytest.mark.parametrize(
    ("count", "fault", "most"), [(30, "500", 36), (1, "500", 3), (2, "500", 9), (30, "502", 3), (1, "invalid", 1)]
)
def test_a_service_that_does_not_answer_is_not_asked_post_by_post(
    standin: BlueskyStandin, bluesky: Bluesky, count: int, fault: str, most: int
) -> None:
    made = posts(count)
    standin.fault("/xrpc", fault, times=200)
    with pytest.raises((Transient, Malformed)):
        bluesky.read(asked(*made))
    assert len(standin.requests) <= most


# --- addresses


@pytest.mark.parametrize(
    "address",
    [
        "https://bsky.app/profile/did:plc:author0/post/3post0",
        "bsky.app/profile/lab.example.test/post/3post0?ref=x#y",
        "https://www.bsky.app/profile/lab.example.test/post/3post0/",
        "at://did:plc:author0/app.bsky.feed.post/3post0",
    ],
)
def test_a_page_is_recognised(standin: BlueskyStandin, bluesky: Bluesky, address: str) -> None:
    standin.add(*posts(1))
    assert bluesky.identify(address) == "at://did:plc:author0/app.bsky.feed.post/3post0"


@pytest.mark.parametrize(
    "address",
    [
        "https://bsky.app/profile/lab.example.test",
        "https://bsky.app.evil.test/profile/a.b/post/3k",
        "https://x.com/a/status/1",
        "",
    ],
)
def test_another_page_is_not_recognised(standin: BlueskyStandin, bluesky: Bluesky, address: str) -> None:
    assert bluesky.identify(address) is None
    assert standin.requests == []


def test_a_handle_that_nobody_has_leads_to_no_post(bluesky: Bluesky) -> None:
    assert bluesky.identify("https://bsky.app/profile/nobody.example.test/post/3k") is None
