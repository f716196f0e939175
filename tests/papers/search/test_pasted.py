"""What people paste: references, entries of BibTeX, addresses; and words that were typed together or apart."""

from datetime import date

import pytest

from papers.search.finding import search
from papers.search.parts import QueryError
from papers.search.pasted import titles_within
from papers.search.query import parse
from tests.papers.search.searching import make
from tests.papers.search.well_known import make_well_known

FIRST = {
    "Dosovitskiy, A., Beyer, L., et al. (2021). An image is worth 16x16 words: Transformers for image recognition at scale. "
    "In Proceedings of ICLR.": "2010.11929",
    "@misc{chen2021, title={Decision Transformer: Reinforcement Learning via Sequence Modeling}, author={Lili Chen and Kevin "
    "Lu}, year={2021}}": "2106.01345",
    "[7] I. Tolstikhin, L. Beyer, and others. MLP-Mixer - An all-MLP architecture for vision, 2021": "2105.01601",
    "A. Radford, J. W. Kim et al. Learning Transferrable Visual Models From Natural Langauge Supervision. ICML 2021": "2103.00020",
    "decisiontransformersequence": "2106.01345",
    "mordatch decisiontransformr": "2106.01345",
    "ze liu swintransformers": "2103.14030",
    "caro n": "2104.14294",
    "YOLOX++": "2107.08430",
    "efficientnet": "2104.00298",
    "dblp.org/rec/journals/corr/abs-2105-01601": "2105.01601",
    "https://ui.adsabs.harvard.edu/abs/2021arXiv210501601T/abstract": "2105.01601",
    "２１０５．０１６０１": "2105.01601",
    "ａｒＸｉｖ：2105.01601": "2105.01601",
    "https://arxiv.org/abs/2105.016": "2105.01601",
    "arxiv.org/pdf/2105.": "2105.01601",
    "mlps mixer": "2105.01601",
}


def first(query: str) -> str:
    return next((hit.paper.arxiv_id for hit in search(query, limit=1).hits), "")


@pytest.mark.django_db
def test_what_was_pasted_brings_its_paper() -> None:
    make_well_known()
    make("Notes on EfficientNet", "", arxiv_id="2109.00001")

    assert {query: first(query) for query in FIRST} == FIRST


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2018-2021 survey", date(2018, 1, 1), date(2021, 12, 31)),
        ("survey 2018–2021", date(2018, 1, 1), date(2021, 12, 31)),
        ("year:2018..2021 survey", date(2018, 1, 1), date(2021, 12, 31)),
        ("survey since 2020-05", date(2020, 5, 1), None),
        ("survey After:2020", date(2020, 1, 1), None),
        ("survey before 2021", None, date(2020, 12, 31)),
        ("survey before:2020-03-01", None, date(2020, 2, 29)),
        ("survey before:0001", None, date(1990, 12, 31)),
        ("survey until 2020", None, date(2020, 12, 31)),
        ("before:Sunset survey", None, None),
        ("survey since forever", None, None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, since: date | None, until: date | None) -> None:
    query = parse(text)

    assert (query.since, query.until) == (since, until)
    assert ("survey",) in query.phrases


def test_text_in_one_piece_has_no_title_within() -> None:
    assert titles_within("attention is all you need") == ()
    assert titles_within("Title, 2021") == ()
    assert len(titles_within("Attention is all you need, 2017")[0]) == 2


def test_years_backwards_are_no_span() -> None:
    assert parse("2021-2018").since is None
    with pytest.raises(QueryError, match="is after"):
        parse("year:2021-2018")
