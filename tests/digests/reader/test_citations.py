"""Papers for reference managers, read by what reads such files: pybtex, rispy, citeproc-py, and Zotero's rules for pages."""

import io
import json
from datetime import UTC, date, datetime
from html import unescape
from re import findall

import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from django.test import Client
from pybtex.database import parse_string

from digests.models import Digest
from digests.reader.names import Name
from papers.models import Paper
from papers.rendered.waiting import render_changed
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
AUTHORS = ["Ada B. van der Example Jr", "Jo\\~ao S{\\'a}mple", "The SYNTH Collaboration", "鈴木", "et al."]
NAMES = ["van der Example, Ada B., Jr", "Sámple, João", "The SYNTH Collaboration", "鈴木"]


def make_cited(**fields: object) -> Paper:
    values = {"title": "The $O(n)$ Rates & more", "authors": AUTHORS, "abstract": "One.\n\nTwo $x^2$."}
    paper = make_paper(**(values | fields))  # type: ignore[arg-type]
    make_entry(Digest.objects.first() or make_digest(date(2021, 1, 4)), paper)
    render_changed()
    return paper


@pytest.mark.parametrize("address", ["/papers/2012.14668.ris", "/papers.ris?period=2021-01"])
def test_ris_is_read(client: Client, address: str) -> None:
    make_cited(arxiv_id="2012.14668", submitted_at=datetime(2020, 12, 29, tzinfo=UTC))

    response = client.get(address)

    [found] = rispy.loads(response.content.decode())
    assert response["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert found == {
        "type_of_reference": "UNPB",
        "id": "arXiv:2012.14668",
        "title": "The O(n) Rates & more",
        "authors": NAMES,
        "year": "2020",
        "date": "2020/12/29",
        "abstract": "One. Two x².",
        "publisher": "arXiv",
        "accession_number": "arXiv:2012.14668",
        "doi": "10.48550/arXiv.2012.14668",
        "urls": ["https://arxiv.org/abs/2012.14668"],
        "file_attachments1": "https://arxiv.org/pdf/2012.14668",
        "keywords": ["cs.LG", "stat.ML"],
    }


@pytest.mark.parametrize("address", ["/papers/2012.14668.csl.json", "/papers.csl.json?period=2021-01"])
def test_csl_is_read(client: Client, address: str) -> None:
    make_cited(arxiv_id="2012.14668", authors=["Ada van der Example Jr", "Bob Sample"])

    records = json.loads(client.get(address).content)

    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(records), formatter.plain)
    bibliography.register(Citation([CitationItem("arxiv:2012.14668")]))
    assert "Example" in str(bibliography.bibliography()[0])
    [record] = records
    assert record["author"] == [
        {"family": "Example", "given": "Ada", "non-dropping-particle": "van der", "suffix": "Jr"},
        {"family": "Sample", "given": "Bob"},
    ]
    assert (record["issued"], record["type"], record["DOI"]) == ({"date-parts": [[2020]]}, "article", "10.48550/arXiv.2012.14668")


def test_keys_are_chosen_and_no_two_are_the_same(client: Client) -> None:
    for n in range(3):
        make_cited(arxiv_id=f"2101.0000{n}", title="On the Über-Rates" if n < 2 else "A {\\'E}tude", authors=["Ada Exämple"])
    make_cited(arxiv_id="2101.00009", authors=["鈴木"])

    by_name = client.get("/papers.bib?keys=authoryear").content.decode()

    wanted = ["example2021uber", "example2021uberb", "example2021etude", "arXiv:2101.00009"]
    assert list(parse_string(by_name, "bibtex").entries) == wanted
    assert [one["id"] for one in rispy.loads(client.get("/papers.ris?keys=authoryear").content.decode())] == wanted
    assert [one["id"] for one in json.loads(client.get("/papers.csl.json?keys=authoryear").content)] == wanted
    assert (
        list(parse_string(client.get("/papers/2101.00000.bib?keys=authoryear").content.decode(), "bibtex").entries) == wanted[:1]
    )
    assert next(iter(parse_string(client.get("/papers.bib?keys=arxiv").content.decode(), "bibtex").entries)) == "arXiv:2101.00000"


