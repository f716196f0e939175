"""The open networks under a clock that stands still."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from tests.papers.open_networks import NOW, OpenNetworks, open_networks


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(settings: Settings, clock: time_machine.Traveller) -> Iterator[OpenNetworks]:
    settings.X_BEARER_TOKEN = ""
    with open_networks(settings) as made:
        yield made
