"""Whether searches, as people type them, bring the paper that is meant: the mean reciprocal rank of those in `relevance.tsv`.

Real posts are read from `../shared/archive`, or HOTPAPERS_SHARED; without them there is nothing to search in. Fails below the
floor.
"""

import argparse
import io
import os
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from papers.search.finding import search  # noqa: E402
from papers.search.index import index_changed  # noqa: E402

QUERIES = Path(__file__).with_name("relevance.tsv")
"""A line each: what is typed, a tab, and the arXiv id that is meant."""
FLOOR = 0.9
LOOKED_AT = 10


def rank(query: str, meant: str) -> int:
    """The place of the paper among the results, from 1; 0 where it is not among the first."""
    found = [hit.paper.arxiv_id for hit in search(query, limit=LOOKED_AT).hits]
    return found.index(meant) + 1 if meant in found else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench relevance", description=__doc__)
    parser.add_argument("--queries", type=Path, default=QUERIES)
    options = parser.parse_args()
    archive = Path(os.environ.get("HOTPAPERS_SHARED", settings.BASE_DIR.parent / "shared")) / "archive"
    if not archive.is_dir():
        print(f"bench relevance: skipped, no real posts at {archive}; set HOTPAPERS_SHARED")
        return 0
    call_command("migrate", verbosity=0)
    call_command("import_posts", str(archive), verbosity=0, stdout=io.StringIO())
    index_changed()
    asked = [line.split("\t") for line in options.queries.read_text(encoding="utf-8").splitlines() if line]
    ranks = {query: rank(query, meant) for query, meant in asked}
    for query, place in ranks.items():
        if place != 1:
            print(f"{place or 'none':>5}  {query}")
    mean = sum(1 / place for place in ranks.values() if place) / len(ranks)
    first = sum(place == 1 for place in ranks.values())
    verdict = "within" if mean >= FLOOR else "BELOW"
    print(f"{len(ranks)} searches: {first} find what is meant first; mean reciprocal rank {mean:.3f}, {verdict} {FLOOR:g}")
    return mean < FLOOR


if __name__ == "__main__":
    sys.exit(main())
