"""A post's key over all networks, since an id of one network may be an id of another, too. Pure."""

from typing import NamedTuple

LONGEST_KEY = 16 + len(":") + 255


class PostKey(NamedTuple):
    network: str
    """By its name in the registry."""
    id: str
    """The network's own."""

    def __str__(self) -> str:
        """As pages and requests write it: `hackernews:90000001`."""
        return f"{self.network}:{self.id}"
