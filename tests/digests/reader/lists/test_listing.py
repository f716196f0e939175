"""The papers of a selection: which, in which order, page by page, and at what cost."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest, Entry
from digests.reader.lists import listing
from digests.reader.lists.listing import listed
from digests.reader.lists.selections import Selection, SelectionError
from papers.models import Paper, PaperMeasurement, Provenance
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)


def titles(after: str = "", **words: str) -> list[str]:
    return [entry.title for entry in listed(Selection.of(**words), after).entries]


@pytest.fixture(params=["few rows", "many rows"])
def plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to the same rows: sorted, or looked along an index."""
    if request.param == "many rows":
        monkeypatch.setattr(listing, "_are_few", lambda rows: False)
        monkeypatch.setattr(listing, "FEW_DAYS", -1)
    return str(request.param)


@pytest.fixture
def archive() -> None:
    """Three days: an old one, and two with counts from the network."""
    rows: list[tuple[date, str, list[tuple[str, int, tuple[str, ...]]]]] = [
        (DAY, Provenance.POST, [("Old hot", 900, ("cs.LG",)), ("Old", 60, ("cs.CV",))]),
        (DAY + timedelta(1), Provenance.NETWORK, [("First", 300, ("cs.LG", "cs.CV")), ("Second", 100, ("cs.LG",))]),
        (DAY + timedelta(30), Provenance.NETWORK, [("Newest", 200, ("cs.CV",)), ("Last", 70, ("stat.ML",))]),
    ]
    for day, provenance, papers in rows:
        digest = make_digest(day)
        for title, score, categories in papers:
            make_entry(
                digest,
                make_paper(title=title, categories=categories),
                retweets=10,
                favorites=score - 10,
                provenance=provenance,
            )
    index_changed()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, ["Newest", "Last", "First", "Second", "Old hot", "Old"]),
        ({"category": "cs.CV"}, ["Newest", "First", "Old"]),
        ({"category": "cs.XX"}, []),
        ({"period": "2021-05"}, ["First", "Second", "Old hot", "Old"]),
        ({"period": "2021-05-12"}, ["Old hot", "Old"]),
        ({"period": "2021-05-13.."}, ["Newest", "Last", "First", "Second"]),
        ({"period": "..2021-05-12"}, ["Old hot", "Old"]),
        ({"period": "week"}, ["Newest", "Last"]),
        ({"period": "month"}, ["Newest", "Last", "First", "Second"]),
        ({"period": "2022"}, []),
        ({"at_least": "200"}, ["Newest", "First", "Old hot"]),
        ({"at_least": "901"}, []),
        ({"text": "old"}, ["Old hot", "Old"]),
        ({"category": "cs.LG", "period": "2021", "at_least": "150", "text": "FIRST"}, ["First"]),
    ],
)
@pytest.mark.usefixtures("archive")
def test_selection_lists_what_it_says(plan: str, words: dict[str, str], expected: list[str]) -> None:
    assert titles(**words) == expected
    assert sorted(titles(order="hottest", **words)) == sorted(expected)


@pytest.mark.usefixtures("archive")
def test_hottest_never_compares_old_counts_with_those_from_the_network(plan: str) -> None:
    assert titles(order="hottest") == ["First", "Newest", "Second", "Last", "Old hot", "Old"]
    assert titles(order="hottest", period="2021-05") == ["First", "Second", "Old hot", "Old"]
    assert titles(order="hottest", category="cs.CV") == ["First", "Newest", "Old"]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "words", [{}, {"period": "2021"}, {"category": "cs.LG"}, {"at_least": "65"}, {"text": "old", "period": "2021-05"}]
)
@pytest.mark.parametrize("order", ["newest", "hottest"])
def test_pages_go_through_the_whole_list(plan: str, order: str, words: dict[str, str]) -> None:
    selection = Selection.of(order=order, **words)

    def pages() -> Iterator[list[str]]:
        after = ""
        while True:
            page = listed(selection, after, limit=2)
            yield [entry.title for entry in page.entries]
            after = page.next_after
            if not after:
                return

    found = list(itertools.islice(pages(), 10))
    assert [title for page in found for title in page] == titles(order=order, **words)
    assert [len(page) for page in found[:-1]] == [2] * (len(found) - 1)


