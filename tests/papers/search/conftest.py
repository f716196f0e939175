"""Papers to search."""

from datetime import date

import pytest

from papers.search.index import index_changed
from tests.papers.search.searching import make


@pytest.fixture
def library() -> None:
    make(
        "Attention Is All You Need",
        "Transformers.",
        hot=3_000,
        arxiv_id="1706.03762",
        listing_date=date(2017, 6, 13),
        authors=["Ashish Vaswani", "Łukasz Kaiser"],
        categories=("cs.CL", "cs.LG"),
    )
    make(
        "Need for Attention",
        "A transformer needs attention.",
        arxiv_id="2105.00001",
        authors=["Ada Example"],
        categories=("cs.LG",),
    )
    make(
        "On R\\'enyi Divergences",
        "All about the $\\alpha$-divergence of Erd\\H{o}s.",
        arxiv_id="2105.00002",
        listing_date=date(2021, 5, 13),
        authors=["Alfr\\'ed R\\'enyi", "Yann LeCun"],
        categories=("stat.ML",),
    )
    make(
        "Vision with Divergent Attention",
        "State of the art; large language models.",
        hot=100,
        arxiv_id="cs/0112017",
        listing_date=date(2001, 12, 17),
        authors=["LeCun, Yann"],
        categories=("cs.CV",),
    )
    make(
        "Language and Vision Models, Large",
        "We model language.",
        arxiv_id="2611.00001",
        listing_date=date(2026, 11, 1),
        authors=["Yann A. Example"],
        categories=("cond-mat.dis-nn",),
    )
    index_changed()
