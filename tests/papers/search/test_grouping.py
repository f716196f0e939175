"""Brackets, OR and minus: read truly, and alike on both databases."""

import pytest

from papers.search.finding import search
from papers.search.index import index_changed
from papers.search.parts import QueryError
from papers.search.query import parse
from tests.factories import make_paper

TITLES = ["Slot attention", "Laser method", "Slot method", "Laser attention survey", "Nothing"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("(slot attention) OR (laser method)", {"Slot attention", "Laser method"}),
        ('("slot attention" OR laser) -method', {"Slot attention", "Laser attention survey"}),
        ("(slot OR laser) method", {"Slot method", "Laser method"}),
        ("slot OR (laser (method OR survey))", {"Slot attention", "Slot method", "Laser method", "Laser attention survey"}),
        ("attention -(laser survey)", {"Slot attention"}),
        ("attention -(slot survey)", {"Slot attention", "Laser attention survey"}),
        ("method -(laser OR survey)", {"Slot method"}),
        ("laser NOT (method OR nothing)", {"Laser attention survey"}),
        ("(slot (attention OR", {"Slot attention"}),
        ("(author:sämple OR nothing) AND (ti:slot method)", {"Slot method"}),
        ("slot OR", {"Slot attention", "Slot method"}),
        ("method () OR", {"Slot method", "Laser method"}),
    ],
)
def test_brackets_keep_together_what_belongs_together(query: str, found: set[str]) -> None:
    for title in TITLES:
        make_paper(title=title, abstract="")
    index_changed()

    assert {hit.paper.title for hit in search(query).hits} == found


def test_brackets_of_a_title_are_marks() -> None:
    assert parse("LSTMs Compose (and Learn) Bottom-Up") == parse("LSTMs Compose and Learn Bottom-Up")


def test_groups_are_bounded() -> None:
    with pytest.raises(QueryError, match="too many groups"):
        parse(" OR ".join(["(a1 b2 c3 d4)"] * 5))
