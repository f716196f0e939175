"""`follow_bluesky` as processes: one of two follows, and a killed one loses nothing."""

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.product import Product, own_database, until
from tests.standins.bluesky import BlueskyPost, BlueskyStandin, external
from tests.standins.bluesky_world import BlueskyWorld, WorldPost
from tests.standins.jetstream import JetstreamStandin

pytestmark = [pytest.mark.slow, pytest.mark.own_database]
PAPER = "https://arxiv.org/abs/2611.90001"
COUNT = (
    "import django, json; django.setup(); from papers.models import *; "
    "print(json.dumps([Tweet.objects.count(), list(StreamPlace.objects.values_list('leader', flat=True))]))"
)
LIVE = (
    "import django, json; django.setup(); from papers.models import *; "
    "rows = UnmatchedMention.objects.filter(tweet__state='live').order_by('arxiv_id'); "
    "print(json.dumps(list(rows.values_list('tweet__status_id', 'arxiv_id'))))"
)
KILLS = 6
SETTLED_AFTER = timedelta(minutes=1)
"""No event comes so late."""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def stream() -> Iterator[JetstreamStandin]:
    with JetstreamStandin(now) as made:
        yield made


@pytest.fixture
def product(tmp_path: Path, stream: JetstreamStandin) -> Iterator[Product]:
    with own_database(tmp_path) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "VAR_DIR": str(tmp_path),
            "NETWORKS": "bluesky",
            "BLUESKY_STREAM": stream.url,
        }
        made = Product(environment | {"DJANGO_SETTINGS_MODULE": "hotpapers_site.settings"}, tmp_path / "log")
        made.migrate()
        try:
            yield made
        finally:
            made.kill_all()


def seen(post: WorldPost, at: datetime) -> set[tuple[str, str]]:
    """The papers that everybody sees it link at this moment."""
    return {(post.uri, paper) for paper in post.papers(at)} if post.is_live(at) else set()


def speak(stream: JetstreamStandin, numbers: range) -> None:
    for n in numbers:
        stream.post(BlueskyPost(f"did:plc:a{n}", f"3p{n}", now(), embed=external(PAPER)))
    stream.tick(now())


def test_one_of_two_follows_and_the_other_takes_over_when_it_is_killed(product: Product, stream: JetstreamStandin) -> None:
    speak(stream, range(50))
    first = product.follow()
    assert until(lambda: product.ask(COUNT)[0] == 50, within_s=90), product.log.read_text()
    second = product.follow()
    assert until(lambda: "waits" in product.log.read_text(), within_s=60), product.log.read_text()
    speak(stream, range(50, 100))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert until(lambda: product.ask(COUNT)[0] == 100, within_s=90), product.log.read_text()
    _, [leader] = product.ask(COUNT)
    assert leader.endswith(f":{second.pid}")


def test_it_ends_once_all_is_in_and_says_why_where_no_host_answers(product: Product, stream: JetstreamStandin) -> None:
    speak(stream, range(5))
    stream.tick(now() + timedelta(hours=1))
    done = product.manage("follow_bluesky", "--until-live")
    assert (done.returncode, product.ask(COUNT)) == (0, [5, [""]]), done.stderr


def test_killed_at_any_moment_it_loses_nothing(product: Product) -> None:
    horizon = now() - timedelta(hours=36)
    today = now().date()
    days = [today - timedelta(days=age) for age in (1, 0)]
    skies = BlueskyWorld([(f"2611.9{n:04}", days[n % 2]) for n in range(40)], now, per_day=700)
    draw = random.Random(3)
    with JetstreamStandin(now, timetable=skies.events) as host, BlueskyStandin(now) as bluesky:
        bluesky.add(*skies.posts)
        product.environment |= {"BLUESKY_STREAM": host.url, "BLUESKY_API_BASE": bluesky.url}
        running = [product.follow(), product.follow()]
        for _ in range(KILLS):
            connections = len(host.connections)
            leading = until(lambda: len(host.connections) > connections, within_s=90)  # noqa: B023 - called here
            assert leading, product.log.read_text()
            time.sleep(draw.random() * 1.5)
            _, [leader] = product.ask(COUNT)
            for process in running:
                if leader.endswith(f":{process.pid}"):
                    process.kill()
                    process.wait()
            running = [process for process in running if process.poll() is None]
            running += [product.follow() for _ in range(2 - len(running))]
        product.kill_all()
        before = now() - SETTLED_AFTER
        done = product.manage("follow_bluesky", "--until-live")
        assert done.returncode == 0, done.stderr
        product.call("refresh_engagement")
        product.call("refresh_engagement", "--all")
        at = now()
    # What changed meanwhile may be known already or not.
    within = [post for post in skies.posts if horizon < post.posted_at < before and seen(post, before) == seen(post, at)]
    told = set().union(*(seen(post, at) for post in within))
    uris = {post.uri for post in within}
    assert {(uri, paper) for uri, paper in product.ask(LIVE) if uri in uris} == told
    assert len(told) > 200
