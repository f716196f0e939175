"""A client and the log of its waits, for every network."""

from collections.abc import Iterator

import httpx
import pytest

from papers.sources.http import client


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client(contact_email="desk@example.test") as http:
        yield http


@pytest.fixture
def waits() -> list[float]:
    return []
