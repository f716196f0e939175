"""The stream over real WebSockets: nothing is lost through any kind of break, and where it goes on."""

import contextlib
import json
from datetime import timedelta

import pytest

from papers.networks.bluesky.stream import LARGEST_FRAME, REWIND, cursor_at, moment_of
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.bluesky.listening import PAPER, START, now_tick, posts, speak, stream, until_live, uris
from tests.servers import free_port
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.jetstream import Fault, JetstreamStandin, event_of, nothing_at

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


def test_a_redirect_is_not_followed(host: JetstreamStandin) -> None:
    made = posts(2)
    speak(host, *made)
    with JetstreamStandin(now) as inner:
        host.faults = [Fault("redirect", to=f"{inner.url}/subscribe")]
        kept = until_live(stream(host.url))
        assert (kept.live, inner.connections) == (uris(made), [])
    assert kept.records[0].trouble.endswith("refuses the connection (status 302).")


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
        f"Bluesky's stream is unavailable: 127.0.0.1:{port} cannot be reached (Connection refused)."
    }
    assert waits == [1, 2, 4, 8, 10, 10]
    assert {(one.cursor, one.is_live) for one in heard} == {(cursor_at(START), False)}


def test_a_host_that_refuses_and_one_that_sends_nothing_are_named(host: JetstreamStandin) -> None:
    with JetstreamStandin(now) as silent:
        host.faults = [Fault("refuse")] * 9
        with contextlib.closing(stream(host.url, silent.url).follow(cursor_at(START))) as following:  # type: ignore[type-var]
            trouble = next(heard.trouble for heard, _ in zip(following, range(500), strict=False) if heard.trouble)
        first, second = host.url.removeprefix("ws://"), silent.url.removeprefix("ws://")
    assert trouble == (f"Bluesky's stream is unavailable: {first} refuses the connection (status 503); {second} sends nothing.")


def test_hosts_with_the_same_trouble_are_counted(host: JetstreamStandin) -> None:
    host.faults = [Fault("refuse")] * 9
    down = [f"ws://127.0.0.1:{free_port()}" for _ in range(4)]
    with contextlib.closing(stream(host.url, *down).follow(cursor_at(START))) as following:  # type: ignore[type-var]
        trouble = next(heard.trouble for heard in following if heard.trouble)
    refusing = host.url.removeprefix("ws://")
    assert trouble == (
        f"Bluesky's stream is unavailable: {refusing} refuses the connection (status 503); "
        "each of 4 hosts cannot be reached (Connection refused)."
    )


def test_a_frame_that_is_too_large_costs_itself_and_what_it_may_have_hidden_is_told(host: JetstreamStandin) -> None:
    made = posts(6)
    for n, post in enumerate(made):
        host.post(post)
        if n == 2:
            large = post.posted_at + timedelta(milliseconds=300)
            host.say(large, b'{"did":"did:plc:large","time_us":%d,"kind":"%s"}' % (cursor_at(large), b"a" * LARGEST_FRAME))
    now_tick(host)
    waits: list[float] = []
    kept = until_live(stream(host.url, waits=waits))
    assert kept.live == uris(made)
    [missed] = [one.missed for one in kept.records if one.missed]
    assert missed == (made[2].posted_at, made[2].posted_at + timedelta(milliseconds=320))
    assert "sends a frame that is too large" in next(one.trouble for one in kept.records if one.trouble)
    assert (len(host.connections), waits) == (8, [1, 2, 4, 8, 10, 10])


def test_a_large_frame_that_the_library_would_refuse_is_read(host: JetstreamStandin) -> None:
    [post] = posts(1)
    post.embed = external(PAPER) | {"large": "\x01" * 1_000_000}  # six bytes each, as JSON writes it
    speak(host, post)
    kept = until_live(stream(host.url))
    assert (kept.live, len(host.connections)) == ({post.uri}, 1)


# --- cursors


def test_one_moment_far_ahead_of_all_others_passes_over_nothing(host: JetstreamStandin) -> None:
    made = posts(20)
    for n, post in enumerate(made):
        host.post(post)
        if n in (4, 9):
            host.say(post.posted_at, event_of(NOW + timedelta(minutes=n), nothing_at(NOW))[2])
    now_tick(host)
    host.faults = [Fault("abort", 6), Fault("abort", 9)]
    assert until_live(stream(host.url)).live == uris(made)


def test_a_stream_without_news_is_live_after_two_looks(host: JetstreamStandin) -> None:
    made = posts(3)
    for post in made:
        host.post(post)
    kept = until_live(stream(host.url))
    assert kept.live == uris(made)
    assert 2 <= len(host.connections) <= 3


def test_a_host_that_has_nothing_at_all_is_asked_twice(host: JetstreamStandin) -> None:
    kept = until_live(stream(host.url))
    assert (kept.posts, len(host.connections)) == ({}, 2)
    assert kept.cursor == cursor_at(START)


def test_a_host_that_says_nothing_does_not_end_the_waiting_where_another_one_speaks(host: JetstreamStandin) -> None:
    made = posts(3)
    host.faults = [Fault("silence")] * 9
    with JetstreamStandin(now) as second:
        for post in made:
            second.post(post)
        kept = until_live(stream(host.url, second.url))
    assert kept.live == uris(made)


def test_a_cursor_older_than_the_stream_tells_what_was_missed(host: JetstreamStandin) -> None:
    horizon = NOW - timedelta(hours=36)
    lost, kept_there = posts(1, horizon - timedelta(hours=3)), posts(2, horizon + timedelta(hours=1))
    speak(host, *lost, *kept_there)
    kept = until_live(stream(host.url), cursor_at(horizon - timedelta(hours=4)))
    assert kept.live == uris(kept_there)
    assert [one.missed for one in kept.records if one.missed] == [(horizon - timedelta(hours=4), horizon)]


@pytest.mark.parametrize(("cursor_h", "told"), [(30, [(30, 20)]), (40, [(40, 20)]), (20, []), (36, [])])
def test_a_host_that_goes_back_less_far_than_it_should_tells_what_was_missed(
    host: JetstreamStandin, cursor_h: int, told: list[tuple[int, int]]
) -> None:
    start = NOW - timedelta(hours=20)
    for n in range(150):  # as close together as real events
        host.tick(start + timedelta(seconds=n))
    now_tick(host)
    kept = until_live(stream(host.url), cursor_at(NOW - timedelta(hours=cursor_h)))
    hours = [tuple((NOW - moment) // timedelta(hours=1) for moment in one.missed) for one in kept.records if one.missed]
    assert hours == told


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=20_000)])
def test_a_host_whose_clock_is_ahead_has_missed_nothing_that_is_still_to_come(host: JetstreamStandin, ahead: timedelta) -> None:
    for n in range(150):
        host.tick(NOW + ahead + timedelta(seconds=n))
    kept = until_live(stream(host.url))
    assert [one.missed for one in kept.records if one.missed] == [(START, NOW)]


def test_unreadable_frames_that_come_again_are_counted_once(host: JetstreamStandin) -> None:
    for n in range(3):
        host.say(START + timedelta(seconds=n), b'{"did":"did:plc:a", "n": %d, "text":"arxiv.org/abs/2611.90001"' % n)
    now_tick(host)
    host.faults = [Fault("abort", 3), Fault("abort", 3)]
    host.replay = timedelta(hours=1)
    assert sum(one.unreadable for one in until_live(stream(host.url)).records) == 3


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
