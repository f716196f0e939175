"""The open networks as stand-ins over real HTTP and WebSocket, at the moment of a clock that stands still."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from papers import clock
from papers.networks.bluesky.stream import Jetstream
from tests.standins.bluesky import BlueskyStandin
from tests.standins.hackernews import HackerNewsStandin
from tests.standins.huggingface import HuggingFaceStandin
from tests.standins.jetstream import JetstreamStandin

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
"""Where their tests begin."""
SOON: dict[str, Any] = {"settle_s": 0.2, "every_s": 0.2, "quiet_s": 0.5}
"""A stand-in sends all that it has at once and in order: what follows its stream need not wait for more."""


@dataclass(frozen=True)
class OpenNetworks:
    bluesky: BlueskyStandin
    stream: JetstreamStandin
    hackernews: HackerNewsStandin
    huggingface: HuggingFaceStandin

    def environment(self) -> dict[str, str]:
        return {
            "BLUESKY_API_BASE": self.bluesky.url,
            "BLUESKY_STREAM": self.stream.url,
            "HACKERNEWS_API_BASE": self.hackernews.url,
            "HACKERNEWS_ITEM_BASE": self.hackernews.url,
            "HUGGINGFACE_API_BASE": self.huggingface.url,
            "NETWORKS": "x,bluesky,hackernews,huggingface",
        }


@contextlib.contextmanager
def open_networks(settings: Settings) -> Iterator[OpenNetworks]:
    with (
        pytest.MonkeyPatch.context() as patch,
        BlueskyStandin(clock.now) as bluesky,
        JetstreamStandin(clock.now) as stream,
        HackerNewsStandin(clock.now) as hackernews,
        HuggingFaceStandin(clock.now) as huggingface,
    ):
        patch.setattr(Jetstream.__init__, "__kwdefaults__", {**(Jetstream.__init__.__kwdefaults__ or {}), **SOON})
        made = OpenNetworks(bluesky, stream, hackernews, huggingface)
        for name, value in made.environment().items():
            setattr(settings, name, value.split(",") if name in ("NETWORKS", "BLUESKY_STREAM") else value)
        yield made
