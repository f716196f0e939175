"""Papers like one: by the words of their texts, and by who posted both."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader.related import related_to
from papers.models import Paper
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)


def listed(title: str, abstract: str, *handles: str, day: date = DAY, **fields: Any) -> Paper:
    paper = make_paper(title=title, abstract=abstract, listing_date=day, **fields)
    digest = Digest.objects.filter(date=day).first() or make_digest(day)
    make_entry(digest, paper, *(make_tweet(paper, author_handle=handle) for handle in handles))
    return paper


@pytest.fixture
def asked() -> Paper:
    for n in range(12):
        listed(f"Weather number {n}", f"Rain falls on day {n}.", f"person{n}")
    return listed("Gaussian splatting of radiance fields", "We render radiance fields with Gaussians.", "ada", "bob")


def test_related_papers_share_words_or_people_and_say_which(asked: Paper) -> None:
    text = listed("Faster Gaussian splatting", "Radiance fields are rendered on phones.", day=DAY + timedelta(days=3))
    people = listed("A theory of bread", "Yeast and flour.", "ada", "bob", "eve", day=DAY - timedelta(days=2))

    found = related_to(asked, ["cs.LG"])

    assert {one.paper.arxiv_id for one in found} == {text.arxiv_id, people.arxiv_id}
    by_id = {one.paper.arxiv_id: one for one in found}
    assert (by_id[people.arxiv_id].posters, by_id[text.arxiv_id].posters) == (2, 0)
    assert set(by_id[text.arxiv_id].words) <= {"gaussian", "splatting", "radiance", "field"}


def test_related_papers_are_listed_share_a_category_and_are_near(asked: Paper) -> None:
    words = ("Gaussian splatting of radiance fields", "We render radiance fields with Gaussians.")
    listed(*words, categories=("math.CO",))
    make_paper(title=words[0], abstract=words[1])
    make_entry(make_digest(DAY + timedelta(days=1), status=Digest.Status.DRAFT), make_paper(title=words[0], abstract=words[1]))

    assert related_to(asked, ["cs.LG"]) == []


@pytest.mark.parametrize("others", [0, 30])
def test_related_papers_take_a_constant_number_of_queries(
    asked: Paper, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    for n in range(others):
        listed(f"Radiance {n}", "Fields.", "ada", day=DAY + timedelta(days=n))

    with django_assert_num_queries(1):
        related_to(asked, ["cs.LG"])


def test_paper_page_shows_them_with_their_reason(client: Client, asked: Paper) -> None:
    other = listed("Faster Gaussian splatting", "Radiance fields are rendered on phones.", "bob")

    page = client.get(asked.get_absolute_url()).content.decode().split('id="related"')[1]

    assert f'href="{other.get_absolute_url()}">Faster Gaussian splatting</a>' in page
    assert "1 person posted both; shared words: " in page
