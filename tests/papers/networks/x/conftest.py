"""A world of tweets, its X stand-in and a client for it, under a clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
import time_machine

from papers.networks.x.client import XClient
from papers.networks.x.oembed import OEmbedClient
from papers.sources.gate import Gate
from papers.sources.http import client
from tests.standins.oembed import OEmbedStandin
from tests.standins.tweets import Tweets, WorldTweet
from tests.standins.x import XStandin

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
DAYS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
LISTINGS = [(f"2611.{90000 + 10 * place + number}", day) for place, day in enumerate(DAYS) for number in range(10)]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def tweets() -> Tweets:
    return Tweets(LISTINGS, lambda: datetime.now(UTC), per_day=400)


@pytest.fixture
def standin(tweets: Tweets, clock: time_machine.Traveller) -> Iterator[XStandin]:
    with XStandin(tweets) as standin:
        yield standin


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client() as http:
        yield http


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def x(standin: XStandin, http: httpx.Client, waits: list[float]) -> XClient:
    return XClient(http, bearer_token=standin.bearer_token, base=standin.url, deadline_s=60, sleep=waits.append)


@pytest.fixture
def oembed_standin(tweets: Tweets, clock: time_machine.Traveller) -> Iterator[OEmbedStandin]:
    with OEmbedStandin(tweets) as standin:
        yield standin


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate("oembed", 0, folder=tmp_path)


@pytest.fixture
def oembed(oembed_standin: OEmbedStandin, http: httpx.Client, gate: Gate, waits: list[float]) -> OEmbedClient:
    return OEmbedClient(http, gate=gate, base=oembed_standin.url, deadline_s=60, sleep=waits.append)


@pytest.fixture
def tweet(tweets: Tweets) -> WorldTweet:
    return next(one for one in tweets.all if one.kind == "tweet" and not one.gone and one.language == "ar")
