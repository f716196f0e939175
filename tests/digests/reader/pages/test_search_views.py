"""The page of a search."""

import re
import xml.etree.ElementTree as ET
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from papers.models import Tweet, UnindexedPaper
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from papers.tasks import index_papers
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


def page(client: Client, **query: str) -> str:
    response = client.get("/search?" + urlencode(query))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_search_tells_how_to_search_where_nothing_is_asked(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert "How to search" in page(client)


def test_search_shows_what_it_found_with_its_days(client: Client) -> None:
    hot = make_paper(title="On $x^2$ <Quivers> & *more*", abstract="A quiver & $y<z$.", arxiv_id="2105.00001")
    cold = make_paper(title="Cold quivers", arxiv_id="2105.00002", abstract="")
    make_entry(make_digest(date(2021, 5, 12)), hot)
    make_entry(make_digest(date(2021, 5, 13), status=Digest.Status.DRAFT), cold)
    index_changed()
    render_changed()

    shown = page(client, q="quiver")
    assert "&lt;<mark>Quivers</mark>&gt; &amp; *more*" in shown
    assert re.search('A <mark>quiver</mark> &amp; (?:<span class="together">)?<math alttext="y &lt; z">', shown)
    assert 'href="/papers/2105.00001"' in shown and 'href="/posts/hot-papers-2021-05-12#paper-2105.00001"' in shown
    assert 'href="/papers/2105.00002"' in shown and "2021-05-13" not in shown
    assert 'href="https://arxiv.org/abs/2105.00002"' in shown


def test_only_a_search_without_a_hit_is_kept_from_search_engines(client: Client) -> None:
    make_paper(title="Quivers")
    index_changed()

    robots = {query: "noindex" in page(client, q=query) for query in ("quiver", "nothing", "since:x", "")}

    assert robots == {"quiver": False, "nothing": True, "since:x": True, "": False}


@pytest.mark.parametrize("query", ['"open', "autor:x", "since:never", "<script>alert(1)</script>:x", "cat:<b>"])
def test_search_explains_a_query_that_it_cannot_read(client: Client, query: str) -> None:
    shown = page(client, q=query)

    assert ('role="alert"' in shown) or "No papers match" in shown
    value = re.search(r'name="q" type="search" value="([^"]*)"', shown)
    assert value and unescape(value[1]) == query
    assert "<script>" not in shown and "<b>" not in shown


def test_search_goes_on_where_it_stopped(client: Client) -> None:
    for number in range(25):
        make_paper(title=f"Quiver {number}")
    index_changed()

    first = page(client, q="quiver")
    more = re.findall(r'rel="next" href="([^"]*)"', first)
    second = client.get("/search" + unescape(more[0])).content.decode()
    shown = [re.findall(r"<mark>(Quiver)</mark> (\d+)</a></h3>", part) for part in (first, second)]
    assert list(map(len, shown)) == [20, 5]
    assert 'rel="next"' not in second
    assert sorted(int(number) for _, number in shown[0] + shown[1]) == list(range(25))


def test_search_page_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        paper = make_paper(title=f"Many quivers {number}")
        make_entry(make_digest(date(2021, 5, 1 + number)), paper)
    index_changed()

    asked_of_its_index = connection.vendor == "postgresql"  # which terms of the search it has
    with django_assert_num_queries(14 + asked_of_its_index):
        assert page(client, q="many quivers").count('class="result"') == 12


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
def test_search_is_the_same_for_all_readers_and_sets_no_cookie(client: Client) -> None:
    response = client.get("/search?q=learning")

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert client.get("/search?q=learning", headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.post("/search?q=learning").status_code == 405


def test_names_that_were_looked_for_are_marked_and_shown_however_late_they_stand(client: Client) -> None:
    make_paper(title="A quiver", authors=[f"Author {n}" for n in range(20)] + ["Ada Example", "Ada Other"])
    index_changed()

    shown = page(client, q='author:"Ada Example"')

    assert "Author 5, <mark>Ada</mark> <mark>Example</mark> and 15 others" in shown
    assert "Ada Other" not in shown


def test_index_is_kept_by_a_task_and_by_a_command(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    make_paper(title="A quiver")
    index_papers()
    assert "A <mark>quiver</mark>" in page(client, q="quiver")

    make_paper(title="A sheaf")
    assert UnindexedPaper.objects.count() == 1
    call_command("index_papers")
    assert "A <mark>sheaf</mark>" in page(client, q="sheaf")

    call_command("index_papers", rebuild=True)
    assert capsys.readouterr().out.splitlines() == ["1 paper indexed.", "2 papers indexed."]
    assert "A <mark>sheaf</mark>" in page(client, q="sheaf")


@pytest.fixture
def library() -> None:
    barlow = make_paper(
        title="Barlow Twins: Self-Supervised Learning", authors=["Jure Zbontar", "Yann LeCun"], arxiv_id="2103.03230", abstract=""
    )
    other = make_paper(
        title="Attention for All", authors=["Ada Example"], arxiv_id="2106.00001", abstract="", categories=("cs.CL",)
    )
    make_entry(
        make_digest(date(2021, 5, 12)), barlow, make_tweet(barlow, body_html="深層学習の論文です", author_handle="lab_one")
    )
    make_entry(make_digest(date(2021, 6, 12)), other, retweets=1234)
    index_changed()
    render_changed()


def test_filters_are_chips_that_can_be_taken_off(client: Client, library: None) -> None:
    shown = page(client, q="lecun 2021 twins cs.LG -survey")

    chips = re.findall(r'<a class="chip" href="([^"]*)"><span><i>([^<]*)</i> ([^<]*)</span>', shown)
    assert [(kind, label) for _, kind, label in chips] == [
        ("Author", "lecun"),
        ("Year", "2021"),
        ("Category", "cs.LG"),
        ("Without", "survey"),
    ]
    assert unescape(chips[0][0]) == "/search?q=2021+twins+cs.LG+-survey"
    assert "1 paper<" in shown and "Barlow <mark>Twins</mark>" in shown and "<mark>LeCun</mark>" in shown


def test_another_spelling_is_answered_and_said(client: Client, library: None) -> None:
    shown = page(client, q="lecunn twins")

    assert 'Did you mean <a href="/search?q=lecun+twins">lecun twins</a>? Showing those results.' in shown
    assert 'href="/papers/2103.03230"' in shown


def test_fewer_words_are_said(client: Client, library: None) -> None:
    shown = page(client, q="barlow twins quivers")

    assert "No papers have all of this. Showing those that have most of it." in shown
    assert 'href="/papers/2103.03230"' in shown


def test_fewer_words_of_another_spelling_are_said_in_one_sentence(client: Client, library: None) -> None:
    shown = page(client, q="lecunn quivers")

    assert re.findall(r'<p class="meant">(.*?)</p>', shown) == [
        "No papers have all of “lecunn quivers”, even spelled “"
        '<a href="/search?q=lecun+quivers">lecun quivers</a>”. Showing those that have most of it.'
    ]


def test_results_have_a_total_orders_counts_and_categories(client: Client, library: None) -> None:
    shown = page(client, q="2021")

    assert ">2 papers</h2>" in shown
    orders = re.findall(r'<a href="(/search[^"]*)"(?: aria-current="true")?>(Relevance|Newest|Most talked about)</a>', shown)
    assert [(unescape(href), name) for href, name in orders] == [
        ("/search?q=2021", "Relevance"),
        ("/search?q=2021&order=newest", "Newest"),
        ("/search?q=2021&order=hottest", "Most talked about"),
    ]
    assert '<b>1,234</b> <span class="word">reposts</span>' in shown
    assert 'href="/search?q=2021+cat%3Acs.CL">cs.CL</a> 1<' in shown and 'href="/categories/cs.CL"' in shown


def test_posts_are_found_by_their_words_without_spaces_and_by_their_handle(client: Client, library: None) -> None:
    for query in ("深層学習", "@lab_one", "@lab_one 論文"):
        shown = page(client, q=query)
        assert '<h2 id="posts-found">Posts</h2>' in shown
        assert 'About <a href="/papers/2103.03230">Barlow Twins' in shown
    assert "posts-found" not in page(client, q="層深")


def test_posts_that_readers_may_not_see_are_not_found(client: Client) -> None:
    secret = make_paper(listing_source="post", title="Only in a draft")
    make_tweet(secret, body_html="secretword one")
    public = make_paper(title="Public")
    gone = make_tweet(public, body_html="secretword two")
    index_changed()
    assert page(client, q="secretword", **{"in": "posts"}).count("secretword two") == 1
    assert "secretword one" not in page(client, q="secretword", **{"in": "posts"})

    Tweet.objects.filter(pk=gone.pk).update(state="deleted")
    assert "secretword two" not in page(client, q="secretword", **{"in": "posts"})
    index_changed()
    assert "No posts match." in page(client, q="secretword", **{"in": "posts"})


def test_posts_go_on_where_the_page_stopped(client: Client) -> None:
    paper = make_paper()
    for number in range(23):
        make_tweet(paper, body_html=f"quiver {number}.")
    index_changed()

    first = page(client, q="quiver", **{"in": "posts"})
    [more] = re.findall(r'rel="next" href="([^"]*)"', first)
    second = " ".join(client.get("/search" + unescape(more)).content.decode().split())

    shown = [re.findall(r">quiver (\d+)\.<", part) for part in (first, second)]
    assert list(map(len, shown)) == [20, 3] and len({*shown[0], *shown[1]}) == 23


def test_a_paper_that_is_not_here_is_said_to_be_missing(client: Client, library: None) -> None:
    shown = page(client, q="https://huggingface.co/papers/2301.00001")

    assert 'Hot Papers hasn’t collected this paper: <a href="https://arxiv.org/abs/2301.00001">arXiv:2301.00001</a>.' in shown


def test_suggestions_are_titles_and_names_with_their_addresses(
    client: Client, library: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(20):
        answer = client.get("/search/suggest?q=barlow+tw")
    assert answer["Content-Type"] == "application/x-suggestions+json"
    assert answer.json() == [
        "barlow tw",
        ["Barlow Twins: Self-Supervised Learning"],
        ["Paper"],
        ["http://127.0.0.1:8000/papers/2103.03230"],
    ]
    assert client.get("/search/suggest?q=ada+ex").json()[1:3] == [["Attention for All", "Ada Example"], ["Paper", "Author"]]
    for query in ("", "-x", "since:", "x" * 999):
        assert client.get("/search/suggest", {"q": query}).json()[1] == []


def test_browsers_are_told_how_to_search(client: Client) -> None:
    description = ET.fromstring(client.get("/opensearch.xml").content)

    templates = {url.get("type"): url.get("template") for url in description.findall("{http://a9.com/-/spec/opensearch/1.1/}Url")}
    assert templates["text/html"] == "http://127.0.0.1:8000/search?q={searchTerms}"
    assert templates["application/x-suggestions+json"] == "http://127.0.0.1:8000/search/suggest?q={searchTerms}"
    assert '<link rel="search" type="application/opensearchdescription+xml"' in page(client)
