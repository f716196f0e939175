"""The stream over real WebSockets: what is heard, through every kind of break, and where it goes on."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from papers.networks.base import FoundPost, GoneReason, Heard
from papers.networks.bluesky.stream import REWIND, Jetstream, cursor_at, moment_of, stream_hosts
from papers.sources.http import Misconfigured
from tests.papers.networks.conftest import NOW, now
from tests.servers import free_port
from tests.standins.bluesky import BlueskyPost, external, link
from tests.standins.jetstream import Fault, JetstreamStandin, commit

START = NOW - timedelta(hours=2)
PAPER = "https://arxiv.org/abs/2611.90001"


@dataclass
class Kept:
    """What somebody knows who stores every record, as the database does."""

    posts: dict[str, FoundPost] = field(default_factory=dict)
    gone: dict[str, GoneReason] = field(default_factory=dict)
    records: list[Heard] = field(default_factory=list)

    def store(self, heard: Heard) -> None:
        self.records.append(heard)
        self.posts |= {post.id: post for post in heard.found}
        self.gone |= dict.fromkeys(heard.removed & self.posts.keys(), GoneReason.DELETED)
        for post in self.posts.values():
            if reason := heard.authors_gone.get(post.author_id):
                self.gone[post.id] = reason

    @property
    def live(self) -> set[str]:
        return self.posts.keys() - self.gone.keys()

    @property
    def cursor(self) -> int:
        return self.records[-1].cursor


@pytest.fixture
def host() -> Iterator[JetstreamStandin]:
    with JetstreamStandin(now) as standin:
        yield standin


def stream(*hosts: str, waits: list[float] | None = None) -> Jetstream:
    sleep = (lambda seconds: None) if waits is None else waits.append
    return Jetstream(
        hosts, contact_email="desk@example.test", now=now, sleep=sleep, silence_s=0.6, quiet_s=0.3, settle_s=0.1, every_s=0.05
    )


def until_live(jetstream: Jetstream, cursor: int | None = None, most: int = 500) -> Kept:
    kept = Kept()
    following = jetstream.follow(cursor_at(START) if cursor is None else cursor)
    with contextlib.closing(following):  # type: ignore[type-var]
        for heard, _ in zip(following, range(most), strict=False):
            kept.store(heard)
            if heard.is_live:
                return kept
    raise AssertionError(f"not live after {most} records; the last says {kept.records[-1].trouble!r}")


def posts(count: int, start: datetime = START, url: str = PAPER) -> list[BlueskyPost]:
    return [
        BlueskyPost(f"did:plc:a{n}", f"3post{n}", start + timedelta(seconds=n), embed=external(url)) for n in range(1, count + 1)
    ]


def speak(host: JetstreamStandin, *made: BlueskyPost) -> None:
    """The posts, something between them, and an event of now, by which one knows that all is there."""
    for post in made:
        host.post(post)
        host.tick(post.posted_at)
    now_tick(host)


def now_tick(host: JetstreamStandin) -> None:
    host.tick(NOW)


def uris(made: list[BlueskyPost]) -> set[str]:
    return {post.uri for post in made}


# --- what is heard


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


# --- through breaks


@pytest.mark.parametrize("how", ["close", "abort", "cut", "silence"])
@pytest.mark.parametrize("after", [0, 1, 7])
def test_after_a_break_nothing_is_missing(host: JetstreamStandin, how: str, after: int) -> None:
    made = posts(10)
    speak(host, *made)
    host.faults = [Fault(how, after), Fault(how, after + 3), Fault("refuse")]  # type: ignore[arg-type]
    kept = until_live(stream(host.url))
    assert kept.live == uris(made)
    assert len(host.connections) == 4
    cursors = [one.cursor for one in host.connections]
    assert cursors == sorted(cursors)


def test_breaks_every_few_posts_for_all_the_way(host: JetstreamStandin) -> None:
    made = [BlueskyPost(f"did:plc:a{n}", f"3p{n}", START + timedelta(minutes=n), embed=external(PAPER)) for n in range(1, 60)]
    speak(host, *made)
    host.faults = [Fault("abort", 4)] * 200
    assert until_live(stream(host.url)).live == uris(made)


def test_the_next_host_goes_on_from_a_little_earlier(host: JetstreamStandin) -> None:
    made = posts(4, START + timedelta(minutes=10))
    with JetstreamStandin(now) as second:
        host.faults = [Fault("abort", 4)]
        speak(host, *made)
        speak(second, *made)
        kept = until_live(stream(host.url, second.url))
    assert kept.live == uris(made)
    assert [one.cursor for one in second.connections] == [cursor_at(made[1].posted_at - REWIND)]


def test_a_host_that_is_down_is_passed_over(host: JetstreamStandin) -> None:
    made = posts(2)
    speak(host, *made)
    kept = until_live(stream(f"ws://127.0.0.1:{free_port()}", host.url))
    assert kept.live == uris(made)
    assert {one.trouble for one in kept.records} == {""}


def test_an_hour_of_replay_changes_nothing(host: JetstreamStandin) -> None:
    made = posts(5)
    host.replay = timedelta(hours=1)
    for post in made:
        host.post(post)
    host.post(made[2], "delete", START + timedelta(minutes=1))
    now_tick(host)
    kept = until_live(stream(host.url), cursor_at(START + timedelta(minutes=30)))
    assert kept.live == uris(made) - {made[2].uri}
    cursors = [one.cursor for one in kept.records]
    assert cursors == sorted(cursors)


def test_posts_made_meanwhile_are_heard_at_once(host: JetstreamStandin) -> None:
    now_tick(host)
    fresh = BlueskyPost("did:plc:fresh", "3fresh", NOW, embed=external(PAPER))
    with contextlib.closing(stream(host.url).follow(cursor_at(START))) as following:  # type: ignore[type-var]
        for heard, _ in zip(following, range(200), strict=False):
            if heard.is_live and not any(json.loads(frame)["did"] == fresh.did for _, frame in host.events):
                host.post(fresh)
            if heard.found:
                break
        assert [post.id for post in heard.found] == [fresh.uri]
    assert len(host.connections) == 1


def test_where_no_host_answers_it_is_said_and_tried_less_often() -> None:
    port, waits = free_port(), []  # type: ignore[var-annotated]
    with contextlib.closing(stream(f"ws://127.0.0.1:{port}", waits=waits).follow(cursor_at(START))) as following:  # type: ignore[type-var]
        heard = [next(following) for _ in range(7)]
    assert {one.trouble for one in heard} == {
        f"Bluesky's stream cannot be heard: 127.0.0.1:{port} cannot be reached (Connection refused)."
    }
    assert waits == [1, 2, 4, 8, 10, 10]
    assert {(one.cursor, one.is_live) for one in heard} == {(cursor_at(START), False)}


def test_a_host_that_refuses_and_one_that_sends_nothing_are_named(host: JetstreamStandin) -> None:
    with JetstreamStandin(now) as silent:
        host.faults = [Fault("refuse")] * 9
        with contextlib.closing(stream(host.url, silent.url).follow(cursor_at(START))) as following:  # type: ignore[type-var]
            trouble = next(heard.trouble for heard, _ in zip(following, range(500), strict=False) if heard.trouble)
        first, second = host.url.removeprefix("ws://"), silent.url.removeprefix("ws://")
    assert trouble == (f"Bluesky's stream cannot be heard: {first} refuses the connection (status 503); {second} sends nothing.")


# --- cursors


def test_a_stream_without_news_is_live_after_two_looks(host: JetstreamStandin) -> None:
    made = posts(3)
    for post in made:
        host.post(post)
    kept = until_live(stream(host.url))
    assert kept.live == uris(made)
    assert 2 <= len(host.connections) <= 3


def test_a_cursor_older_than_the_stream_tells_what_was_missed(host: JetstreamStandin) -> None:
    horizon = NOW - timedelta(hours=36)
    lost, kept_there = posts(1, horizon - timedelta(hours=3)), posts(2, horizon + timedelta(hours=1))
    speak(host, *lost, *kept_there)
    kept = until_live(stream(host.url), cursor_at(horizon - timedelta(hours=4)))
    assert kept.live == uris(kept_there)
    assert [one.missed for one in kept.records if one.missed] == [(horizon - timedelta(hours=4), horizon)]


def test_36_hours_ago_misses_nothing(host: JetstreamStandin) -> None:
    speak(host, *posts(1))
    kept = until_live(stream(host.url), cursor_at(NOW - timedelta(hours=36)))
    assert [one.missed for one in kept.records if one.missed] == []


def test_a_cursor_of_the_future_would_skip_what_comes_until_then(host: JetstreamStandin) -> None:
    speak(host, *posts(1))
    until_live(stream(host.url), cursor_at(NOW + timedelta(days=1)))
    assert host.connections[0].cursor == cursor_at(NOW - REWIND)


def test_an_event_of_the_future_moves_the_cursor_to_now_at_most(host: JetstreamStandin) -> None:
    host.tick(NOW + timedelta(days=300))
    kept = until_live(stream(host.url))
    assert kept.cursor == cursor_at(NOW)
    assert moment_of(kept.cursor) == NOW


# --- settings


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
