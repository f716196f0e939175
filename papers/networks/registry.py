"""Which networks there are: one line each, and one more where a network can do something that others cannot."""

from collections.abc import Callable
from typing import Any

from papers.networks.base import Kind, Network, Stream
from papers.networks.bluesky.client import Bluesky
from papers.networks.bluesky.stream import Jetstream
from papers.networks.hackernews.client import HackerNews
from papers.networks.huggingface.client import HuggingFace
from papers.networks.x.network import LINK_HOSTS, X, frame

OLD_NETWORK: str = X.name
"""The one that the old site knew: its posts name no network, and its counts have columns of their own."""
OPEN: dict[str, type[Network]] = {
    Bluesky.name: Bluesky,
    HackerNews.name: HackerNews,
    HuggingFace.name: HuggingFace,
}
"""Those that may be read at no price."""
KINDS: dict[str, type[Kind]] = {X.name: X, **OPEN}
"""All of them."""
STREAMS: dict[str, type[Stream]] = {Bluesky.name: Jetstream}
"""Those that tell of new posts by themselves."""
FRAMES: dict[str, Callable[[str, Any], str]] = {X.name: frame}
"""Those that have a page of one post alone, made for frames: its address, by the post's id and the settings."""
OWN_LINKS: dict[str, frozenset[str]] = {X.name: LINK_HOSTS}
"""Those whose texts link to nothing but these hosts of the network's own."""
