"""A host of the stream, and the API."""

from collections.abc import Iterator

import httpx
import pytest

from papers.networks.api import Api
from tests.papers.networks.asking import now
from tests.standins.bluesky import BlueskyStandin
from tests.standins.jetstream import JetstreamStandin


@pytest.fixture
def host() -> Iterator[JetstreamStandin]:
    with JetstreamStandin(now) as standin:
        yield standin


@pytest.fixture
def standin() -> Iterator[BlueskyStandin]:
    with BlueskyStandin(now) as standin:
        yield standin


@pytest.fixture
def api(standin: BlueskyStandin, http: httpx.Client, waits: list[float]) -> Api:
    return Api(
        http, standin.url, service="Bluesky", setting="BLUESKY_API_BASE", deadline_s=5, sleep=waits.append, now=now, attempts=3
    )