@pytest.mark.parametrize(
    "address", ["/papers.ris?keys=x", "/papers/2012.14668.bib?keys=x", "/papers.csl.json?period=x", "/papers?keys=arxiv"]
)
def test_what_is_asked_for_wrongly_is_said(client: Client, address: str) -> None:
    make_cited(arxiv_id="2012.14668")

    response = client.get(address)

    assert response.status_code == 400
    if "keys=x" in address:
        assert response.content.decode() == "The keys “x” aren’t known. Write keys=arxiv or keys=authoryear.\n"


@pytest.mark.parametrize("form", ["ris", "csl.json"])
def test_paper_that_no_reader_sees_has_none(client: Client, form: str) -> None:
    make_paper(arxiv_id="2010.04296")

    assert client.get(f"/papers/2010.04296.{form}").status_code == 404


def test_page_of_a_paper_has_tags_for_zotero(client: Client) -> None:
    make_cited(arxiv_id="2012.14668", submitted_at=datetime(2020, 12, 29, tzinfo=UTC))

    page = client.get("/papers/2012.14668").content.decode()

    found = [(name, unescape(text)) for name, text in findall(r'<meta name="citation_(\w+)" content="([^"]*)">', page)]
    assert found == [
        ("title", "The O(n) Rates & more"),
        *(("author", name) for name in ["Example, Ada B. van der, Jr", "João Sámple", "The SYNTH Collaboration", "鈴木"]),
        ("date", "2020/12/29"),
        ("publisher", "arXiv"),
        ("arxiv_id", "2012.14668"),
        ("doi", "10.48550/arXiv.2012.14668"),
        ("pdf_url", "https://arxiv.org/pdf/2012.14668"),
        ("public_url", "https://arxiv.org/abs/2012.14668"),
        ("keywords", "cs.LG"),
        ("keywords", "stat.ML"),
        ("abstract", "One. Two x²."),
    ]


def test_zotero_reads_names_with_commas_as_one_and_the_whole_abstract(client: Client) -> None:
    abstract = " ".join(f"Sentence {n} of “many”." for n in range(40))
    make_cited(
        arxiv_id="2012.14668", authors=["van der Sample, Ada Maria", "Example, Bob", "Sample Example, C., Jr"], abstract=abstract
    )

    page = client.get("/papers/2012.14668").content.decode()

    assert findall('citation_author" content="([^"]*)"', page) == [
        "Ada Maria van der Sample",
        "Example, Bob",
        "Sample Example, C., Jr",
    ]
    assert [unescape(text) for text in findall('citation_abstract" content="([^"]*)"', page)] == [abstract]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("A. Example Jr", "Example, A., Jr"),
        ("A. Sample IV", "Sample, A., IV"),
        ("SYNTH Team", "SYNTH Team"),
        ("Example, Ada", "Example, Ada"),
        ("Example, Ada, Jr", "Example, Ada, Jr"),
        ("Ada Example, Jr", "Example, Ada, Jr"),
        ("Example", "Example"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
    ],
)
def test_name_is_taken_apart(name: str, written: str) -> None:
    assert str(Name.of(name)) == written


def test_hostile_text_stays_in_its_line(client: Client) -> None:
    make_cited(arxiv_id="2012.14668", title="A\r\nER  - \r\nTY  - BOOK", authors=["B\nAU  - C"], abstract="\x0bD\r\nER  - ")

    [found] = rispy.load(io.StringIO(client.get("/papers/2012.14668.ris").content.decode(), newline=""))

    assert (found["title"], found["type_of_reference"]) == ("A ER - TY - BOOK", "UNPB")


@pytest.mark.parametrize(
    ("name", "csl"),
    [
        ("van der Example", {"literal": "van der Example"}),
        ("ada example", {"family": "example", "given": "ada"}),
        ("Ada", {"literal": "Ada"}),
        ("O. de la Example", {"family": "Example", "given": "O.", "non-dropping-particle": "de la"}),
    ],
)
def test_name_has_the_parts_that_it_tells(name: str, csl: dict[str, str]) -> None:
    assert Name.of(name).csl == csl
