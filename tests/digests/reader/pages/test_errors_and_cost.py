"""Conditional requests, errors, and how many queries a page takes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from papers.search.index import index_changed
from tests.digests.reader.pages.reading_pages import ADDRESS, DAY
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


def steps(client: Client, address: str) -> list[str]:
    """The steps in which SQLite, which has no statistics, answers the page's queries."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall() for query in captured]
    return [step for plan in plans for *_, step in plan]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
@pytest.mark.parametrize("address", ["/papers/{}", "/authors/ada-example"])
def test_page_of_few_papers_does_not_go_through_all_digests(client: Client, address: str) -> None:
    arxiv_id = make_digest(papers=1).papers.get().arxiv_id
    index_changed()
    taken = steps(client, address.format(arxiv_id))
    assert [step for step in taken if "digests_entry" in step]
    assert [step for step in taken if step.endswith("digest_by_status_and_day (status=?)")] == []  # all that are published


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
@pytest.mark.parametrize("address", ["/", "/categories/cs.LG", "/papers/{}", "/authors/ada-example", ADDRESS, "/rss.xml"])
def test_page_does_not_go_through_all_entries(client: Client, address: str) -> None:
    arxiv_id = make_digest(papers=1).papers.get().arxiv_id
    index_changed()
    assert [step for step in steps(client, address.format(arxiv_id)) if step.startswith("SCAN digests_entry")] == []


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
@pytest.mark.parametrize("address", ["/", ADDRESS, f"{ADDRESS}.md", "/categories/cs.LG", "/rss.xml"])
def test_unchanged_page_is_not_sent_again(client: Client, address: str) -> None:
    paper = make_digest(papers=1).papers.get()
    etag = client.get(address)["ETag"]

    same = client.get(address, headers={"If-None-Match": etag})
    paper.title = "Corrected"
    paper.save()
    corrected = client.get(address, headers={"If-None-Match": etag, "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})

    assert (same.status_code, same.content) == (304, b"")
    assert corrected.status_code == 200
    assert "Corrected" in corrected.content.decode()


def test_pages_answer_reading_methods_only(client: Client) -> None:
    make_digest()

    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405


def test_not_found_page_helps(client: Client) -> None:
    response = client.get("/posts/nothing")

    assert response.status_code == 404
    assert "<h1>Nothing is published here</h1>" in response.content.decode()


def test_error_page_needs_no_context(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))

    assert response.status_code == 500
    assert "<h1>Something broke on our side</h1>" in response.content.decode()


@pytest.mark.parametrize("days", [2, 30])
@pytest.mark.parametrize("papers", [1, 4])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 7),  # one on what is going on while the newest list is not out
        (f"/?before={DAY + timedelta(days=1)}", 4),
        (ADDRESS, 9),
        (f"{ADDRESS}.md", 6),  # one on the papers whose changes make it anew
        ("/categories/cs.LG", 5),
        ("/rss.xml", 5),  # posts, whose links it has
    ],
)
def test_page_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int, papers: int, address: str, queries: int
) -> None:
    for n in range(days):
        make_digest(DAY + timedelta(days=n), papers=papers)

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("days", [1, 12])
def test_paper_page_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int
) -> None:
    paper = make_paper()
    for n in range(days):
        make_entry(make_digest(DAY + timedelta(days=n)), paper, make_tweet(paper), make_tweet(paper))

    with django_assert_num_queries(10):
        assert client.get(f"/papers/{paper.arxiv_id}").status_code == 200


@pytest.mark.parametrize("address", ["/", "/admin/login/"])
def test_sandbox_says_on_every_page_that_it_is_one(client: Client, settings, address: str) -> None:  # type: ignore[no-untyped-def]
    moment = datetime(2026, 10, 12, 3, tzinfo=UTC)
    banner = "Sandbox: papers, posts and people are invented."
    assert client.get(address).content.decode().count(banner) == 0
    settings.SANDBOX_CLOCK = (moment, moment, 1440.0)
    assert client.get(address).content.decode().count(banner) == 1
