"""What a search finds, in which order, at what cost."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from papers.rendered.waiting import render_changed
from papers.search.expressions import fts5
from papers.search.finding import matching_ids, search
from papers.search.index import index_changed, pair_term, rebuild
from papers.search.parts import QueryError
from papers.search.query import parse
from papers.search.understanding import understood
from tests.papers.search.searching import ALL, LANGUAGE, NEED, NOW, RENYI, VISION, make, titles

pytestmark = pytest.mark.django_db


FOUND: dict[str, list[str]] = {
    "attention": [ALL, VISION, NEED],
    "ATTENTION need": [ALL, NEED],
    "attention all need": [ALL],
    '"all you need"': [ALL],
    '"need all"': [],
    "need attention": [ALL, NEED],
    "transformers": [ALL, NEED],
    "transformer": [ALL, NEED],
    "renyi": [RENYI],
    "Rényi's": [RENYI],
    "RÉNYI erdos": [RENYI],
    "lukasz": [ALL],
    "alpha-divergence": [RENYI],
    '"language models"': [VISION],
    "language models": [LANGUAGE, VISION],
    '"art large"': [VISION],
    '"divergences all"': [],
    "author:lecun": [VISION, RENYI],
    'author:"Yann LeCun"': [VISION, RENYI],
    'author:"Alfred LeCun"': [],
    'author:"Example, Yann A."': [LANGUAGE],
    'author:"Yann A"': [LANGUAGE],
    'author:"Ada Ada"': [NEED],
    'author:"one two three four five six seven eight nine"': [],
    'au:"lecun yann"': [VISION, RENYI],
    "author:yann author:example": [LANGUAGE],
    "author:attention": [],
    "title:models": [LANGUAGE],
    'title:"vision models"': [LANGUAGE],
    "cat:cs.LG": [ALL, NEED],
    "cat:cs": [ALL, VISION, NEED],
    "cat:cond-mat": [LANGUAGE],
    "category:COND-MAT.dis-nn": [LANGUAGE],
    "cat:cs attention vision": [VISION],
    "since:2021": [LANGUAGE, RENYI, NEED],
    "since:2021-05-13": [LANGUAGE, RENYI],
    "until:2017-06-13": [ALL, VISION],
    "attention until:2017-06-12": [VISION],
    "since:2021-05 until:2021-05": [RENYI, NEED],
    "attention since:2021-05 until:2021-06": [NEED],
    '"language models" since:2001-12-17 until:2001-12-17': [VISION],
    '"large language models" attention': [VISION],
    '"language vision models"': [LANGUAGE],
    "since:2030": [],
    "until:1980": [],
    "1706.03762": [ALL],
    "arXiv:1706.03762v5": [ALL],
    "https://arxiv.org/abs/1706.03762v5": [ALL],
    "https://arxiv.org/pdf/cs/0112017.pdf": [VISION],
    "id:cs/0112017 1706.03762": [ALL, VISION],
    "2105.0000": [RENYI, NEED],
    "2105.": [RENYI, NEED],
    "1706.0376": [ALL],
    "the": [ALL, VISION, LANGUAGE, RENYI, NEED],
    "of the attention": [ALL, VISION, NEED],
    "nowhere": [],
    "t_attention": [],
    "attention OR nowhere": [ALL, VISION, NEED],
    "attention NOT need": [VISION],
    "attention AND need": [ALL, NEED],
    "attention -need": [VISION],
    "attention -vision -title:all": [NEED],
    "attention -cat:cs.LG": [VISION],
    "attention -author:vaswani": [VISION, NEED],
    '"large language models" OR divergence': [RENYI, VISION],
    "divergence OR vision language": [LANGUAGE, VISION],
    "author:vaswani OR cat:cs.CV OR nowhere": [ALL, VISION],
    "A-guide-until:x… attention": [ALL, VISION, NEED],
    "attention*": [ALL, VISION, NEED],
    "'attention' & (need | x) <-> !y": [ALL, NEED],
    "attention'; DROP TABLE papers_paper; --": [ALL, VISION, NEED],
}


def test_search_finds(library: None) -> None:
    assert {query: titles(query) for query in FOUND} == FOUND


def test_search_finds_no_more_where_all_words_by_twos_share_a_term(monkeypatch: pytest.MonkeyPatch, library: None) -> None:
    monkeypatch.setattr("papers.search.index.PAIR_TERMS", 1)
    rebuild()

    assert {query: titles(query) for query in FOUND} == FOUND


@pytest.mark.parametrize(
    ("query", "is_by_twos", "is_sorted"),
    [
        ('attention "language models"', True, False),
        ("attention since:2017-06-01 until:2017-06-30", False, True),
        ("attention since:2026-11", False, True),
        ("attention since:2017", False, False),
        ("since:2017-06-01 until:2017-06-30", False, True),
        ("since:2001 until:2017-06-30", False, False),
    ],
)
def test_search_reads_few_papers(
    monkeypatch: pytest.MonkeyPatch, library: None, query: str, is_by_twos: bool, is_sorted: bool
) -> None:
    monkeypatch.setattr("papers.search.levels.FEW_PAPERS", 1)
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as asked:
        matching_ids(query, 1, are_hottest=True)
    last = asked[-1]["sql"]

    if connection.vendor == "sqlite":  # in its own order, and phrases by the places that it holds
        assert "ORDER BY rowid LIMIT 1" in last
        assert ('"language model"' in last) == is_by_twos and pair_term("language", "model") not in last
        return
    looked_up, _, besides = last.partition("::tsquery")
    assert (pair_term("language", "model") in looked_up) == is_by_twos
    assert "<->" not in looked_up.partition("!")[0]
    assert ("standing + 0" in besides) == is_sorted


def test_search_puts_the_title_before_the_abstract_and_the_hot_before_both(library: None) -> None:
    make("Elsewhere", "About quivers.", hot=7)
    make("Quivers", "", hot=1)
    make("Elsewhere too", "Quivers.", hot=2_000)
    make("Elsewhere and cold", "Quivers.")
    index_changed()

    assert titles("quivers") == ["Quivers", "Elsewhere too", "Elsewhere", "Elsewhere and cold"]


def test_search_marks_what_it_found(library: None) -> None:
    render_changed()
    [hit] = search("renyi divergence").hits

    assert hit.title == [("On ", False, False), ("Rényi", True, False), (" ", False, False), ("Divergences", True, False)]
    assert hit.excerpt == [
        ("All about the ", False, False),
        ('<math alttext="α"><mi>α</mi></math>', False, True),
        ("-", False, False),
        ("divergence", True, False),
        (" of Erdős.", False, False),
    ]


def test_excerpt_shows_where_most_words_stand() -> None:
    make("A", "Quiver. " + "word " * 100 + "quiver of cohomology; " + "word " * 100)
    index_changed()
    [hit] = search("quiver cohomology").hits

    shown = "".join(part.text for part in hit.excerpt)
    assert [part.text for part in hit.excerpt if part.is_match] == ["quiver", "cohomology"]
    assert shown.startswith("… word") and shown.endswith("word …")
    assert 200 < len(shown) < 300


def test_search_pages_without_gaps_or_doubles(library: None) -> None:
    for number in range(30):
        make(f"Quiver {number}" if number % 3 else "Else", "On quivers of cohomology.", hot=2 ** (number % 6))
    index_changed()

    found: list[int] = []
    after = None
    for _ in range(6):
        page = search("quiver cohomology", limit=7, after=after)
        found += [hit.paper.pk for hit in page.hits]
        after = page.next
        if not after:
            break

    assert after is None
    assert found == matching_ids("quiver cohomology", 100)
    assert len(set(found)) == 30


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "¹", "1.5", "0x10"])
def test_search_refuses_a_page_that_is_none(library: None, after: str) -> None:
    with pytest.raises(QueryError):
        search("attention", after=after)


def test_search_takes_a_constant_number_of_queries(library: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    readings = {"sqlite": 0, "postgresql": 1}[connection.vendor]  # PostgreSQL is asked which terms of each it has
    with django_assert_num_queries(9 + readings):
        search("attention")
    with django_assert_num_queries(3):
        search("all attention need cat:cs since:2001-03-04 1706.03762")
    with django_assert_num_queries(11 + readings):
        search("need attention cat:cs since:2001-03-04 -vision")
    with django_assert_num_queries(29 + 4 * readings):
        search("atention nowhere for diveregnce")


def test_two_words_in_either_order_are_read_once_by_sqlite() -> None:
    clause = (("large", "model"), ("model", "large"), ("largemodel",), ("so", "so"))

    assert fts5((clause,)) == '(NEAR("large" "model", 0) OR "largemodel" OR "so so")'


def test_what_no_paper_has_is_not_looked_for_by_postgresql(library: None) -> None:
    (attention, _) = understood(parse("attention need")).wanted

    made_up = {("attentionneed",), ("n_attention",)}.intersection(attention.anywhere)
    assert made_up == (set() if connection.vendor == "postgresql" else {("attentionneed",), ("n_attention",)})
    assert attention.anywhere[0] == ("attention",)


@given(st.text(max_size=60) | st.text(alphabet="\"':-()*&|!<>~^\\/ .,aA1é_%$;#@+=[]{}\0\n", max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_answered_or_explained(query: str) -> None:
    try:
        results = search(query)
    except QueryError as error:
        assert str(error).endswith(".")
    else:
        assert results.hits == []


@pytest.fixture(autouse=True)
def connection_still_works() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
