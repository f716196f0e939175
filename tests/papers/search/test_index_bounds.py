"""What one paper may cost the search index: so much and no more, and never the other papers."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from digests.markdown import other_networks
from digests.markdown.files import PostFile
from digests.markdown.format import LARGEST_COUNT, parse, render
from digests.markdown.importing import Outcome, store
from papers.models import IndexedPaper, MisspelledWord, Paper, UnindexedPaper
from papers.search.expressions import FIRST, standings
from papers.search.finding import search
from papers.search.index import hotness, index_changed, standing
from papers.search.schema import FTS5
from papers.search.terms import index_terms, within
from tests.digests.markdown.importing_posts import DAY, PAPER, a_post, changed
from tests.factories import make_paper

FRIDAY = date(2026, 11, 20)
WORDS = [f"w{n:x}q" for n in range(150_000)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"abstract": " ".join(WORDS)},
        {"abstract": " ".join(f"{chr(0x4E00 + n % 20_000)}{chr(0x4E00 + n // 20_000)}" * 15 for n in range(150_000))},
        {"title": " ".join(WORDS)},
        {"authors": [" ".join(WORDS[n : n + 150]) for n in range(0, 150_000, 150)]},
    ],
    ids=["abstract", "wide letters", "title", "authors"],
)
def test_paper_of_a_hundred_thousand_words_does_not_stop_the_index(fields: dict[str, Any]) -> None:
    large = make_paper(**fields)
    other = make_paper(title="A Plain Paper")

    index_changed()

    assert set(IndexedPaper.objects.values_list("paper_id", flat=True)) == {large.pk, other.pk}
    assert not UnindexedPaper.objects.exists()


@pytest.mark.django_db
def test_keys_of_words_are_not_checked_one_by_one() -> None:
    """PostgreSQL keeps the plan of such a check; one made while the table was empty reads all words for each key."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, MisspelledWord._meta.db_table).values()

    assert [one["columns"] for one in constraints if one["foreign_key"]] == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's index")
def test_papers_of_all_hotness_are_found_among_many() -> None:
    """FTS5 of SQLite 3.40 loses papers where it reads long lists backwards over the leaps between doublings of hotness."""
    chance = random.Random(5)
    papers = [(standing(hotness(chance.choice([0, 0, 1, 40, 90]), None), FRIDAY, n), n % 60 == 7) for n in range(12_000)]
    with connection.cursor() as cursor:
        cursor.executemany(FTS5.add, [(place, f"common {'rare ' * is_rare}other words") for place, is_rare in papers])
        for statement in FTS5.after_all:
            cursor.execute(statement)

    found = standings(((("common",),), (("rare",),)), (), FIRST, 1_000)

    assert found == sorted((place for place, is_rare in papers if is_rare), reverse=True)


def test_index_terms_say_of_a_large_paper_what_finds_it() -> None:
    paper = Paper(arxiv_id="2611.90001", title="A Plain Paper", abstract=" ".join(WORDS), authors=["Ada Example"])

    terms = index_terms(paper.arxiv_id, paper.title, paper.abstract, paper.authors, FRIDAY, ["cs.LG"])

    assert {"t_plain", "a_ada", "c_cslg", "d_20261120", "i_261190001", WORDS[0]} <= set(terms)
    assert sum(len(term.encode()) + 12 for term in terms) < 210_000


def test_within_takes_what_the_bytes_hold() -> None:
    assert within(["ab", "é", "c"], 28) == ["ab", "é"]
    assert within([], 28) == []


@pytest.mark.django_db(transaction=True)
def test_the_largest_counts_of_a_post_are_stored_with_those_of_all_networks() -> None:
    most = {name: {one.name: 10**15 for one in kind.counted} for name, kind in other_networks.others().items()}
    paper = changed(PAPER, retweets=LARGEST_COUNT, favorites=LARGEST_COUNT, counts=most)
    post = a_post(DAY, paper)

    assert parse(render(post)) == post
    assert store(PostFile(Path("post.md"), post, render(post), 0, (), normalised=False)) == Outcome.NEW
    index_changed()
    assert [hit.paper.arxiv_id for hit in search("title").hits] == [paper.arxiv_id]
