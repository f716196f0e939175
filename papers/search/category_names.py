"""Categories by their names, as people type them: `computer vision`."""

from collections import defaultdict

from papers.search.words import words
from papers.text.taxonomy import NAMES

ALSO = {
    "artificial intelligence": "cs.AI",
    "computational linguistics": "cs.CL",
    "computer vision": "cs.CV",
    "cosmology": "astro-ph.CO",
    "cryptography": "cs.CR",
    "natural language processing": "cs.CL",
    "nlp": "cs.CL",
    "robotics": "cs.RO",
}
"""Shorter names."""
TOO_COMMON = frozenset({"applications", "computation", "logic", "methodology", "performance", "probability", "sound"})
"""Names of one word that mostly mean something else."""


def _by_name() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for code, name in [*((code, name) for code, name in NAMES.items()), *((code, name) for name, code in ALSO.items())]:
        if name.lower() not in TOO_COMMON:
            found[tuple(words(name))].append(code)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


CODES = _by_name()
"""The codes of the categories that are called so, by the folded words of the name."""
