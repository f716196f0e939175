"""Posts of the open networks: of a day, from the stream, told twice, gone, missed; each network by itself."""

import socket
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from papers.access import networks
from papers.access.connections import health_of
from papers.collecting.following import NotLeading, follow, keep
from papers.collecting.open_days import collect_posts, days_due
from papers.collecting.open_posts import store
from papers.counts.refreshing_open import refresh_posts
from papers.models import Mention, NetworkDay, SourceHealth, StreamPlace, Tweet, UnmatchedMention
from papers.networks.base import FoundPost, GoneReason, Heard, Run
from papers.networks.bluesky.stream import Jetstream, cursor_at
from papers.sources.http import SourceError, Transient
from tests.factories import make_paper
from tests.papers.open_networks import NOW, OpenNetworks
from tests.servers import free_port
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper

pytestmark = pytest.mark.django_db
DAY, YESTERDAY = date(2026, 11, 20), date(2026, 11, 19)
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"


def post(number: int = 1, url: str = PAPER, **values: object) -> BlueskyPost:
    moment = MORNING + timedelta(minutes=number)
    return BlueskyPost(f"did:plc:a{number}", f"3post{number}", moment, embed=external(url), **values)  # type: ignore[arg-type]


def collect(name: str, day: date = DAY) -> NetworkDay:
    with networks.opened(name, attempts=1) as network:
        return collect_posts(day, network, now=NOW)


def refresh(name: str, now: datetime = NOW) -> None:
    with networks.opened(name, attempts=1) as network:
        refresh_posts(network, Tweet.objects.of_open_networks().filter(network=name).due(now=now), now=now)


def listen(world: OpenNetworks, *hosts: str, give_up_s: float = 60) -> list[str]:
    said: list[str] = []
    stream = Jetstream(
        hosts or [world.stream.url], now=lambda: NOW, sleep=lambda s: None, settle_s=0.1, every_s=0.05, silence_s=0.5
    )
    follow("bluesky", stream, until_live=True, say=said.append, give_up_s=give_up_s, sleep=lambda s: None)
    return said


def mentions() -> set[tuple[str, str]]:
    return set(Mention.objects.values_list("tweet__status_id", "paper__arxiv_id"))


# --- a day


