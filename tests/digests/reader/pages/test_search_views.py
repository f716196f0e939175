"""The page of a search."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from papers.models import UnindexedPaper
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from papers.tasks import index_papers
from tests.factories import make_digest, make_entry, make_paper

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

    robots = {query: "noindex" in page(client, q=query) for query in ("quiver", "nothing", '"open', "")}

    assert robots == {"quiver": False, "nothing": True, '"open': True, "": False}


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
    shown = [re.findall(r"<mark>(Quiver)</mark> (\d+)</a></h2>", part) for part in (first, second)]
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

    with django_assert_num_queries(7):
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
    assert capsys.readouterr().out.splitlines() == ["1 papers indexed.", "2 papers indexed."]
    assert "A <mark>sheaf</mark>" in page(client, q="sheaf")
