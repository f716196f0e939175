"""The filters of the page of papers write its address, and say what is chosen."""

import re
from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from digests.reader.lists.activity import activity_by_month, months_before
from digests.reader.lists.filters import filters_of
from digests.reader.lists.selections import Selection
from papers.models import Provenance
from papers.text.taxonomy import NAMES, category_name
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db


def test_form_shows_what_is_chosen_and_chips_take_it_off() -> None:
    selection = Selection.of(category="cs.LG", period="2021-05", at_least="70", text="deep nets", order="hottest")

    filters = filters_of(selection, [2022, 2021])

    chosen = [one for options in filters.categories.values() for one in options if one.is_chosen]
    assert [(one.value, one.words) for one in chosen] == [("cs.LG", "Machine Learning (cs.LG)")]
    told = [[one.words for one in options if one.is_chosen] for options in (filters.periods, filters.minima, filters.orders)]
    assert told == [["May 2021"], ["70 or more"], ["Hottest first"]]
    assert [(chip.name, chip.words, chip.without) for chip in filters.chips] == [
        ("Category", "Machine Learning", "/papers?period=2021-05&min=70&q=deep+nets&order=hottest"),
        ("Words", "deep nets", "/papers?category=cs.LG&period=2021-05&min=70&order=hottest"),
        ("Period", "May 2021", "/papers?category=cs.LG&min=70&q=deep+nets&order=hottest"),
        ("At least", "70 reposts and likes", "/papers?category=cs.LG&period=2021-05&q=deep+nets&order=hottest"),
    ]


def test_unknown_category_can_be_chosen_too() -> None:
    filters = filters_of(Selection.of(category="zz.XY"), [])

    assert [one.value for options in filters.categories.values() for one in options if one.is_chosen] == ["zz.XY"]


def test_what_the_form_leaves_empty_is_no_part_of_the_address(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"

    page = client.get("/papers?category=cs.LG&q=&period=&order=hottest&min=").content.decode()

    assert '<link rel="canonical" href="https://papers.example/papers?category=cs.LG&amp;order=hottest">' in page


@pytest.mark.parametrize(
    ("address", "provenances", "ranked"),
    [
        ("/papers?order=hottest", [Provenance.NETWORK, Provenance.NETWORK], True),
        ("/papers?order=hottest", [Provenance.NETWORK, Provenance.POST], False),
        ("/papers", [Provenance.NETWORK, Provenance.NETWORK], False),
    ],
)
def test_numbers_stand_only_where_they_are_ranks(
    client: Client, address: str, provenances: list[Provenance], ranked: bool
) -> None:
    digest = make_digest()
    for provenance in provenances:
        make_entry(digest, make_paper(), provenance=provenance)

    page = client.get(address).content.decode()

    assert re.findall(r'<(ol|ul) class="titles hot">', page) == ["ol" if ranked else "ul"]


def test_activity_has_a_bar_for_each_month_up_to_the_newest() -> None:
    activity = activity_by_month([date(2021, 5, 12), date(2021, 5, 1), date(2021, 3, 2), date(2010, 1, 1)], date(2021, 5, 20))

    assert len(activity.bars) == 24
    assert [bar.papers for bar in activity.bars[-3:]] == [1, 0, 2]
    assert (activity.papers, activity.most.month) == (3, date(2021, 5, 1))
    assert activity.path.count("M") == 2
    assert months_before(date(2021, 1, 31), 3) == [date(2020, 11, 1), date(2020, 12, 1), date(2021, 1, 1)]


def test_category_page_says_its_name_its_counts_and_what_led(client: Client) -> None:
    for day in range(1, 13):
        make_entry(make_digest(date(2021, 5, day)), make_paper(title=f"Paper {day}"), retweets=day)

    page = client.get("/categories/cs.LG").content.decode()

    assert "<h1>Machine Learning</h1>" in page
    assert "12 listed papers since June 2019." in page
    assert 'aria-label="12 papers from June 2019 to May 2021; most, 12, in May 2021"' in page
    assert re.findall(r'<li class="top" data-paper="[^"]+"><a href="[^"]+">([^<]+)', page) == [
        f"Paper {n}" for n in (12, 11, 10, 9, 8)
    ]


def test_categories_have_arxivs_names() -> None:
    assert (category_name("stat.ML"), category_name("hep-th"), category_name("zz")) == (
        "Machine Learning", "High Energy Physics: Theory", "zz",
    )  # fmt: skip
    assert len(NAMES) == 155