def test_stories_and_daily_papers_are_collected_with_their_counts(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90001")
    world.hackernews.add(Story(90000001, MORNING, PAPER), Story(90000002, MORNING, "https://arxiv.org/abs/2611.90002"))
    world.huggingface.add(DailyPaper("2611.90001", MORNING))
    rows = [collect("hackernews"), collect("huggingface")]
    assert mentions() == {("90000001", "2611.90001"), ("2611.90001", "2611.90001")}
    assert set(UnmatchedMention.objects.values_list("arxiv_id", flat=True)) == {"2611.90002"}
    assert [(row.network, row.found, row.collected_until) for row in rows] == [("hackernews", 2, NOW), ("huggingface", 1, NOW)]
    story = Tweet.objects.get(status_id="90000001")
    assert (story.counts, story.read_at, story.author_handle) == ({"points": 37, "comments": 12}, NOW, "tester")
    assert story.body_html == f'<a href="{PAPER}">A Synthetic Paper</a>'
    assert (story.retweets, story.favorites) == (None, None)


def test_the_same_day_again_changes_only_counts(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90001")
    story = Story(90000001, MORNING, PAPER)
    world.hackernews.add(story)
    collect("hackernews")
    before = list(Tweet.objects.values_list("pk", "posted_at"))
    story.points = 99
    collect("hackernews")
    assert list(Tweet.objects.values_list("pk", "posted_at")) == before
    assert Tweet.objects.get().counts == {"points": 99, "comments": 12}


def test_a_network_that_fails_is_failing_until_it_answers_again(world: OpenNetworks) -> None:
    world.hackernews.fault("/api", "500", times=1)
    with pytest.raises(SourceError):
        collect("hackernews")
    refresh("hackernews")  # nothing to ask it
    assert SourceHealth.objects.get(service="hackernews").state == "failing"
    assert NetworkDay.objects.get(network="hackernews").collected_at is None
    collect("huggingface")
    collect("hackernews")
    assert dict(SourceHealth.objects.values_list("service", "state")) == {"hackernews": "ok", "huggingface": "ok"}


def test_days_are_asked_for_until_they_are_over(world: OpenNetworks) -> None:
    week = [DAY - timedelta(days=n) for n in range(8)]
    assert days_due("hackernews", NOW) == week
    for day in week:
        collect("hackernews", day)
    assert days_due("hackernews", NOW) == []
    assert days_due("hackernews", NOW + timedelta(minutes=15)) == [DAY]
    assert days_due("hackernews", NOW + timedelta(days=1)) == [DAY + timedelta(days=1), DAY]


# --- the stream


def test_posts_of_the_stream_are_kept_and_read(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90001")
    made = [post(n) for n in range(1, 30)]
    world.bluesky.add(*made)
    for one in made:
        world.stream.post(one)
    world.stream.tick(NOW)
    listen(world)
    assert Tweet.objects.filter(network="bluesky", read_at=None).count() == 29
    refresh("bluesky")
    tweets = Tweet.objects.filter(network="bluesky")
    assert {tweet.status_id: tweet.counts for tweet in tweets} == {one.uri: one.counts for one in made}
    assert {tweet.author_handle for tweet in tweets} == {"lab.example.test"}
    assert len(mentions()) == 29
    assert StreamPlace.objects.get().cursor == cursor_at(NOW)
    assert SourceHealth.objects.get(service=health_of("bluesky")).state == "ok"


def test_deleted_posts_and_authors_leave_a_tombstone(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90001")
    kept, deleted, of_author = post(1), post(2), post(3)
    for one in (kept, deleted, of_author):
        world.stream.post(one)
    world.stream.tick(NOW)
    listen(world)
    world.stream.post(deleted, "delete", NOW)
    world.stream.account(of_author.did, NOW, active=False, status="takendown")
    world.stream.tick(NOW + timedelta(seconds=1))
    listen(world)
    states = {tweet.status_id: (tweet.state, tweet.body_html) for tweet in Tweet.objects.all()}
    assert states == {
        kept.uri: ("live", "Our synthetic paper"),
        deleted.uri: ("deleted", ""),
        of_author.uri: ("withheld", ""),
    }
    world.stream.account(of_author.did, NOW, active=True)
    world.bluesky.add(kept, of_author)
    listen(world)
    refresh("bluesky", NOW)
    assert Tweet.objects.get(status_id=of_author.uri).state == "live"


def test_who_hides_from_the_signed_out_is_hidden_within_one_reading(world: OpenNetworks) -> None:
    make_paper(arxiv_id="2611.90001")
    one = post(author_labels=["!no-unauthenticated"])
    world.bluesky.add(one)
    world.stream.post(one)
    world.stream.tick(NOW)
    listen(world)
    refresh("bluesky")
    tweet = Tweet.objects.get()
    assert (tweet.state, tweet.body_html, tweet.author_handle) == ("protected", "", "")


def test_the_first_run_begins_36_hours_ago_and_the_next_where_it_stopped(world: OpenNetworks) -> None:
    world.stream.tick(NOW)
    listen(world)
    listen(world)
    asked = [one.cursor for one in world.stream.connections]
    assert asked == [cursor_at(NOW - timedelta(hours=36, seconds=30)), cursor_at(NOW - timedelta(seconds=30))]


def test_where_no_host_answers_it_gives_up_and_says_why(world: OpenNetworks) -> None:
    with pytest.raises(Transient, match=r"Bluesky.s stream is unavailable: 127\.0\.0\.1:[0-9]+ cannot be reached"):
        listen(world, f"ws://127.0.0.1:{free_port()}", give_up_s=0)
    assert SourceHealth.objects.get(service=health_of("bluesky")).state == "failing"
    assert StreamPlace.objects.get().leader == ""


def heard(**values: object) -> Heard:
    nothing: dict[str, object] = {
        "found": (),
        "removed": frozenset(),
        "authors_gone": {},
        "authors_back": frozenset(),
        "missed": None,
    }
    nothing |= {"cursor": 7, "frames": 1, "unreadable": 0, "is_live": False, "trouble": ""}
    return Heard(**(nothing | values))  # type: ignore[arg-type]


def test_who_lost_the_lead_stores_nothing(world: OpenNetworks) -> None:
    StreamPlace.objects.create(network="bluesky", leader="another:1", cursor=5)
    found = FoundPost("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", "", "", MORNING, ("2611.90001",), (Run("text"),))
    with pytest.raises(NotLeading):
        keep("bluesky", heard(found=(found,)), "me:1")
    assert (Tweet.objects.count(), StreamPlace.objects.get().cursor) == (0, 5)


@pytest.mark.parametrize(
    ("leader", "lasts"),
    [(f"{socket.gethostname()}:999999999", timedelta(seconds=40)), ("elsewhere:1", timedelta(hours=1))],
    ids=["of a killed process of this machine", "from before the clock was set back"],
)
def test_a_lead_that_nobody_has_is_taken_at_once(world: OpenNetworks, leader: str, lasts: timedelta) -> None:
    StreamPlace.objects.create(network="bluesky", leader=leader, leader_until=NOW + lasts)
    world.stream.tick(NOW)
    assert listen(world) == []
    assert StreamPlace.objects.get().cursor == cursor_at(NOW)


# --- storing


def test_an_address_longer_than_any_papers_stops_nothing(world: OpenNetworks) -> None:
    world.stream.post(post(1, f"https://arxiv.org/abs/{'a' * 300}/0309136"))
    world.stream.post(post(2))
    world.stream.tick(NOW)
    listen(world)
    assert set(UnmatchedMention.objects.values_list("arxiv_id", flat=True)) == {"2611.90001"}


def test_a_post_that_links_another_paper_now_loses_the_old_link(clock: time_machine.Traveller) -> None:
    make_paper(arxiv_id="2611.90001")
    make_paper(arxiv_id="2611.90002")

    def linking(*papers: str) -> FoundPost:
        return FoundPost("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", "", "", MORNING, papers, (Run("text"),))

    store("bluesky", [linking("2611.90001", "2611.90003")], read_at=NOW)
    store("bluesky", [linking("2611.90002")], read_at=NOW)
    assert mentions() == {("at://did:plc:a/app.bsky.feed.post/3k", "2611.90002")}
    assert UnmatchedMention.objects.count() == 0


def test_mentions_that_a_killed_worker_left_are_matched_when_it_is_told_again(
    clock: time_machine.Traveller, django_capture_on_commit_callbacks: Any
) -> None:
    one = FoundPost("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", "", "", MORNING, ("2611.90001",), (Run("text"),))
    store("bluesky", [one], read_at=NOW)
    make_paper(arxiv_id="2611.90001")  # its worker saw no post yet, and the post's worker was killed before it looked

    with django_capture_on_commit_callbacks(execute=True):
        store("bluesky", [one], read_at=NOW)

    assert mentions() == {(one.id, "2611.90001")}
    assert UnmatchedMention.objects.count() == 0


def test_what_strangers_write_is_stored_as_safe_html(clock: time_machine.Traveller) -> None:
    runs = (Run("<b>\n\x07 & "), Run("x\"'", 'https://a.example/?q="><script>'), Run("שלום"))
    store(
        "bluesky",
        [FoundPost("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", "", "", MORNING, ("2611.90001",), runs)],
        read_at=NOW,
    )
    tweet = Tweet.objects.get()
    assert tweet.body_html == ('&lt;b&gt;<br> &amp; <a href="https://a.example/?q=&quot;&gt;&lt;script&gt;">x&quot;&#39;</a>שלום')
    assert tweet.direction == "ltr"


def test_a_post_without_a_paper_is_not_kept(clock: time_machine.Traveller) -> None:
    store("bluesky", [FoundPost("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", "", "", MORNING, (), ())], read_at=NOW)
    assert Tweet.objects.count() == 0


def test_gone_reasons_are_states() -> None:
    assert {Tweet.State(reason).value for reason in GoneReason} == {"deleted", "protected", "withheld"}
