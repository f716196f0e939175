"""What of a network's answer could be read."""

from collections.abc import Iterable, Iterator

from papers.networks.base import FoundPost
from papers.sources.left_out import LeftOut


def readable(found: Iterable[FoundPost | LeftOut]) -> Iterator[FoundPost]:
    return (one for one in found if isinstance(one, FoundPost))
