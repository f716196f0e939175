"""A week of arXiv and X, told by stand-ins over real HTTP, under a clock that stands still and can be moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from papers import clock
from papers.access.connections import Sources
from papers.models import CollectionDay
from papers.networks.x.client import XClient
from papers.networks.x.network import X
from papers.networks.x.oembed import OEmbedClient
from papers.sources import http
from papers.sources.arxiv.client import ArxivClient
from papers.sources.gate import Gate
from tests.standins.arxiv import ArxivStandin
from tests.standins.tweets import Tweets
from tests.standins.world import World
from tests.standins.x import XStandin

ARCHIVES = ("cs", "stat.ML")
MONDAY = date(2026, 11, 16)
THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)
UNHURRIED_S, HURRIED_S = 60.0, 0.3
"""Nobody is late on a busy machine, but where the stand-in is."""
FRIDAY_NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)


@dataclass
class Week:
    """The world and its stand-ins; `move` sets the clock of everything."""

    arxiv: ArxivStandin
    x: XStandin
    sources: Sources
    hurried: Sources
    """The same for a service that does not answer: they wait for it for a moment alone."""
    traveller: time_machine.Traveller
    waits: list[float]
    """What the X client would have waited."""

    @property
    def world(self) -> World:
        return self.arxiv.world

    def move(self, moment: datetime) -> None:
        self.traveller.move_to(moment)
        self.world.now = moment

    def new(self, day: date) -> set[str]:
        return {paper.arxiv_id for paper in self.world.announced(day, ARCHIVES)["new"]}

    def mentions(self, day: date | None = None) -> set[tuple[str, str]]:
        """What the tweets that X tells of (also as withheld) say: status id and paper, of the UTC day or of all."""
        now = clock.now()
        return {
            (tweet.status_id, paper)
            for tweet in self.x.tweets.all
            if tweet.counts_for_its_papers and tweet.posted_at < now
            if tweet.gone == "withheld" or not tweet.is_gone(now)
            if day is None or tweet.posted_at.date() == day
            for paper in tweet.papers
        }


@pytest.fixture(scope="session")
def world_tweets() -> Tweets:
    world = World(first_day=MONDAY, papers_a_day=24)
    listings = [(paper.arxiv_id, day) for day in world.days for paper in world.announced(day, ARCHIVES)["new"]]
    return Tweets(listings, lambda: datetime.now(UTC), per_day=150)


@pytest.fixture
def week(world_tweets: Tweets, settings: Settings, tmp_path: Path) -> Iterator[Week]:
    settings.X_BEARER_TOKEN = "synthetic-token"
    settings.X_MIN_LIKES = 0
    settings.ARXIV_ARCHIVES = list(ARCHIVES)
    waits: list[float] = []
    with (
        time_machine.travel(FRIDAY_NIGHT, tick=False) as traveller,
        ArxivStandin(World(first_day=MONDAY, papers_a_day=24)) as arxiv,
        XStandin(world_tweets) as x,
        http.client() as client,
    ):
        gate = Gate("arxiv", 0, folder=tmp_path)

        def opened(deadline_s: float) -> Sources:
            given: dict[str, Any] = {"api_base": arxiv.url, "rss_base": arxiv.url, "web_base": arxiv.url, "attempts": 3}
            asked: dict[str, Any] = {"bearer_token": x.bearer_token, "base": x.url, "sleep": waits.append, "now": clock.now}
            return Sources(
                ArxivClient(client, gate=gate, deadline_s=deadline_s, **given),
                X(XClient(client, deadline_s=deadline_s, **asked), settings),
                {X.name: OEmbedClient(client, gate=gate, base="https://example.org")},
            )

        week = Week(arxiv, x, opened(UNHURRIED_S), opened(HURRIED_S), traveller, waits)
        week.move(FRIDAY_NIGHT)
        yield week


@pytest.fixture
def retried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is tried again without the seconds in between, unless the service asks for some."""
    defaults = http.retrying.__kwdefaults__
    assert defaults
    assert "first_wait_s" in defaults
    monkeypatch.setitem(defaults, "first_wait_s", 0.0)


def states() -> dict[str, str]:
    """By day, oldest first."""
    return {str(row.date): row.state for row in CollectionDay.objects.order_by("date")}
