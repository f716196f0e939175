"""Which networks there are: one line each."""

from papers.networks.base import Kind, Network, Stream
from papers.networks.bluesky.client import Bluesky
from papers.networks.bluesky.stream import Jetstream
from papers.networks.hackernews.client import HackerNews
from papers.networks.huggingface.client import HuggingFace
from papers.networks.x.network import X

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
