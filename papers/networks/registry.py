"""Which networks there are: one line each."""

from papers.networks.base import Network
from papers.networks.bluesky.client import Bluesky
from papers.networks.hackernews.client import HackerNews
from papers.networks.huggingface.client import HuggingFace

KINDS: dict[str, type[Network]] = {kind.name: kind for kind in (Bluesky, HackerNews, HuggingFace)}
