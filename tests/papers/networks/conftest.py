"""A client and the log of its waits, for every network."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from papers.sources.http import client

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)


def now() -> datetime:
    return NOW


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client(contact_email="desk@example.test") as http:
        yield http


@pytest.fixture
def waits() -> list[float]:
    return []
