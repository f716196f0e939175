"""The language of searches."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.search.days import spans
from papers.search.parts import QueryError
from papers.search.query import LONGEST_QUERY, MOST_TERMS, Query, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deep Learning", Query(phrases=(("deep",), ("learning",)))),
        ('"deep learning" “of networks”', Query(phrases=(("deep", "learning"), ("network",)))),
        ("k-means", Query(phrases=(("k", "mean"),))),
        ("word word", Query(phrases=(("word",),))),
        ("the of", Query()),
        ("Title:Sparse ti:nets", Query(titles=(("sparse",), ("net",)))),
        ('author:"LeCun, Yann"', Query(authors=(("lecun", "yann"),))),
        ("au:Müller", Query(authors=(("muller",),))),
        ('author:An author:"By Chance"', Query(authors=(("an",), ("by", "chance")))),
        ("cat:cs.LG category:math", Query(categories=("cs.lg", "math"))),
        ("since:2026", Query(since=date(2026, 1, 1))),
        ("from:2026-2 to:2026-02", Query(since=date(2026, 2, 1), until=date(2026, 2, 28))),
        ("since:2026-01 since:2026-01-05", Query(since=date(2026, 1, 5))),
        ("2010.04296v3 id:cs/0112017", Query(ids=("2010.04296", "cs/0112017"))),
        ("http://www.arxiv.org/pdf/math.GT/0309136v1", Query(ids=("math.gt/0309136",))),
        ("2010 04296", Query(ids=("2010.04296",))),
        ("201004296", Query(ids=("2010.04296",))),
        ("https://arxiv.org/list/cs.LG/recent?skip=0", Query(categories=("cs.lg",))),
        ("https://github.com/openai/CLIP/tree/main", Query(phrases=(("clip",),))),
        ("https://paperswithcode.com/paper/taming-transformers-well", Query(phrases=(("taming",), ("transformer",), ("well",)))),
        (
            "https://www.semanticscholar.org/paper/Big-Bird%3A-Longer/044e13d7dd4e0655eb76f0bd00b2c1bdb44e2be3",
            Query(phrases=(("big",), ("bird",), ("longer",))),
        ),
        ("BERT: a ratio of 3:1 at 12:30", Query(phrases=(("bert",), ("ratio",), ("3", "1"), ("12", "30")))),
        ("??? learning ***", Query(phrases=(("learning",),))),
        ('deep "learning of', Query(phrases=(("deep",), ("learning",)))),
        ("Transfer-from:Sim to:Real", Query(phrases=(("transfer",), ("sim",), ("real",)))),
        ("from:Scratch to:the", Query(phrases=(("scratch",),))),
        ("autor:Smith", Query(phrases=(("autor",), ("smith",)))),
        ("Audio Transformers:Transformer…", Query(phrases=(("audio",), ("transformer",)))),
        ("t_x b_a_b", Query(phrases=(("t", "x"), ("b", "b")))),
    ],
)
def test_parse_reads_a_query(text: str, expected: Query) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("", "Nothing to search for. Type a word, a name or an arXiv id."),
        ("?! *", "Nothing to search for. Type a word, a name or an arXiv id."),
        ("NOT", "AND, OR and NOT only join words. Type a word, a name or an arXiv id."),
        ("OR (OR)", "AND, OR and NOT only join words. Type a word, a name or an arXiv id."),
        ("-survey", "Write a word to search for, too, besides what the papers must be without."),
        (
            "https://example.org/044e13d7dd4e0655eb76f0bd00b2c1bdb44e2be3",
            "Only links to papers and to posts about them can be searched, for example https://arxiv.org/abs/2010.04296.",
        ),
        ("cat:cs.LG!", "“cs.LG!” isn’t an arXiv category. Write cat:cs.LG, or cat:cs for a whole archive."),
        ("id:20", "“20” isn’t an arXiv id. Write id:2010.04296 or id:cs/0112017."),
        (
            "since:2026-02-30",
            "“2026-02-30” isn’t a date. Write since:2026-01-31, since:2026-01 for a month or since:2026 for a year.",
        ),
        (
            "until:yesterday",
            "“yesterday” isn’t a date. Write until:2026-01-31, until:2026-01 for a month or until:2026 for a year.",
        ),
        ("since:2026 until:2025", "2026-01-01 is after 2025-12-31. Swap the two dates."),
        ('author:""', "Write a word after author:, for example author:LeCun."),
        ("author:???", "Write a word after author:, for example author:LeCun. “???” is too common, or isn’t a word."),
        (
            "cat:cs.LG title:it",
            "Write a word after title:, for example title:learning. “it” is too common, or isn’t a word.",
        ),
        ("x" * (LONGEST_QUERY + 1), f"The search is too long. Use at most {LONGEST_QUERY} characters."),
        (" ".join(f"w{n}" for n in range(MOST_TERMS + 1)), f"The search has too many words. Use at most {MOST_TERMS}."),
    ],
)
def test_parse_explains_what_it_cannot_read(text: str, explanation: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert str(caught.value) == explanation


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2024, 1, 1), date(2025, 12, 31), ["2024", "2025"]),
        (date(2024, 11, 30), date(2025, 2, 1), ["20241130", "202412", "202501", "20250201"]),
        (date(2024, 2, 1), date(2024, 2, 29), ["202402"]),
        (None, date(1992, 1, 2), ["1991", "19920101", "19920102"]),
        (date(2026, 12, 31), None, ["20261231"]),
        (date(2030, 1, 1), None, []),
    ],
)
def test_spans_cover_the_days(since: date | None, until: date | None, expected: list[str]) -> None:
    assert spans(since, until, date(2026, 12, 31)) == expected


@given(st.dates(date(1991, 1, 1), date(2026, 12, 31)), st.dates(date(1991, 1, 1), date(2026, 12, 31)))
def test_spans_are_few(one: date, other: date) -> None:
    assert 1 <= len(spans(min(one, other), max(one, other), date(2026, 12, 31))) < 120
