"""Which networks there are: one line each."""

from papers.networks.base import Kind, Network, Stream, Texts
from papers.networks.bluesky.client import Bluesky
from papers.networks.hackernews.client import HackerNews
from papers.networks.huggingface.client import HuggingFace
from papers.networks.paid import Paid
from papers.networks.x.network import X

Kinds = dict[str, type[Kind]]
KINDS: Kinds = {
    X.name: X,
    Bluesky.name: Bluesky,
    HackerNews.name: HackerNews,
    HuggingFace.name: HuggingFace,
}
PAID: type[Paid] = X
"""The one that charges for what is read: the budget and its ledger are its own."""
OLD_NETWORK: str = X.name
"""The one that the old site knew: its posts name no network, and its counts have columns of their own."""


def open_kinds() -> dict[str, type[Network]]:
    """Those that may be read for free."""
    return {name: kind for name, kind in KINDS.items() if issubclass(kind, Network)}


def streams() -> dict[str, type[Stream]]:
    """Those that tell of new posts by themselves."""
    return {name: kind.stream for name, kind in KINDS.items() if kind.stream}


def texts() -> dict[str, type[Texts]]:
    """Those whose texts another service gives."""
    return {name: kind.texts for name, kind in KINDS.items() if kind.texts}
