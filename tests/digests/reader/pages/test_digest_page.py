"""A day's page: what the list prints, with its neighbours and as Markdown."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from digests.markdown.composing import compose
from digests.markdown.format import render
from digests.models import Digest
from papers.models import Provenance
from papers.rendered.waiting import render_changed
from tests.digests.reader.pages.reading_pages import ADDRESS, text_of
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
TOGETHER = '<span class="together"><math.*?</math>(.*?)</span>'


def test_digest_answers_with_and_without_slash(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    make_digest(papers=1)

    page, with_slash = text_of(client, ADDRESS), text_of(client, f"{ADDRESS}/")

    assert page == with_slash
    assert '<link rel="canonical" href="https://papers.example/posts/hot-papers-2021-05-12">' in page


@pytest.mark.parametrize("day", ["2021-02-30", "2021-13-01", "0000-00-00", "2021-5-12", "２０２１-05-12"])
@pytest.mark.parametrize("ending", ["", "/", ".md"])
def test_digest_of_an_impossible_day_is_not_found(client: Client, day: str, ending: str) -> None:
    assert client.get(f"/posts/hot-papers-{day}{ending}").status_code == 404


def test_digest_numbers_its_papers_and_lists_them_at_the_top(client: Client) -> None:
    digest = make_digest()
    first = make_paper(title="With swyft: stop  wasting")
    second = make_paper(title="Logistic $Q$-Learning of <b>*R\\'enyi*</b>")
    make_entry(digest, second, position=2)
    make_entry(digest, first, position=1)
    render_changed()

    page = text_of(client, ADDRESS)

    titles = re.findall(r'<a href="#paper-([^"]+)">(.+)</a><span class="tally">', page)
    assert [(arxiv_id, re.sub(TOGETHER, r"FORMULA\1", title)) for arxiv_id, title in titles] == [
        (first.arxiv_id, "With swyft: stop wasting"),
        (second.arxiv_id, "Logistic FORMULA-Learning of &lt;b&gt;*Rényi*&lt;/b&gt;"),
    ]
    assert re.findall(r'<article class="entry" id="paper-([^"]+)"', page) == [first.arxiv_id, second.arxiv_id]


def test_digest_prints_what_the_entry_prints_otherwise(client: Client) -> None:
    digest = make_digest()
    otherwise = {"title": "Old Title", "abstract": "Old abstract.", "authors": ["Old Author"], "categories": ["math.CO"]}
    make_entry(digest, make_paper(title="New Title"), printed_otherwise=otherwise)
    render_changed()

    page = text_of(client, ADDRESS)

    assert "New Title" not in page
    assert '<p class="authors">Old Author</p>' in page
    assert '<p class="abstract">Old abstract.</p>' in page
    assert '<a href="/categories/math.CO">math.CO</a></span>' in page


def test_digest_breaks_an_abstract_into_paragraphs(client: Client) -> None:
    make_entry(make_digest(), make_paper(abstract="First.   Second."))
    render_changed()

    assert re.findall(r'<p class="abstract">(.*)</p>', text_of(client, ADDRESS)) == ["First.", "Second."]


def test_digest_shortens_a_crowd_of_authors(client: Client) -> None:
    make_entry(make_digest(), make_paper(authors=[f"Author {n}" for n in range(1, 3001)]))

    page = text_of(client, ADDRESS)

    assert "Author 4 and 2,996 others</p>" in page


def test_digest_shows_counts_with_the_moment_they_were_read(client: Client) -> None:
    read_at = datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC)
    make_entry(make_digest(), make_paper(), retweets=5179, favorites=1, read_at=read_at, provenance=Provenance.NETWORK)

    page = text_of(client, ADDRESS)

    assert '<b>5,179</b> <span class="word">reposts</span><span class="also">, <b>1</b> like</span></span></span>' in page
    assert '<time datetime="2021-05-13T09:14:27Z">13 May 2021, 09:14 UTC</time>' in page
    assert "old count" not in page


def test_digest_says_that_old_counts_are_too_high(client: Client) -> None:
    make_entry(make_digest(), make_paper(), provenance=Provenance.POST)

    page = text_of(client, ADDRESS)

    assert '<span class="old">*<span class="vh"> (old count)</span></span>' in page
    assert "old count, as of" in page
    assert "which counted the same reposts several times" in page.split('id="old-counts"')[1]


def test_digest_marks_sample_data(client: Client) -> None:
    make_entry(make_digest(is_sample=True), make_paper(is_sample=True), provenance=Provenance.POST)

    page = text_of(client, ADDRESS)

    assert "Sample data." in page
    assert "old count" not in page


def test_digest_without_papers_says_so(client: Client) -> None:
    make_digest()

    assert "No paper was hot on this day." in text_of(client, ADDRESS)


def test_digest_links_the_published_days_beside_it(client: Client) -> None:
    for day in (10, 12, 17):
        make_digest(date(2021, 5, day))
    for day in (11, 13):
        make_digest(date(2021, 5, day), status=Digest.Status.DRAFT)

    page = text_of(client, ADDRESS)

    assert re.findall(r'<a rel="(prev|next)".* href="([^"]+)"|<a class="onward" rel="(next)" href="([^"]+)"', page) == [
        ("prev", "/posts/hot-papers-2021-05-10", "", ""),
        ("", "", "next", "/posts/hot-papers-2021-05-17"),
    ]


def test_markdown_is_the_post(client: Client) -> None:
    digest = make_digest(papers=2)

    response = client.get(f"{ADDRESS}.md")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.content.decode() == render(compose(digest))
