"""The stream over real WebSockets: what is heard, and how its addresses are checked."""

from datetime import UTC, datetime, timedelta

import pytest

from papers.networks.base import GoneReason
from papers.networks.bluesky.hosts import stream_hosts
from papers.networks.bluesky.stream import REWIND, cursor_at, moment_of
from papers.sources.http import Misconfigured
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.bluesky.listening import PAPER, START, now_tick, posts, speak, stream, until_live, uris
from tests.standins.bluesky import BlueskyPost, external, link
from tests.standins.jetstream import JetstreamStandin, commit


def test_posts_that_link_papers_are_heard(host: JetstreamStandin) -> None:
    text = "Ours: arxiv.org/abs/26…"
    linked = BlueskyPost("did:plc:a", "3a", START + timedelta(seconds=1), text, [link(text, "arxiv.org/abs/26…", PAPER)])
    speak(host, linked, *posts(2, START + timedelta(minutes=1)))
    kept = until_live(stream(host.url))
    assert kept.live == {linked.uri, *uris(posts(2))}
    post = kept.posts[linked.uri]
    assert (post.papers, post.posted_at, post.author_id, post.counts) == (("2611.90001",), linked.posted_at, "did:plc:a", {})
    assert [one.text for one in post.runs] == ["Ours: ", "arxiv.org/abs/26…"]


def test_it_asks_for_posts_from_a_little_before_the_cursor(host: JetstreamStandin) -> None:
    now_tick(host)
    until_live(stream(host.url))
    [asked] = host.connections
    assert asked.cursor == cursor_at(START - REWIND)
    assert asked.collections == ["app.bsky.feed.post"]
    assert asked.user_agent == "HotPapers/0.1.0 (+desk@example.test)"
    assert host.client_data == []


def test_posts_without_a_link_are_not_kept(host: JetstreamStandin) -> None:
    made = posts(1)
    speak(
        host,
        BlueskyPost("did:plc:b", "3b", START, text=f"see {PAPER}"),
        BlueskyPost("did:plc:b", "3c", START, text="x", embed=external("https://arxiv.org/list/cs/new")),
        *made,
    )
    host.say(NOW, {"did": "did:plc:b"} | commit("create", "3d", made[0].record(), collection="app.bsky.feed.like"))
    assert until_live(stream(host.url)).posts.keys() == uris(made)


@pytest.mark.parametrize("url", ["https://ArXiv.org/abs/2611.90001", "https://www.alphaxiv.org/abs/2611.90001"])
def test_links_of_every_form_get_through_the_filter(host: JetstreamStandin, url: str) -> None:
    made = posts(1, url=url)
    speak(host, *made)
    assert until_live(stream(host.url)).live == uris(made)


def test_deletions_and_accounts_that_are_gone(host: JetstreamStandin) -> None:
    made = posts(6)
    for post in made:
        host.post(post)
    at = START + timedelta(minutes=5)
    host.post(made[0], "delete", at)
    for post, status in zip(made[1:5], ["deleted", "suspended", "takendown", "deactivated"], strict=True):
        host.account(post.did, at, active=False, status=status)
    now_tick(host)
    kept = until_live(stream(host.url))
    assert kept.live == {made[5].uri}
    # What was deleted before anybody stored it was never here.
    assert made[0].uri in {uri for one in kept.records for uri in one.removed}
    assert kept.gone == {
        made[1].uri: GoneReason.DELETED,
        made[2].uri: GoneReason.WITHHELD,
        made[3].uri: GoneReason.WITHHELD,
        made[4].uri: GoneReason.PROTECTED,
    }


def test_an_account_that_comes_back(host: JetstreamStandin) -> None:
    host.account("did:plc:a1", START, active=False, status="deactivated")
    host.account("did:plc:a1", START + timedelta(seconds=1), active=True)
    now_tick(host)
    kept = until_live(stream(host.url))
    assert [one.authors_gone for one in kept.records if one.authors_gone] == []
    assert frozenset({"did:plc:a1"}) in [one.authors_back for one in kept.records]


def test_an_update_brings_and_takes_links(host: JetstreamStandin) -> None:
    gains, loses = posts(2)
    gains.embed = None
    host.post(gains)
    host.post(loses)
    gains.embed, loses.embed = external(PAPER), None
    host.post(gains, "update", START + timedelta(minutes=1))
    host.post(loses, "update", START + timedelta(minutes=1))
    now_tick(host)
    kept = until_live(stream(host.url))
    assert kept.live == {gains.uri}
    assert loses.uri in {uri for one in kept.records for uri in one.removed}


def test_duplicates_and_another_order_change_nothing(host: JetstreamStandin) -> None:
    made = posts(5)
    host.post(made[0], "delete", START + timedelta(minutes=9))
    for post in (*reversed(made), *made):
        host.post(post)
    now_tick(host)
    late = BlueskyPost("did:plc:late", "3late", START + timedelta(minutes=30), embed=external(PAPER))
    host.post(late)
    kept = until_live(stream(host.url))
    assert kept.live == uris(made[1:]) | {late.uri}


@pytest.mark.parametrize(
    "frame",
    [
        b'{"did":"did:plc:a","time_us":1795204800000001,"kind":"commit","commit":{"operation":"create","arxiv',
        b"arxiv",
        b"",
        b"[" * 5000 + b'"delete"',
        b'{"kind":"commit","commit":"arxiv"}',
        b'{"did":7,"time_us":"x","kind":"commit","commit":{"operation":"delete"}}',
        b'{"did":"did:plc:a","time_us":99999999999999999999,"kind":"account","account":{"active":false}}',
    ],
)
def test_a_frame_that_is_no_event_costs_that_frame(host: JetstreamStandin, frame: bytes) -> None:
    made = posts(2)
    host.post(made[0])
    host.say(START, frame)
    host.post(made[1])
    now_tick(host)
    kept = until_live(stream(host.url))
    assert kept.live == uris(made)


def test_unreadable_frames_are_counted(host: JetstreamStandin) -> None:
    host.say(START, b'{"arxiv')
    host.say(START, b"no post, and nothing that would have to be looked into")
    now_tick(host)
    assert sum(one.unreadable for one in until_live(stream(host.url)).records) == 1


def test_the_second_version_s_own_numbers_are_not_used() -> None:
    with JetstreamStandin(now, version=2) as host:
        speak(host, *posts(1))
        kept = until_live(stream(host.url))
    assert kept.live == uris(posts(1))
    assert kept.cursor == cursor_at(NOW)


def test_hosts_are_checked() -> None:
    assert stream_hosts([" wss://a.example/ ", "ws://127.0.0.1:80", ""], setting="BLUESKY_STREAM") == (
        "wss://a.example",
        "ws://127.0.0.1:80",
    )
    for wrong in (
        ["https://a.example"],
        ["ws://a.example"],
        ["wss://user@a.example"],
        ["wss://a.example?x=1"],
        ["a.example"],
        [],
    ):
        with pytest.raises(Misconfigured, match=r"^BLUESKY_STREAM ") as raised:
            stream_hosts(wrong, setting="BLUESKY_STREAM")
        assert raised.value.setting == "BLUESKY_STREAM"


def test_datetimes_and_cursors() -> None:
    assert cursor_at(datetime(2026, 11, 20, tzinfo=UTC)) == 1_795_132_800_000_000
    assert moment_of(1_795_132_800_000_001) == datetime(2026, 11, 20, microsecond=1, tzinfo=UTC)