@pytest.fixture
def many_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two papers of a text are few; four have it, the hotter the older, each of a day of its own."""
    monkeypatch.setattr(listing, "FEW", 2)
    for day, score in ((date(2019, 5, 10), 9000), (date(2019, 5, 13), 4000), (DAY - timedelta(1), 100), (DAY, 50)):
        paper = make_paper(title=f"Learning {score}", listing_date=day)
        measure(paper, score)
        make_entry(make_digest(day), paper, retweets=0, favorites=score)
    index_changed()


@pytest.mark.usefixtures("many_matches")
def test_new_paper_is_listed_though_many_hotter_ones_match(client: Client) -> None:
    expected = ["Learning 50", "Learning 100", "Learning 4000", "Learning 9000"]
    assert titles(text="learning") == expected
    found = client.get("/papers.json?q=learning").json()["items"]
    assert [item["title"] for item in found] == expected
    assert titles(text="learning", order="hottest") == ["Learning 9000", "Learning 4000"]


@pytest.mark.usefixtures("many_matches")
def test_page_says_that_not_all_matches_are_looked_at(client: Client) -> None:
    def page(query: str) -> str:
        return client.get(f"/papers?{query}").content.decode()

    assert "match “learning”. Only the 2 hottest are searched. Add a word" in page("q=learning&order=hottest")
    assert "are searched, and the 2 hottest of the last year. Add a word" in page("q=learning")
    assert "are looked at" not in page("q=learning+4000") + page("period=2021") + page("q=synthetic+until:2019-05-10")


def measure(paper: Paper, score: int) -> None:
    """What the search index knows of a paper's hotness."""
    PaperMeasurement.objects.create(
        paper=paper, provenance=Provenance.NETWORK, read_at=datetime(2021, 5, 13, 9, tzinfo=UTC), retweets=0, favorites=score
    )


def test_equal_scores_are_all_listed() -> None:
    make_digest(DAY, papers=5)

    first = listed(Selection.of(order="hottest"), limit=3)
    second = listed(Selection.of(order="hottest"), first.next_after, limit=3)

    assert len({entry.pk for entry in [*first.entries, *second.entries]}) == 5
    assert second.next_after == ""


def test_page_keeps_its_papers_when_a_digest_comes() -> None:
    make_digest(DAY, papers=4)
    after = listed(Selection(), limit=2).next_after
    before = titles(after)

    make_digest(DAY + timedelta(1), papers=3)

    assert titles(after) == before


def test_paper_of_several_days_stands_once_as_its_newest_day_says(plan: str) -> None:
    paper = make_paper(title="Twice", categories=("cs.LG",))
    make_entry(make_digest(DAY), paper, retweets=500, favorites=0)
    make_entry(make_digest(DAY + timedelta(1)), paper, retweets=70, favorites=0)
    make_entry(make_digest(DAY + timedelta(2), status=Digest.Status.DRAFT), paper, retweets=90, favorites=0)

    for order in ("newest", "hottest"):
        [entry] = listed(Selection.of(order=order)).entries
        assert (entry.digest.date, entry.retweets) == (DAY + timedelta(1), 70)
        [entry] = listed(Selection.of(order=order, period=str(DAY))).entries
        assert entry.digest.date == DAY
        assert titles(order=order, at_least="100") == []


