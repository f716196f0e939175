"""Papers' metadata from arXiv's API."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from papers.sources import http
from papers.sources.arxiv.client import ArxivClient
from papers.sources.arxiv.xml import read_xml
from papers.sources.left_out import LeftOut
from tests.papers.sources.arxiv.reading_arxiv import reader, truth
from tests.standins.arxiv import ArxivStandin
from tests.standins.damage import instead
from tests.standins.serving import Reply, Request
from tests.standins.world import World


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("old_form", [False, True])
def test_metadata_is_exactly_what_arxiv_gave(arxiv: ArxivClient, standin: ArxivStandin, old_form: bool) -> None:
    standin.old_form = old_form
    papers = [paper for paper in standin.world.papers.values() if paper.listed_on == date(2026, 10, 14)]

    found = arxiv.metadata(paper.arxiv_id for paper in papers)

    day = date(2026, 10, 16)
    assert found.missing == ()
    assert [record.arxiv_id for record in found.records] == [paper.arxiv_id for paper in papers]
    for record, paper in zip(found.records, papers, strict=True):
        version = paper.version_at(day)
        assert record.version == (1 if old_form else version)
        assert record.title == paper.title
        assert record.abstract == folded(paper.abstract)
        assert record.authors == tuple(name for name, _ in paper.authors)
        assert record.categories == paper.categories_at(day)
        assert record.published == paper.submitted[0].replace(microsecond=0)
        assert record.updated == paper.submitted[version - 1].replace(microsecond=0)
        assert record.comment == paper.comment


def test_metadata_asks_for_a_hundred_at_a_time(full_world: World, tmp_path: Path) -> None:
    ids = truth(full_world, date(2026, 10, 12), "feed").new
    with ArxivStandin(full_world) as standin, http.client() as client:
        found = reader(client, standin, tmp_path).metadata(ids)

    assert [record.arxiv_id for record in found.records] == list(ids)
    assert [request.params["max_results"] for request in standin.requests] == ["100"] * 10


def test_metadata_reads_ids_of_the_old_style(arxiv: ArxivClient) -> None:
    found = arxiv.metadata(["cs/0112017"])

    assert [(record.arxiv_id, record.version) for record in found.records] == [("cs/0112017", 2)]


def test_metadata_reports_what_arxiv_left_out(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    known, unindexed = truth(standin.world, date(2026, 10, 16), "feed").new[:2]
    standin.unindexed = {unindexed}

    found = arxiv.metadata([known, unindexed, "0808.05394", "0000.0000"])

    assert [record.arxiv_id for record in found.records] == [known]
    assert found.missing == (unindexed, "0808.05394", "0000.0000")


def test_metadata_never_asks_for_what_is_no_id(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    bad = ("abc", "", "2610.90001v2", "2610.90001,2610.90002", "../x", "2610.9")

    assert arxiv.metadata(bad).missing == bad
    assert standin.requests == []


def test_metadata_keeps_the_other_99_of_a_batch(
    arxiv: ArxivClient, standin: ArxivStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [paper for paper in standin.world.papers if "/" not in paper][:99]
    # An id that looks right to us and wrong to arXiv.
    monkeypatch.setattr("tests.standins.arxiv.IDS", re.compile(r"(?!9913)[0-9]{4}\.[0-9]{5}"))

    found = arxiv.metadata([*ids[:50], "9913.00001", *ids[50:]])

    assert [record.arxiv_id for record in found.records] == ids
    assert found.missing == ("9913.00001",)
    assert len(standin.requests) == 2


def test_metadata_asks_again_where_a_page_is_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    ids = list(standin.world.papers)[:3]
    standin.fault("/api", "empty page", times=2)

    assert [record.arxiv_id for record in arxiv.metadata(ids).records] == ids
    assert len(standin.requests) == 3


def test_metadata_fails_loudly_where_pages_stay_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/api", "empty page", times=100)

    with pytest.raises(http.Transient, match="empty page 3 times"):
        arxiv.metadata(list(standin.world.papers)[:3])

    assert len(standin.requests) == 3


def test_listing_fails_loudly_where_pages_stay_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/catchup", Reply(200, b"<h1>Catchup results for cs on Thu, 15 Oct 2026</h1>Total of 5 entries"), times=100)

    with pytest.raises(http.Transient, match="empty listing 3 times"):
        arxiv.caught_up(date(2026, 10, 15), ("cs",))

    assert len(standin.requests) == 3


@pytest.mark.parametrize("too_many", [1, 10**9 - 100])
@pytest.mark.parametrize("repeats", [False, True])
def test_listing_whose_total_is_wrong_is_taken_by_its_headings(
    arxiv: ArxivClient, standin: ArxivStandin, too_many: int, repeats: bool
) -> None:
    """Also from a site that gives its first page whatever is asked for."""
    day = date(2026, 10, 15)
    answer = standin.answer

    def lying(request: Request) -> Reply:
        reply = answer(replace(request, params={"page": "1"}) if repeats else request)
        return replace(
            reply, body=re.sub(rb"(?<=Total of )([0-9]+)", lambda total: b"%d" % (int(total[1]) + too_many), reply.body)
        )

    standin.answer = lying  # type: ignore[method-assign]

    found = arxiv.caught_up(day, ("cs",))

    expected = truth(standin.world, day, "catchup", ("cs",))
    assert (set(found.new), set(found.cross), found.expected) == (set(expected.new), set(expected.cross), expected.expected)
    assert len(standin.requests) == (2 if repeats else 4)


def test_listing_whose_further_page_stays_empty_tells_by_its_headings_what_lacks(
    arxiv: ArxivClient, standin: ArxivStandin
) -> None:
    day = date(2026, 10, 15)
    standin.listing_page = 3
    answer = standin.answer
    empty = Reply(200, b"<h1>Catchup results for cs on Thu, 15 Oct 2026</h1>Total of 99 entries")
    standin.answer = lambda request: answer(request) if request.params["page"] == "1" else empty  # type: ignore[method-assign]

    found = arxiv.caught_up(day, ("cs",))

    assert len(found.new) == 3
    assert found.expected and found.expected.new == len(truth(standin.world, day, "catchup", ("cs",)).new)


def entries(numbers: Iterable[str], total: int) -> Reply:
    one = (
        "<entry><id>http://arxiv.org/abs/{}v1</id><published>2026-10-14T10:00:00Z</published><title>A</title><summary>a</summary>"
        '<author><name>Ada</name></author><p:primary_category xmlns:p="http://arxiv.org/schemas/atom" term="cs.LG"/></entry>'
    )
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><totalResults xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"{total}</totalResults>{''.join(map(one.format, numbers))}</feed>"
    )
    return Reply(200, feed.encode())


def test_query_that_gives_one_paper_a_page_ends_at_a_bound_and_tells_how_many_lack(
    arxiv: ArxivClient, standin: ArxivStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papers.sources.arxiv.metadata.MOST_PAGES", 7)
    standin.answer = lambda request: entries([f"2610.{int(request.params['start']):05}"], 9_000)  # type: ignore[method-assign]

    found = arxiv.submitted_for(date(2026, 10, 15), ("cs",))

    assert (len(found.new), len(standin.requests)) == (7, 7)
    assert found.left_out == (LeftOut("", "8,993 papers that its API counts but does not return"),)


def test_an_id_that_our_database_does_not_take_is_none(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    numbers = ["2610.90001", "cond-mat/0112017", f"{'a' * 9}/0112017", f"{'a-' * 200}/0112017"]
    standin.answer = lambda request: entries(numbers, 4)  # type: ignore[method-assign]

    found = arxiv.submitted_for(date(2026, 10, 15), ("cs",))

    assert (found.new, found.left_out) == (("2610.90001", "cond-mat/0112017"), (LeftOut("", "an arXiv id"),))


def test_metadata_is_unpacked_from_gzip(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.gzipped = True

    assert len(arxiv.metadata(list(standin.world.papers)[:3]).records) == 3


def test_blank_lines_before_an_answer_are_no_part_of_it() -> None:
    feed = b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>"

    for body in (b"\r\n\n" + feed, b" " * 300 + feed, b"\n<?xml version='1.0'?>\x0c" + feed.partition(b"?>")[2]):
        answer = http.Answer("https://arxiv.example/api/query", 200, {}, body)
        assert read_xml(answer, "{http://www.w3.org/2005/Atom}feed", "an Atom feed").tag == "{http://www.w3.org/2005/Atom}feed"


def test_a_title_that_nobody_sees_is_none(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    first, second, *_ = standin.world.papers
    standin.damaged[first] = standin.damaged[second] = instead("title", "\u200b\u202e")

    metadata = arxiv.metadata([first, second], {first: "As the listing has it"})

    assert [record.title for record in metadata.records] == ["As the listing has it"]
    assert metadata.left_out == (LeftOut(second, "a title"),)


def test_text_inside_elements_of_a_title_is_part_of_it(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    paper = next(iter(standin.world.papers.values()))
    standin.damaged[paper.arxiv_id] = instead("title", "Models of CO<sub>2</sub> in Air")
    assert [record.title for record in arxiv.metadata([paper.arxiv_id]).records] == ["Models of CO2 in Air"]
