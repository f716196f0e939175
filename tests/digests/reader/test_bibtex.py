"""BibTeX entries, read back by a BibTeX parser, and lines to cite."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import Person, parse_string

from digests.models import Digest
from digests.reader import bibtex
from papers.models import Paper
from tests.factories import make_digest, make_entry, make_paper
from tests.texts import texts_now_of


def a_paper(title: str = "Title", authors: list[str] | None = None, **fields: str) -> Paper:
    return Paper(
        arxiv_id=fields.get("arxiv_id", "2105.04619"),
        title=title,
        authors=["Ada Example"] if authors is None else authors,
        listing_date=date(2021, 5, 12),
    )


def read_back(paper: Paper) -> tuple[dict[str, str], list[Person]]:
    """The fields and the people of the one entry."""
    database = parse_string(bibtex.entry(paper, ["cs.CV", "cs.AI"]), "bibtex")
    [(key, found)] = database.entries.items()
    assert (key, found.type) == (f"arXiv:{paper.arxiv_id}", "misc")
    return dict(found.fields), list(found.persons.get("author", []))


def test_entry_says_what_arxiv_says() -> None:
    fields, people = read_back(a_paper("Enhancing  Photorealism", ["Stephan R. Richter", "Hassan Abu AlHaija"]))

    assert fields == {
        "title": "{Enhancing Photorealism}",
        "year": "2021",
        "eprint": "2105.04619",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.CV",
        "url": "https://arxiv.org/abs/2105.04619",
    }
    assert [str(person) for person in people] == ["Richter, Stephan R.", "AlHaija, Hassan Abu"]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Logistic $Q$-Learning", "Logistic $Q$-Learning"),
        ("R\\'enyi and Erd\\H{o}s", "R\\'enyi and Erd\\H{o}s"),
        ("Scaling *down* Deep Learning", "Scaling *down* Deep Learning"),
        ("Which *BERT?", "Which *BERT?"),
        ("A & B, 100% of C#, d_e", "A \\& B, 100\\% of C\\#, d\\_e"),
        ("Already \\& \\% done", "Already \\& \\% done"),
        ("$a_1 & b^2$ for $5 and $6", "$a_1 & b^2$ for \\$5 and \\$6"),
        ("Norms in \\(a_b\\) & \\[c_d\\]", "Norms in \\(a_b\\) \\& \\[c_d\\]"),
        ("Raising $5 million & (US$)", "Raising \\$5 million \\& (US\\$)"),
        ("x^2 < y ~ z", "x\\^{}2 \\textless{} y \\textasciitilde{} z"),
        ("Half {open", "Half (open"),
        (r"Half $\{x$ open", r"Half $\lbrace x$ open"),
        (r"Half {open $\}$ and $x\}$", r"Half (open $\rbrace$ and $x\rbrace$"),
        (r"A set $\{x\}$", r"A set $\{x\}$"),
        (r"$50%$ of $\frac{5\%}{\\%}$", r"$50\%$ of $\frac{5\%}{\\\%}$"),
        ("Wrong }{ way", "Wrong )( way"),
        ("鈴木 🔥", "鈴木 🔥"),
        ("Ends with \\", "Ends with \\ "),
        ("Line\nbreak\ttab", "Line break tab"),
        (r"See \url{a_b} & c_d", r"See \url{a_b} \& c\_d"),
        (r"\href{https://a/~b_c#d}{e_f}", r"\href{https://a/~b_c#d}{e\_f}"),
        (r"$\sim$5x Faster", r"$\sim$5x Faster"),
        (r"224$\times$224, $\sim$70%", r"224$\times$224, $\sim$70\%"),
        ("$O(n)$2, $<$5", "$O(n)$2, $<$5"),
        (r"$a \le b$2", r"$a \le b$2"),
        ("$5 and $10, $3.5M--$4M", r"\$5 and \$10, \$3.5M--\$4M"),
    ],
)
def test_title_is_what_tex_can_read(title: str, written: str) -> None:
    assert f"  title = {{{{{written}}}}},\n" in bibtex.entry(a_paper(title), ["cs.CV"])


@pytest.mark.parametrize(
    "names",
    [
        ["Ada Example", "Bob Sämple"],
        ["The Planck and WMAP Collaboration"],
        ["Doe, Jr.", "J. Rand", "Andy Sand"],
        ["Ad{a", "x, and y"],
    ],
)
def test_authors_stay_as_many_as_they_are(names: list[str]) -> None:
    _, people = read_back(a_paper(authors=names))

    assert len(people) == len(names)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["A. Example Jr"], "Example, Jr, A."),
        (["A. Example, Jr."], "Example, Jr., A."),
        (["A. B. Sample IV"], "Sample, IV, A. B."),
        (["A. van der Sample III"], "van der Sample, III, A."),
        (["Xi Sample (陈曦)", "Bo Example (Example University)"], "Xi Sample and Bo Example"),
        (["Dong-Hyun (Dan) Sample", "(陈曦)"], "Dong-Hyun (Dan) Sample and (陈曦)"),
        ([r"A. S\'ample Jr"], r"{A. S\'ample Jr}"),
        (["Example Jr"], "{Example Jr}"),
        (["Example, Ada"], "Example, Ada"),
        (["van der Example, Ada B."], "van der Example, Ada B."),
        (["Example, Ada, Jr"], "Example, Jr, Ada"),
        (["Example, Jr"], "{Example, Jr}"),
        (["Example, Ada, PhD"], "{Example, Ada, PhD}"),
        (["Example, SYNTH Team"], "{Example, SYNTH Team}"),
        (["SYNTH Collaboration"], "{SYNTH Collaboration}"),
        (["The SYNTH Collaboration", ":", "A. Sample"], "{The SYNTH Collaboration} and A. Sample"),
        (["SYNTH Collaboration: A. Sample"], "{SYNTH Collaboration} and A. Sample"),
        (
            ["SYNTH Team", "SYNTH Consortium", "SYNTH Working Group"],
            "{SYNTH Team} and {SYNTH Consortium} and {SYNTH Working Group}",
        ),
        (["A. Example", "et al."], "A. Example and others"),
        (["A. Example et al"], "A. Example and others"),
        (["A. Example", "et al.", "B. Sample", "et al."], "A. Example and B. Sample and others"),
        (["A. Example", "others"], "A. Example and others"),
        (["A. Example, et al."], "A. Example and others"),
        (["A. Example and others"], "A. Example and others"),
        (["-", "A. Example", "1", "..."], "A. Example"),
        (["Z. Al", "A. Petal"], "Z. Al and A. Petal"),
    ],
)
def test_authors_are_what_bibtex_reads(names: list[str], written: str) -> None:
    paper = a_paper(authors=names)

    assert f"  author = {{{written}}},\n" in bibtex.entry(paper, ["cs.CV"])
    assert [str(one) for one in read_back(paper)[1]] == [str(Person(name)) for name in written.split(" and ")]


def test_suffix_is_read_as_one() -> None:
    [person] = read_back(a_paper(authors=["Ann B. van der Example Jr"]))[1]

    assert (person.first_names, person.middle_names) == (["Ann"], ["B."])
    assert (person.prelast_names, person.last_names, person.lineage_names) == (["van", "der"], ["Example"], ["Jr"])


@pytest.mark.parametrize(
    ("arxiv_id", "year"), [("2012.14668", "2020"), ("0704.0001", "2007"), ("cs/9812001", "1998"), ("math.GT/0309136", "2003")]
)
def test_year_is_that_of_the_id_where_nothing_better_is_known(arxiv_id: str, year: str) -> None:
    assert read_back(a_paper(arxiv_id=arxiv_id))[0]["year"] == year
    paper = a_paper(arxiv_id=arxiv_id)
    assert bibtex.citation(paper, [], texts_now_of(paper)).split(", ")[1][:4] == year


def test_paper_without_authors_or_categories_has_an_entry() -> None:
    entry = bibtex.entry(a_paper(authors=[]), [])

    assert "author" not in entry
    assert "primaryClass" not in entry
    assert list(parse_string(entry, "bibtex").entries) == ["arXiv:2105.04619"]


@given(title=st.text(min_size=1, max_size=60), author=st.text(max_size=30))
def test_whatever_a_title_holds_there_is_one_entry(title: str, author: str) -> None:
    fields, _ = read_back(a_paper(title, [author]))

    assert fields["eprint"] == "2105.04619"


def test_year_is_that_of_the_submission() -> None:
    paper = a_paper()
    paper.submitted_at = datetime(2020, 12, 31, tzinfo=UTC)

    assert read_back(paper)[0]["year"] == "2020"


@pytest.mark.parametrize(
    ("names", "start"),
    [
        ([], "“T”."),
        (["Ada Ö. Example"], "Ada Ö. Example. “T”."),
        (["A", "B", "C"], "A, B and C. “T”."),
        ([*"ABCDEFG"], "A et al. “T”."),
        (["A", "B", "et al."], "A, B et al. “T”."),
        (["The SYNTH Collaboration", ":", "A"], "The SYNTH Collaboration and A. “T”."),
    ],
)
def test_citation_is_a_line(names: list[str], start: str) -> None:
    paper = a_paper("T", names)

    line = bibtex.citation(paper, ["cs.CV"], texts_now_of(paper))

    assert line == f"{start} arXiv:2105.04619 [cs.CV], 2021. https://arxiv.org/abs/2105.04619"


@pytest.mark.django_db
def test_bibtex_of_a_selection_holds_all_its_papers(client: Client) -> None:
    make_digest(date(2021, 5, 12), papers=3)
    make_digest(date(2021, 5, 13), papers=2)

    response = client.get("/papers.bib?period=2021-05")

    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert len(parse_string(response.content.decode(), "bibtex").entries) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("arxiv_id", ["2010.04296", "cs/0112017", "math.GT/0309136"])
def test_paper_has_its_bibtex(client: Client, arxiv_id: str) -> None:
    paper = make_paper(arxiv_id=arxiv_id)
    make_entry(make_digest(), paper)

    response = client.get(f"/papers/{arxiv_id}.bib")

    assert response.content.decode() == bibtex.entry(paper, ["cs.LG", "stat.ML"])


@pytest.mark.django_db
def test_paper_that_no_reader_sees_has_no_bibtex(client: Client) -> None:
    make_entry(make_digest(status=Digest.Status.DRAFT), make_paper(arxiv_id="2010.04296"))

    assert client.get("/papers/2010.04296.bib").status_code == 404
    assert client.get("/papers/2010.04297.bib").status_code == 404
