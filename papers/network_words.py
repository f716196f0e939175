"""What the networks are called, what they count in their own words, and which links their texts have: for whoever shows posts."""

from collections.abc import Mapping

from papers.networks import paper_links
from papers.networks.base import Count
from papers.networks.registry import KINDS


def titles() -> dict[str, str]:
    """By name, as people call them."""
    return {name: kind.title for name, kind in KINDS.items()}


def link_hosts(network: str) -> frozenset[str] | None:
    """The hosts to which alone links in its texts lead; None where they lead to any."""
    return KINDS[network].link_hosts if network in KINDS else None


paper_of_link = paper_links.paper_id


def title(network: str) -> str:
    """The network as people call it."""
    return KINDS[network].title if network in KINDS else network


def first_counts() -> dict[str, str]:
    """By network, what stands for it where there is room for one number: `reposts`."""
    return {name: kind.counted[0].plural for name, kind in KINDS.items()}


def mark(network: str) -> str:
    """What stands before its counts; empty where it has none of its own."""
    return KINDS[network].mark if network in KINDS else ""


def marks() -> dict[str, str]:
    """By network, what stands before its counts: shapes of an SVG, our own and safe. Not all have one."""
    return {name: kind.mark for name, kind in KINDS.items() if kind.mark}


def told(counts: Mapping[str, int], network: str) -> list[tuple[str, str]]:
    """The counts that the network tells, the one that people look at first: `("1,234", "reposts")`."""
    return [(f"{number:,}", kind.singular if number == 1 else kind.plural) for number, kind in told_kinds(counts, network)]


def told_kinds(counts: Mapping[str, int], network: str) -> list[tuple[int, Count]]:
    """The same, each number with what it counts."""
    kinds = KINDS[network].counted if network in KINDS else ()
    return [(counts[kind.name], kind) for kind in kinds if kind.name in counts]


def in_words(counts: Mapping[str, int], network: str) -> list[str]:
    """The counts that the network tells, in its own words and order: `1,234 reposts`, `1 like`."""
    return [f"{number} {word}" for number, word in told(counts, network)]


def plural(network: str, count: str) -> str:
    """What the network counts, by its name in our files, as people read it: `reposts` for X's `retweets`."""
    counted = KINDS[network].counted if network in KINDS else ()
    return next((one.plural for one in counted if one.name == count), count)


def weighed(weights: Mapping[str, Mapping[str, float]]) -> list[tuple[str, list[str], list[str]]]:
    """By network its title, what counts for a score (`likes × 2`), and what does not (`replies`)."""
    weights_told = []
    for name, kind in KINDS.items():
        weight = {count.plural: weights.get(name, {}).get(count.name, 0) for count in kind.counted}
        counts = [f"{plural} × {times:g}" for plural, times in weight.items() if times]
        weights_told.append((kind.title, counts, [plural for plural, times in weight.items() if not times]))
    return weights_told
