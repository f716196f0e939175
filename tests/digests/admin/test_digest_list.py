"""The admin's lists of digests and entries: their cost, their search, who sees them."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from digests.models import Entry
from papers.models import Paper
from papers.search.index import index_changed
from tests.digests.admin.admin_pages import LIST, entry_page, make_list, page
from tests.editors import make_client, make_user, values
from tests.factories import make_digest, make_draft, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("papers", [2, 9])
def test_digest_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    for day in range(1, papers + 1):
        make_digest(date(2021, 5, day), papers=papers)

    with django_assert_num_queries(8):
        response = editor.get(LIST)

    assert [digest.papers_number for digest in response.context["cl"].result_list] == [papers] * papers


@pytest.mark.parametrize("papers", [2, 9])
def test_digest_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    digest = make_digest(papers=papers)

    with django_assert_num_queries(7):
        response = editor.get(page(digest))

    assert response.status_code == 200


@pytest.mark.parametrize("papers", [2, 9])
def test_reorder_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    digest = make_draft(papers=papers)
    numbers = {f"entries-{n}-position": str(papers - n) for n in range(papers)}
    data = values(editor, page(digest), "digest_form") | numbers
    last = digest.entries.last()

    with django_assert_num_queries(21):
        editor.post(page(digest), data)

    assert digest.entries.first() == last


def test_form_of_a_long_list_is_saved(editor: Client) -> None:
    digest = make_draft()
    papers = Paper.objects.bulk_create(
        Paper(arxiv_id=f"2105.{20000 + n}", title="T", abstract="A", listing_date=digest.date, version=1) for n in range(200)
    )
    moment = digest.written_at
    Entry.objects.bulk_create(
        Entry(digest=digest, paper=paper, position=n, retweets=0, favorites=0, read_at=moment)
        for n, paper in enumerate(papers, 1)
    )
    data = values(editor, page(digest), "digest_form") | {"entries-199-position": "1"}

    assert editor.post(page(digest), data).status_code == 302
    assert digest.entries.order_by("position")[0].paper == papers[-1]


@pytest.mark.parametrize("tweets", [2, 9])
def test_entry_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, tweets: int) -> None:
    entry = make_entry(make_draft(), make_paper(), *(make_tweet() for _ in range(tweets)))

    with django_assert_num_queries(7):
        response = editor.get(entry_page(entry))

    assert response.status_code == 200


@pytest.mark.parametrize("papers", [2, 9])
def test_entry_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    make_digest(papers=papers)

    with django_assert_num_queries(9):
        response = editor.get("/admin/digests/entry/")

    assert len(response.context["cl"].result_list) == papers


@pytest.mark.parametrize("query", ["graphs", "graph transformers", "2021-05-12", "2105.77777"])
def test_digest_list_finds_a_day_by_its_date_and_by_its_papers(editor: Client, query: str) -> None:
    digest = make_list("Graph Transformers", "Other Graphs")
    make_entry(digest, make_paper(arxiv_id="2105.77777"))
    make_digest(date(2021, 5, 13), papers=1)
    index_changed()

    found = editor.get(LIST, {"q": query}).context["cl"].result_list

    assert list(found) == [digest]


def test_viewer_sees_the_list_without_inputs() -> None:
    digest = make_list("A <b>", "B")
    client = make_client(make_user(rights="digests.view_digest digests.view_entry papers.view_paper"))

    response = client.get(page(digest))

    assert response.status_code == 200
    assert "data-reorder" not in response.content.decode()
    assert "A <b>" in unescape(response.content.decode())


def test_index_carries_the_site_name(editor: Client) -> None:
    response = editor.get("/admin/all/")

    assert (response.context["site_header"], response.context["title"]) == ("Hot Papers", "The editors’ pages")
