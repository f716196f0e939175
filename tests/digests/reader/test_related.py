"""Papers like one: by the words of their texts, and by who posted both."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader import likeness
from digests.reader.made_once import keeping
from digests.reader.related import Asked, RelatedPaper, related_to
from papers.models import Mention, Paper, PaperCategory
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)


def listed(title: str, abstract: str, *handles: str, day: date = DAY, **fields: Any) -> Paper:
    paper = make_paper(title=title, abstract=abstract, listing_date=day, **fields)
    digest = Digest.objects.filter(date=day).first() or make_digest(day)
    make_entry(digest, paper, *(make_tweet(paper, author_handle=handle) for handle in handles))
    return paper


def of_papers(*papers: Paper) -> list[Asked]:
    people = [
        frozenset(Mention.objects.filter(paper=paper).values_list("tweet__author_handle", flat=True)) - {""} for paper in papers
    ]
    codes = [frozenset(PaperCategory.objects.filter(paper=paper).values_list("code", flat=True)) for paper in papers]
    return [Asked(*one) for one in zip(papers, codes, people, strict=True)]


def related(paper: Paper) -> list[RelatedPaper]:
    return related_to(of_papers(paper))[paper.pk]


@pytest.fixture
def asked() -> Paper:
    for n in range(12):
        listed(f"Weather number {n}", f"Rain falls on day {n}.", f"person{n}")
    return listed("Gaussian splatting of radiance fields", "We render radiance fields with Gaussians.", "ada", "bob")


def test_related_papers_share_words_or_people_and_say_which(asked: Paper) -> None:
    text = listed("Faster Gaussian splatting", "Radiance fields are rendered on phones.", day=DAY + timedelta(days=3))
    people = listed("A theory of bread", "Yeast and flour.", "ada", "bob", "eve", day=DAY - timedelta(days=2))

    found = related(asked)

    assert {one.paper.arxiv_id for one in found} == {text.arxiv_id, people.arxiv_id}
    by_id = {one.paper.arxiv_id: one for one in found}
    assert (by_id[people.arxiv_id].posters, by_id[text.arxiv_id].posters) == (2, 0)
    assert set(by_id[text.arxiv_id].words) <= {"gaussian", "splatting", "radiance", "field"}


def test_related_papers_are_listed_share_a_category_and_are_near(asked: Paper) -> None:
    words = ("Gaussian splatting of radiance fields", "We render radiance fields with Gaussians.")
    listed(*words, categories=("math.CO",))
    make_paper(title=words[0], abstract=words[1])
    make_entry(make_digest(DAY + timedelta(days=1), status=Digest.Status.DRAFT), make_paper(title=words[0], abstract=words[1]))

    assert related(asked) == []


@pytest.mark.parametrize("others", [0, 30])
def test_related_papers_take_a_constant_number_of_queries(
    asked: Paper, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    for n in range(others):
        listed(f"Radiance {n}", "Fields.", "ada", day=DAY + timedelta(days=n))

    papers = of_papers(asked)
    with django_assert_num_queries(1):
        related_to(papers)


@pytest.mark.parametrize("others", [1, 30])
def test_papers_of_a_month_take_a_constant_number_of_queries(
    asked: Paper, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    made = [listed(f"Radiance {n}", "Fields.", "ada", day=DAY.replace(day=n)) for n in range(1, 1 + others)]
    papers = of_papers(asked, *made)
    with django_assert_num_queries(3):
        related_to(papers)


def test_person_who_posted_a_paper_twice_is_one_person(asked: Paper) -> None:
    listed("A theory of bread", "Yeast and flour.", "ada", "ada", "bob")
    assert [one.posters for one in related(asked)] == [2]


def test_papers_are_related_alike_alone_and_together(asked: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one batch after another: of other days, of other categories, on no list, on two lists, with more near ones than are
    compared, and where not all that are compared are measured."""
    monkeypatch.setattr("digests.reader.related.MOST", 25)
    subjects = ["Radiance fields", "Faster Gaussian splatting", "Bread of Gaussians", "Rendering weather in fields"]
    papers = [asked, make_paper(title="Gaussian fields", abstract="Rendering radiance.", listing_date=DAY)]
    for n in range(40):
        codes = ("cs.LG", "cs.CV") if n % 3 else ("math.CO",)
        day = DAY + timedelta(days=4 * n - 80)
        papers.append(listed(f"{subjects[n % 4]} {n}", f"Splatting {n % 7}.", f"person{n % 5}", "ada", day=day, categories=codes))
    twice = papers[20]
    make_entry(Digest.objects.get(date=papers[24].listing_date), twice)
    monkeypatch.setattr(likeness, "GUESSED", 8)
    alone = {paper.pk: related(paper) for paper in papers}
    made: dict[object, object] = {}
    together = dict[int, list[RelatedPaper]]()
    for batch in (papers[:20], papers[20:]):
        with keeping(made):
            together |= related_to(of_papers(*batch))
    shown = [[(one.paper.arxiv_id, one.words, one.posters) for one in alone[paper.pk]] for paper in papers]
    assert [[(one.paper.arxiv_id, one.words, one.posters) for one in together[paper.pk]] for paper in papers] == shown
    assert len({tuple(one[0] for one in some) for some in shown}) > 10


def test_paper_page_shows_them_with_their_reason(client: Client, asked: Paper) -> None:
    other = listed("Faster Gaussian splatting", "Radiance fields are rendered on phones.", "bob")

    page = client.get(asked.get_absolute_url()).content.decode().split('id="related"')[1]

    assert f'href="{other.get_absolute_url()}">Faster Gaussian splatting</a>' in page
    assert "1 person posted both; shared words: " in page
