"""What the networks are called, what they count in their own words, and which links their texts have: for whoever shows posts."""

from collections.abc import Mapping

from papers.networks.registry import KINDS


def titles() -> dict[str, str]:
    """By name, as people call them."""
    return {name: kind.title for name, kind in KINDS.items()}


def link_hosts(network: str) -> frozenset[str] | None:
    """The hosts to which alone links in its texts lead; None where they lead to any."""
    return KINDS[network].link_hosts if network in KINDS else None


def title(network: str) -> str:
    """The network as people call it."""
    return KINDS[network].title if network in KINDS else network


def in_words(counts: Mapping[str, int], network: str) -> list[str]:
    """The counts that the network tells, in its own words and order: `1,234 reposts`, `1 like`."""
    kinds = KINDS[network].counted if network in KINDS else ()
    told = ((counts[kind.name], kind) for kind in kinds if kind.name in counts)
    return [f"{number:,} {kind.singular if number == 1 else kind.plural}" for number, kind in told]


def plural(network: str, count: str) -> str:
    """What the network counts, by its name in our files, as people read it: `reposts` for X's `retweets`."""
    counted = KINDS[network].counted if network in KINDS else ()
    return next((one.plural for one in counted if one.name == count), count)


def weighed(weights: Mapping[str, Mapping[str, float]]) -> list[tuple[str, list[str], list[str]]]:
    """By network its title, what counts for a score (`likes × 2`), and what does not (`replies`)."""
    told = []
    for name, kind in KINDS.items():
        weight = {count.plural: weights.get(name, {}).get(count.name, 0) for count in kind.counted}
        counts = [f"{plural} × {times:g}" for plural, times in weight.items() if times]
        told.append((kind.title, counts, [plural for plural, times in weight.items() if not times]))
    return told
