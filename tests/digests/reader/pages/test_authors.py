"""The papers of an author's name."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from papers.search.index import index_changed
from tests.digests.reader.pages.reading_pages import paper_addresses, text_of
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)


def test_author_has_one_address_for_all_spellings(client: Client) -> None:
    listed = make_paper(authors=["Yann LeCun"], listing_date=DAY)
    make_paper(authors=["Ada Example"])
    unlisted = make_paper(authors=["Bob", "Yann Lecún"], listing_date=DAY - timedelta(days=1))
    make_entry(make_digest(DAY), listed)
    make_entry(make_digest(DAY + timedelta(days=1), status=Digest.Status.DRAFT), unlisted)
    index_changed()

    page = text_of(client, "/authors/yann-lecun")

    assert paper_addresses(page) == [listed.arxiv_id, unlisted.arxiv_id]
    assert "<bdi>Yann LeCun</bdi>; <bdi>Yann Lecún</bdi>" in page
    assert "arXiv lists names, not people" in page
    assert re.findall(r"No. (\d+) on <a", page) == ["1"]
    for spelling in ("Yann LeCun", "yann lecún", "Yann-LECUN"):
        response = client.get(f"/authors/{spelling}")
        assert (response.status_code, response.headers["Location"]) == (301, "/authors/yann-lecun")


def test_hottest_of_an_author_counts_every_network(client: Client) -> None:
    digest = make_digest(DAY)
    for score in range(9):
        make_entry(digest, make_paper(title=f"{score} points", authors=["Ada"]), retweets=0, favorites=0, extra_points=score)
    index_changed()

    page = text_of(client, "/authors/ada")

    [top] = re.findall(r'aria-labelledby="top">(.*?)</section>', page, re.DOTALL)
    assert list(dict.fromkeys(re.findall(r"\d points", top)))[:2] == ["8 points", "7 points"]


def test_hottest_of_an_author_may_be_on_a_later_page(client: Client) -> None:
    old = make_paper(title="Years ago", authors=["Wei Wang"], listing_date=DAY - timedelta(days=9))
    for _ in range(51):
        make_paper(authors=["Wei Wang"], listing_date=DAY)
    make_entry(make_digest(DAY - timedelta(days=9)), old)
    index_changed()

    page = text_of(client, "/authors/wei-wang")

    [top] = re.findall(r'aria-labelledby="top">(.*?)</section>', page, re.DOTALL)
    assert set(re.findall(r'href="/papers/([^"]+)"', top)) == {old.arxiv_id}


def test_author_pages_by_paper(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = [make_paper(authors=["Wei Wang"], listing_date=DAY - timedelta(days=n // 3)) for n in range(60)]
    index_changed()

    with django_assert_num_queries(7):
        first = text_of(client, "/authors/wei-wang")
    older = re.findall(r'rel="next" href="([^"]+)"', first)
    second = text_of(client, older[0])

    shown = paper_addresses(first) + paper_addresses(second)
    assert (len(paper_addresses(first)), len(shown)) == (50, 60)
    assert set(shown) == {paper.arxiv_id for paper in made}


@pytest.mark.parametrize(
    "address", ["/authors/nobody", "/authors/---", "/authors/wei-wang?after=x", "/authors/wei-wang?after=2021-02-30.1"]
)
def test_author_that_nobody_is_is_not_found(client: Client, address: str) -> None:
    make_paper(authors=["Wei Wang"])
    index_changed()

    assert client.get(address).status_code == 404


def test_author_of_a_sample_that_nothing_shows_is_not_found(client: Client) -> None:
    make_paper(authors=["Wei Wang"], is_sample=True)
    index_changed()

    assert client.get("/authors/wei-wang").status_code == 404


def test_old_key_of_a_name_in_tex_leads_to_the_new_one(client: Client) -> None:
    make_paper(authors=[r"Ada {\'A}lvarez", r"Jo\~ao Sample"])
    make_paper(authors=["Mary Ann Other"])
    index_changed()

    for old, new in (("ada-a-lvarez", "ada-alvarez"), ("jo-ao-sample", "joao-sample")):
        response = client.get(f"/authors/{old}")
        assert (response.status_code, response["Location"]) == (301, f"/authors/{new}")
    assert client.get("/authors/mary-ann-other").status_code == 200
    assert client.get("/authors/mary-a-nn-other").status_code == 404