@pytest.mark.parametrize("status", [Digest.Status.DRAFT, Digest.Status.WITHDRAWN])
def test_unpublished_papers_are_in_no_selection(client: Client, plan: str, status: Digest.Status) -> None:
    digest = make_digest(DAY, papers=2, status=status)
    index_changed()

    words: list[dict[str, str]] = [{}, {"period": "2021"}, {"category": "cs.LG"}, {"at_least": "1"}, {"text": "synthetic"}]
    found = [titles(order=order, **one) for one in words for order in ("newest", "hottest")]

    assert found == [[]] * 10
    secret = digest.papers.first()
    assert secret is not None
    for form in ("", ".atom", ".json", ".bib"):
        assert secret.title not in client.get(f"/papers{form}").content.decode()


def test_correction_in_the_making_is_in_no_selection(plan: str) -> None:
    digest = make_digest(DAY, papers=1)
    correction = make_digest(DAY, papers=1, corrects=digest, status=Digest.Status.DRAFT, published_at=None)

    for order in ("newest", "hottest"):
        assert [entry.digest for entry in listed(Selection.of(order=order)).entries] == [digest]
    assert correction.entries.count() == 1


def test_place_of_another_list_is_none() -> None:
    with pytest.raises(SelectionError):
        listed(Selection.of(order="hottest"), "2021-05-12.3")
    with pytest.raises(SelectionError):
        listed(Selection(), "network.1.2")


def test_counts_may_be_huge() -> None:
    make_entry(make_digest(DAY), make_paper(), retweets=2_000_000_000, favorites=2_000_000_000)

    page = listed(Selection.of(order="hottest", at_least="999999999"), limit=1)

    assert [entry.retweets for entry in page.entries] == [2_000_000_000]
    assert listed(Selection.of(order="hottest"), "network.4000000001.1").entries != []


QUERIES = {
    "/papers": 6,
    "/papers?order=hottest": 7,
    "/papers?category=cs.LG": 7,
    "/papers?period=week": 8,
    "/papers?period=2021&order=hottest&category=cs.LG&min=10&q=synthetic": 11,
    "/papers?min=10": 7,
    "/papers.atom": 6,
    "/papers.json": 6,
    "/papers.bib": 3,
}


@pytest.mark.parametrize(("days", "papers"), [(2, 1), (9, 3)])
@pytest.mark.parametrize(("address", "queries"), QUERIES.items())
def test_selection_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int, papers: int, address: str, queries: int
) -> None:
    for n in range(days):
        make_digest(DAY + timedelta(n), papers=papers)
    index_changed()

    asked_of_its_index = connection.vendor == "postgresql" and "q=" in address  # which terms of the search it has
    with django_assert_num_queries(queries + asked_of_its_index):
        assert client.get(address).status_code == 200


def test_page_of_a_selection_shows_papers_and_links_its_feeds(client: Client) -> None:
    digest = make_digest(DAY)
    for _ in range(31):
        make_entry(digest, make_paper(title="R\\'enyi <b>"), provenance=Provenance.POST)
    render_changed()

    page = client.get("/papers?category=cs.LG").content.decode()

    assert page.count("Rényi &lt;b&gt;</a>") == 30
    assert page.count("(old count)") == 30
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Hot papers in cs.LG (Atom)" href="/papers.atom?category=cs.LG">'
        in page
    )
    assert '<link rel="canonical" href="http://127.0.0.1:8000/papers?category=cs.LG">' in page
    assert 'rel="next" href="/papers?category=cs.LG&amp;after=2021-05-12.30"' in page


def test_selection_that_finds_nothing_says_so(client: Client) -> None:
    assert "No papers match. Try fewer or different words." in client.get("/papers?category=cs.XX").content.decode()


def test_tweets_are_on_no_list(client: Client) -> None:
    paper = make_paper()
    make_entry(make_digest(DAY), paper, make_tweet(paper, body_html="what somebody wrote", author_name="Somebody"))

    for form in ("", ".atom", ".json", ".bib"):
        text = client.get(f"/papers{form}").content.decode()
        assert paper.title in text
        assert "somebody wrote" not in text
        assert "Somebody" not in text
    assert Entry.objects.count() == 1
