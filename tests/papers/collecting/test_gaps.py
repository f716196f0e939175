"""What a stream missed: told with its day, filled by a search where there is an account for it, and a limit where that refuses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from papers.access import networks
from papers.clock import bounds
from papers.collecting import open_posts
from papers.collecting.day_states import told_gaps
from papers.collecting.following import follow
from papers.collecting.open_days import collect_posts, days_due
from papers.collection_report import report
from papers.models import CollectionDay, Mention, NetworkDay, SourceHealth, StreamPlace
from papers.networks.base import FoundPost
from papers.networks.bluesky.stream import cursor_at
from tests.factories import make_paper
from tests.papers.open_networks import NOW, OpenNetworks
from tests.standins.bluesky import PASSWORD, BlueskyPost, external

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 19)
GAP = (datetime(2026, 11, 19, 8, tzinfo=UTC), datetime(2026, 11, 19, 10, tzinfo=UTC))
PAPER = "https://arxiv.org/abs/2611.90001"


@pytest.fixture
def world(world: OpenNetworks) -> OpenNetworks:
    make_paper(arxiv_id="2611.90001")
    return world


@pytest.fixture
def account(world: OpenNetworks, settings: Settings) -> None:
    settings.BLUESKY_HANDLE, settings.BLUESKY_APP_PASSWORD = world.bluesky.handle, PASSWORD


def collected() -> NetworkDay:
    with networks.opened("bluesky", attempts=1) as network:
        return collect_posts(YESTERDAY, network, now=NOW)


def miss() -> None:
    open_posts.missed("bluesky", *GAP, days=[bounds(YESTERDAY)])


def lose(world: OpenNetworks, count: int) -> list[BlueskyPost]:
    lost = [BlueskyPost("did:plc:a", f"3k{n}", GAP[0] + timedelta(minutes=n), embed=external(PAPER)) for n in range(count)]
    world.bluesky.add(*lost)
    return lost


def follow_first() -> None:
    follow("bluesky", networks.stream("bluesky"), until_live=True, sleep=lambda s: None)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 18), "Bluesky was not heard from 00:00 to 24:00 UTC."),
        (YESTERDAY, "Bluesky was not heard from 00:00 to 10:00 UTC."),
        (date(2026, 11, 20), ""),
    ],
)
def test_what_came_before_the_stream_was_first_listened_to_is_told(world: OpenNetworks, day: date, told: str) -> None:
    CollectionDay.objects.create(date=day)
    world.stream.tick(NOW)
    with networks.opened("bluesky", attempts=1) as network:
        collect_posts(day, network, now=NOW - timedelta(minutes=1))  # nobody had listened yet
        follow_first()
        assert day in days_due("bluesky", NOW)
        collect_posts(day, network, now=NOW)
        collect_posts(day, network, now=NOW)
    assert told_gaps(NetworkDay.objects.get(date=day)) == told
    assert CollectionDay.objects.get().reason.endswith(told)


@pytest.mark.usefixtures("account")
def test_what_came_before_the_stream_was_first_listened_to_is_filled_by_search(world: OpenNetworks) -> None:
    [lost] = lose(world, 1)
    world.stream.tick(NOW)
    follow_first()
    assert collected().missed == []  # of a day that nobody wants, nothing is told
    CollectionDay.objects.create(date=YESTERDAY)
    assert YESTERDAY in days_due("bluesky", NOW)
    row = collected()
    assert (row.missed, row.found, Mention.objects.get().tweet.status_id) == ([], 1, lost.uri)
    assert (collected().missed, sum(one.path.endswith("searchPosts") for one in world.bluesky.requests)) == (
        [],
        6,
    )  # not once more


def test_status_names_the_newest_gaps_and_counts_the_others(world: OpenNetworks) -> None:
    def reason() -> str:
        return str(report(NOW)["networks"]["bluesky"]["reason"])

    told = [f"2026-11-{n}: Bluesky was not heard from 00:00 to 24:00 UTC." for n in range(10, 15)]
    for n in range(10, 15):
        opens = datetime(2026, 11, n, tzinfo=UTC)
        open_posts.missed("bluesky", opens, opens + timedelta(days=1), days=[bounds(opens.date())])
        shown = told[max(0, n - 12) : n - 9]
        earlier = {13: ["1 earlier day has gaps, too."], 14: ["2 earlier days have gaps, too."]}.get(n, [])
        assert reason() == " ".join([*earlier, *shown])


def test_an_account_that_comes_later_fills_what_was_missed(world: OpenNetworks, settings: Settings) -> None:
    miss()
    collected()
    NetworkDay.objects.update(collected_at=NOW - timedelta(days=3))
    assert YESTERDAY in days_due("bluesky", NOW)
    lose(world, 1)
    settings.BLUESKY_HANDLE, settings.BLUESKY_APP_PASSWORD = world.bluesky.handle, PASSWORD
    assert (collected().missed, Mention.objects.count()) == ([], 1)


@pytest.mark.usefixtures("account")
def test_what_a_refused_search_left_out_is_counted_once(world: OpenNetworks) -> None:
    CollectionDay.objects.create(date=YESTERDAY)
    miss()
    posts = lose(world, 4)
    for post in posts[2:]:
        world.bluesky.changes[post.uri] = {"uri": "nobody knows"}
    world.bluesky.largest_page, world.bluesky.has_first_pages_alone = 2, True

    def told() -> str:
        collected()
        return CollectionDay.objects.get().reason.partition(" Bluesky was")[0].rpartition(". ")[2]

    assert [told() for _ in range(3)] == ["2 posts of Bluesky could not be read: 2 without an author, a record or a moment."] * 3
    del world.bluesky.changes[posts[2].uri]
    assert told() == "1 post of Bluesky could not be read: 1 without an author, a record or a moment."
    world.bluesky.has_first_pages_alone = False
    collected()
    assert "1 post of Bluesky could not be read" in CollectionDay.objects.get().reason


def test_a_gap_noted_while_another_one_is_filled_stays(world: OpenNetworks) -> None:
    miss()
    later = (GAP[1] + timedelta(hours=1), GAP[1] + timedelta(hours=2))

    class Filling:
        name = "bluesky"

        def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost]:
            return iter(())

        def fill(self, start: datetime, end: datetime) -> Iterator[FoundPost]:
            open_posts.missed("bluesky", *later, days=[bounds(YESTERDAY)])
            return iter(())

    row = collect_posts(YESTERDAY, Filling(), now=NOW)  # type: ignore[arg-type]
    row.refresh_from_db()
    assert (row.missed, row.collected_at) == ([[one.isoformat() for one in later]], None)


def test_what_the_stream_missed_is_told_and_filled_by_search(world: OpenNetworks, settings: Settings) -> None:
    StreamPlace.objects.create(network="bluesky", cursor=cursor_at(GAP[0]))
    [lost] = lose(world, 1)
    world.stream.tick(NOW)
    follow("bluesky", networks.stream("bluesky"), until_live=True, sleep=lambda s: None)
    assert told_gaps(NetworkDay.objects.get(date=YESTERDAY)) == "Bluesky was not heard from 08:00 to 10:00 UTC."
    assert collected().missed != []
    settings.BLUESKY_HANDLE, settings.BLUESKY_APP_PASSWORD = world.bluesky.handle, PASSWORD
    row = collected()
    assert (row.missed, row.found, Mention.objects.get().tweet.status_id) == ([], 1, lost.uri)


@pytest.mark.usefixtures("account")
def test_a_search_that_refuses_is_a_limit_that_is_told_and_keeps_what_it_gave(world: OpenNetworks) -> None:
    miss()
    lose(world, 4)
    world.bluesky.largest_page, world.bluesky.has_first_pages_alone = 2, True

    row = collected()

    told = (
        "Bluesky was not heard from 08:00 to 10:00 UTC. Bluesky's search refuses to fill such gaps (400 InvalidRequest): "
        "it wants data to be collected from its stream."
    )
    assert (told_gaps(row), row.found, row.collected_at) == (told, 2, NOW)
    assert not SourceHealth.objects.exclude(state="ok").exists()
    miss()  # the same once more
    assert NetworkDay.objects.get(pk=row.pk).missed == row.missed
    assert told_gaps(collected()) == told
    world.bluesky.has_first_pages_alone = False
    assert (collected().missed, collected().found) == ([], 4)
