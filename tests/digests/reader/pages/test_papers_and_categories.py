"""The pages of a paper and of a category."""

import re
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader.pages import papers
from papers.models import Tweet
from tests.digests.reader.pages.reading_pages import listed_days, make_days, text_of
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("arxiv_id", ["2010.04296", "0704.0001", "cs/0112017", "math.GT/0309136"])
def test_paper_has_one_address(client: Client, arxiv_id: str) -> None:
    make_entry(make_digest(), make_paper(arxiv_id=arxiv_id, title="Found"))

    assert "<h1>Found</h1>" in text_of(client, f"/papers/{arxiv_id}")
    for other in ("v2", "/", "v12/"):
        response = client.get(f"/papers/{arxiv_id}{other}")
        assert (response.status_code, response["Location"]) == (301, f"/papers/{arxiv_id}")


@pytest.mark.parametrize("arxiv_id", ["2010.04297", "2010.4", "x", "CS/0112017", "2010.04296vv2", "2010.04296v"])
def test_paper_that_is_not_there_is_not_found(client: Client, arxiv_id: str) -> None:
    make_entry(make_digest(), make_paper(arxiv_id="2010.04296"))

    assert client.get(f"/papers/{arxiv_id}").status_code == 404


def test_paper_shows_published_days_and_all_posts_that_count(client: Client) -> None:
    paper = make_paper()
    public = make_tweet(paper, body_html="public", state=Tweet.State.LIVE)
    make_tweet(paper, body_html="best", retweets=9, favorites=9, read_at=READ_AT)
    make_tweet(paper, body_html="other", retweets=2, favorites=0, read_at=READ_AT)
    make_tweet(paper, body_html="excluded", is_excluded=True)
    make_tweet(paper, body_html="gone", state=Tweet.State.DELETED)
    make_entry(make_digest(date(2021, 5, 12)), paper, public)
    make_entry(make_digest(date(2021, 5, 13)), paper, public)
    make_entry(make_digest(date(2021, 5, 14), status=Digest.Status.DRAFT), paper)

    page = text_of(client, f"/papers/{paper.arxiv_id}")

    assert re.findall(r'<li><a href="([^"#]+)#', page) == ["/posts/hot-papers-2021-05-13", "/posts/hot-papers-2021-05-12"]
    assert re.findall(r"<blockquote [^>]+>(.*)</blockquote>", page) == ["public", "best", "other"]


@pytest.mark.parametrize(
    ("number", "in_sight", "folded", "said"),
    [(30, 30, 0, ""), (31, 20, 11, "11 more authors"), (3_000, 20, 180, "2,980 more authors")],
)
def test_paper_folds_a_crowd_of_authors(client: Client, number: int, in_sight: int, folded: int, said: str) -> None:
    paper = make_paper(authors=[f"Author {n}" for n in range(1, number + 1)])
    make_entry(make_digest(), paper)

    page = text_of(client, f"/papers/{paper.arxiv_id}")

    seen, _, behind = page.partition('<details class="authors further">')
    assert (seen.count('<a href="/authors/'), behind.count('<a href="/authors/')) == (in_sight, folded)
    assert "".join(re.findall("<summary>(.*) authors</summary>", behind)) == said.removesuffix(" authors")
    assert ("Author 200</a> and 2,800 others</p>" in behind) == (number == 3_000)


def test_paper_counts_all_posts_that_link_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(papers, "MOST_BOXES", 2)
    monkeypatch.setattr(papers, "MOST_POSTS", 5)
    paper = make_paper()
    for score in range(9, 0, -1):
        body = "" if score == 9 else f"text {score}"
        make_tweet(paper, body_html=body, author_handle=f"handle{score}", retweets=score, favorites=0, read_at=READ_AT)
    make_entry(make_digest(), paper, make_tweet(paper, body_html="shown"))
    make_tweet(body_html="of another paper")

    with django_assert_num_queries(10):
        page = text_of(client, paper.get_absolute_url())

    assert re.findall(r"<blockquote [^>]+>(.*)</blockquote>", page) == ["shown", "text 8"]
    lines = re.findall(r"<bdi>(@.*?)</bdi>.*: (\d) reposts?, 0 likes</li>", page)
    assert lines == [("@handle9", "9"), ("@handle7", "7"), ("@handle6", "6")]
    assert '<p class="quiet">5 more posts link to it.</p>' in page


def test_post_of_nobody_known_is_called_a_post(client: Client) -> None:
    paper = make_paper()
    make_tweet(paper, body_html="", author_handle="", author_name="")

    page = text_of(client, paper.get_absolute_url())

    assert '<span class="vh">X: </span> a post, <a href=' in page
    assert 'class="post"' not in page
    assert "more post" not in page


def test_category_lists_its_papers_by_day(client: Client) -> None:
    older, newer = make_digest(date(2021, 5, 12)), make_digest(date(2021, 5, 13))
    make_entry(older, make_paper(title="Vision", categories=("cs.CV",)))
    make_entry(older, make_paper(title="Both", categories=("cs.LG", "cs.CV")))
    make_entry(newer, make_paper(title="Newest", categories=("cs.CV", "eess.IV")))
    make_entry(newer, make_paper(title="Other", categories=("cs.LG",)))

    page = text_of(client, "/categories/cs.CV")

    assert listed_days(page) == ["2021-05-13", "2021-05-12"]
    assert re.findall(r'<li data-paper="[^"]+"><a href="/papers/[^"]+">(.*?)</a>', page) == ["Newest", "Vision", "Both"]


def test_category_pages_by_day(client: Client) -> None:
    days = make_days(12)

    page = text_of(client, f"/categories/cs.LG?before={days[9]}")

    assert listed_days(page) == days[10:]
    assert 'rel="prev" href="/categories/cs.LG"' in page


@pytest.mark.parametrize("code", ["cs.CV", "nonsense!"])
def test_category_without_a_paper_is_not_found(client: Client, code: str) -> None:
    make_digest(papers=1)

    assert client.get(f"/categories/{code}").status_code == 404


def test_category_in_other_capitals_leads_to_it(client: Client) -> None:
    make_digest(papers=1)

    response = client.get("/categories/cs.lg")

    assert (response.status_code, response["Location"]) == (301, "/categories/cs.LG")
