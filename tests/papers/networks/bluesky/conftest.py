"""A host of the stream."""

from collections.abc import Iterator

import pytest

from tests.papers.networks.asking import now
from tests.standins.jetstream import JetstreamStandin


@pytest.fixture
def host() -> Iterator[JetstreamStandin]:
    with JetstreamStandin(now) as standin:
        yield standin
