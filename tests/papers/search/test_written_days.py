"""Times as people write them in a search."""

from datetime import date

import pytest

from papers.search.finding import search
from papers.search.index import index_changed
from papers.search.query import parse
from tests.factories import make_paper


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("survey may 2021", ("202105",)),
        ("survey, Oct. 2020", ("202010",)),
        ("survey (Dezember 2020)", ("202012",)),
        ("survey août 2021", ("202108",)),
        ("12 May 2021 survey", ("20210512",)),
        ("May 12th, 2021 survey", ("20210512",)),
        ("survey 1st of june 2020", ("20200601",)),
        ("survey 12.05.2021", ("20210512",)),
        ("survey 2021-05-12", ("20210512",)),
        ("survey 2021-05", ("202105",)),
        ("survey 05/2021", ("202105",)),
        ("survey from July 2021", ("202107",)),
        ("survey may 2021 and june 2021", ("202105", "202106")),
        ("survey mars 2021", ()),
        ("survey may", ()),
        ("31 february 2021 survey", ()),
        ("survey since:2021-05", ()),
        ('survey "may 2021"', ()),
        ("survey lecun,may 2021", ()),
        ("survey 2021-051", ()),
        ("survey x.2021-05", ()),
    ],
)
def test_months_and_days_need_no_field(text: str, periods: tuple[str, ...]) -> None:
    query = parse(text)

    assert query.periods == periods
    assert ("survey",) in query.phrases


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("since june 2021", date(2021, 6, 1), None),
        ("after 2020", date(2020, 1, 1), None),
        ("until sept 2020", None, date(2020, 9, 30)),
        ("up to 2020-09-12", None, date(2020, 9, 12)),
        ("before May 2021", None, date(2021, 4, 30)),
        ("may-june 2021", date(2021, 5, 1), date(2021, 6, 30)),
        ("Nov 2020 – Jan 2021", date(2020, 11, 1), date(2021, 1, 31)),
        ("between 2019 and 2021", date(2019, 1, 1), date(2021, 12, 31)),
        ("between may and june 2021", date(2021, 5, 1), date(2021, 6, 30)),
        ("from 2021-05 to 2021-06", date(2021, 5, 1), date(2021, 6, 30)),
        ("2021-05..2021-06", date(2021, 5, 1), date(2021, 6, 30)),
        ("june 2021 to may 2021", None, None),
        ("month:2021-05", date(2021, 5, 1), date(2021, 5, 31)),
        ("date:2021-05-12", date(2021, 5, 12), date(2021, 5, 12)),
        ("Published:Never", None, None),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, since: date | None, until: date | None) -> None:
    query = parse(f"survey {text}")

    assert (query.since, query.until) == (since, until)
    assert ("survey",) in query.phrases


@pytest.mark.django_db
def test_month_finds_what_was_announced_in_it_or_has_its_id() -> None:
    for arxiv_id, day in (("2104.30000", date(2021, 5, 3)), ("2105.00001", date(2021, 5, 31)), ("2105.30000", date(2021, 6, 1))):
        make_paper(arxiv_id=arxiv_id, listing_date=day, title="A survey")
    make_paper(arxiv_id="2106.00001", listing_date=date(2021, 6, 2), title="A survey")
    index_changed()

    assert {hit.paper.arxiv_id for hit in search("papers of may 2021").hits} == {"2104.30000", "2105.00001", "2105.30000"}
    assert {hit.paper.arxiv_id for hit in search("survey 2021-06-01").hits} == {"2105.30000"}
    assert search("survey July 2021").found.has_fewer_words
