"""Published pages are answered from memory: without a query, to everybody alike, and never out of date."""

import contextlib
import gzip
import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from pytest_django import DjangoAssertNumQueries, Settings

from digests.models import Digest, Entry
from digests.page_cache import middleware
from papers.counts import measuring
from papers.models import Paper
from papers.search.index import index_changed
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_paper, make_tweet

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADDRESS = "/posts/hot-papers-2021-05-12"


@pytest.fixture
def paper() -> Paper:
    """The one paper of a published digest."""
    return make_digest(date(2021, 5, 12), papers=1).papers.get()


def test_held_page_is_answered_before_any_other_middleware(client: Client, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    class OtherWasAskedError(Exception): ...

    def ask(*_: object) -> None:
        raise OtherWasAskedError

    client.get(ADDRESS)
    for name in settings.MIDDLEWARE:
        if (other := import_string(name)) is not middleware.FinishedPagesMiddleware and isinstance(other, type):
            monkeypatch.setattr(other, "__call__", ask)
    assert client.get(ADDRESS).status_code == 200
    with pytest.raises(OtherWasAskedError):
        client.get("/robots.txt")


def test_page_is_answered_again_without_a_query(
    client: Client, paper: Paper, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = ["/", "/?before=2021-05-13", ADDRESS, f"{ADDRESS}.md", paper.get_absolute_url(), "/categories/cs.LG", "/rss.xml"]
    first = [client.get(address) for address in addresses]
    with django_assert_num_queries(0):
        again = [client.get(address) for address in addresses]
        known = [client.get(one.request["PATH_INFO"], headers={"If-None-Match": one["ETag"]}) for one in first[2:]]
        heads = [client.head(address) for address in addresses]
    assert [one.status_code for one in again] == [200] * len(addresses)
    assert [(one.content, one["ETag"]) for one in again] == [(one.content, one["ETag"]) for one in first]
    assert [set(one.headers) for one in again] == [set(one.headers) for one in first]
    assert [(one.status_code, one.content) for one in known] == [(304, b"")] * len(known)
    assert [(one.content, one["Content-Length"]) for one in heads] == [(b"", str(len(one.content))) for one in first]
    assert "default-src 'none'" in again[0]["Content-Security-Policy"]
    assert not any(one.cookies for one in again)


def test_first_answer_to_a_client_that_has_the_page_is_held(
    client: Client, paper: Paper, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tag = client.get(ADDRESS)["ETag"]
    Digest.objects.update(intro="")
    Paper.objects.update(comment="Changed, yet nowhere shown")
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
    with django_assert_num_queries(0):
        assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304


def test_change_of_another_day_leaves_a_page_alone(
    client: Client, paper: Paper, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_digest(date(2021, 9, 20), papers=1)  # too far away for related papers
    make_digest(date(2021, 5, 15))
    client.get(ADDRESS)
    client.get(paper.get_absolute_url())
    Digest.objects.filter(pk=other.pk).update(status=Digest.Status.WITHDRAWN)
    other.papers.update(title="Corrected")
    with django_assert_num_queries(0):
        client.get(ADDRESS)
        client.get(paper.get_absolute_url())


def test_page_of_a_paper_tells_of_a_version_that_came_since(client: Client, paper: Paper) -> None:
    Paper.objects.update(version=1, is_settled=True)
    assert "meanwhile there is version" not in client.get(paper.get_absolute_url()).content.decode()
    Paper.objects.update(newer={"version": 2, "title": paper.title})
    assert "arXiv now has version 2" in client.get(paper.get_absolute_url()).content.decode()
    Paper.objects.update(newer={"version": 3, "title": paper.title})
    assert "arXiv now has version 3" in client.get(paper.get_absolute_url()).content.decode()


def test_home_is_made_anew_for_a_day_that_it_will_show(client: Client) -> None:
    for day in (10, 14):
        make_digest(date(2021, 5, day), papers=1)
    for day in (18, 12, 6):
        before = client.get("/").content.decode()
        assert client.get("/").content.decode() == before
        make_digest(date(2021, 5, day), papers=1)
        assert f"/posts/hot-papers-2021-05-{day:02}" not in before
        assert f"/posts/hot-papers-2021-05-{day:02}" in client.get("/").content.decode()


def test_month_is_made_anew_for_a_day_next_to_it_and_not_for_its_counts(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for month in (3, 6):
        make_digest(date(2021, month, 1), papers=1)
    before = client.get("/archive/2021/06").content.decode()
    Entry.objects.update(retweets=4321)
    with django_assert_num_queries(0):
        assert client.get("/archive/2021/06").content.decode() == before
    make_digest(date(2021, 4, 30))
    after = client.get("/archive/2021/06").content.decode()
    assert ("March 2021" in before, "April 2021" in before) == (True, False)
    assert ("March 2021" in after, "April 2021" in after) == (False, True)


def test_counts_of_other_papers_leave_home_alone(
    client: Client, paper: Paper, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    index_changed()
    client.get("/")
    measuring.record([measuring.Reading(make_tweet(make_paper()).pk, NOW, 1, 2, 3, 4)], now=NOW)
    with django_assert_num_queries(0):
        client.get("/")
    measuring.record([measuring.Reading(paper.tweets.get().pk, NOW, 1, 2, 3, 4)], now=NOW)
    with django_assert_num_queries(7):
        client.get("/")


def test_editor_gets_the_public_page_and_drafts_are_never_held(client: Client, paper: Paper) -> None:
    editor = make_client(make_user(group="Editor"))
    public = client.get(ADDRESS).content
    assert editor.get(ADDRESS).content == public
    make_digest(date(2021, 5, 14), papers=1, status=Digest.Status.DRAFT)
    for _ in range(2):
        preview = editor.get("/posts/hot-papers-2021-05-14")
        assert (preview.status_code, "no-store" in preview["Cache-Control"]) == (200, True)
        assert client.get("/posts/hot-papers-2021-05-14").status_code == 404


def test_admin_and_other_methods_are_left_alone(client: Client, paper: Paper) -> None:
    client.get(ADDRESS)
    assert client.post(ADDRESS).status_code == 405
    login = client.get("/admin/login/")
    assert "no-store" in login["Cache-Control"]
    assert size_of(client, "/static/readers/site.css") > 1000


def test_unknown_host_gets_no_page(client: Client, paper: Paper) -> None:
    client.get(ADDRESS)
    assert client.get(ADDRESS, headers={"host": "evil.example"}).status_code == 400


def test_plain_http_is_sent_to_https_though_the_page_is_held(paper: Paper, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    https = Client()
    assert https.get(ADDRESS, secure=True).status_code == 200
    assert https.get(ADDRESS).status_code == 301
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert https.get(ADDRESS, headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert https.get(ADDRESS, headers={"X-Forwarded-Proto": "http"}).status_code == 301


def test_digest_with_its_styles_is_at_most_forty_kilobytes(client: Client) -> None:
    words = [f"word{n * 7919 % 1000}" for n in range(200)]
    digest = make_digest(date(2021, 5, 13), papers=13)
    for n, one in enumerate(digest.papers.all()):
        one.abstract = " ".join(words[n * 11 :] + words[: n * 11])
        one.save()
    page = client.get("/posts/hot-papers-2021-05-13", headers={"Accept-Encoding": "gzip"})
    styles = re.findall(
        r'<link rel="stylesheet" href="(/static/[^"]+)"', client.get("/posts/hot-papers-2021-05-13").content.decode()
    )
    assert styles
    assert int(page["Content-Length"]) + sum(size_of(client, style) for style in styles) <= 40_000


def size_of(client: Client, static: str) -> int:
    """Bytes, compressed."""
    with contextlib.closing(client.get(static, headers={"Accept-Encoding": "gzip"})) as response:
        return len(gzip.compress(b"".join(response.streaming_content)))  # type: ignore[attr-defined]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """The keys under which pages are put."""
    keys: list[tuple[str, str, str]] = []
    put = middleware.cache.put

    def noting(key: tuple[str, str, str], *rest: Any) -> None:
        keys.append(key)
        put(key, *rest)

    monkeypatch.setattr(middleware.cache, "put", noting)
    return keys


def test_page_is_held_once_for_every_spelling_of_its_host(
    client: Client, paper: Paper, settings: Settings, kept: list[tuple[str, str, str]]
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "papers.example"]
    hosts = ["localhost", "LocalHost", "LOCALHOST:80", "localhost:8000", "localhost.", "papers.example", "Papers.Example:1"]
    answers = [client.get("/robots.txt", headers={"host": host}) for host in hosts]
    assert [one.status_code for one in answers] == [200] * len(hosts)
    assert kept == [("http", "/robots.txt", "")]
    assert client.get("/robots.txt", headers={"host": "evil.example"}).status_code == 400


def test_page_with_an_invented_query_is_not_held(client: Client, paper: Paper, kept: list[tuple[str, str, str]]) -> None:
    for path in ("/robots.txt", "/", ADDRESS, "/search", "/days", "/archive", "/rss.xml", paper.get_absolute_url()):
        assert client.get(f"{path}?invented={'x' * 500}").status_code == 200
    assert kept == []
    client.get("/?before=2021-05-13")
    client.get("/papers?period=2021")
    assert [key[1:] for key in kept] == [("/", "before=2021-05-13"), ("/papers", "period=2021")]


def test_scheme_that_a_proxy_tells_is_one_of_two(
    client: Client, paper: Paper, settings: Settings, kept: list[tuple[str, str, str]]
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for proto in ("https", "http", "HTTPS", "ws", "x" * 100, "https,http"):
        client.get("/robots.txt", headers={"x-forwarded-proto": proto})
    assert kept == [("https", "/robots.txt", ""), ("http", "/robots.txt", "")]


def test_a_page_from_before_is_answered_while_the_database_is_away(
    client: Client, paper: Paper, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get(ADDRESS)

    def away(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=503)
        response.database_is_away = True  # type: ignore[attr-defined]
        return response

    def broken() -> Collection[str]:
        raise DatabaseError

    asked = middleware.FinishedPagesMiddleware(away)
    client.get(ADDRESS)
    monkeypatch.setattr(middleware.cache._watch, "changes", broken)
    monkeypatch.setattr("digests.page_cache.cache.watch", lambda: None)
    answers = [asked(rf.get(address)) for address in (ADDRESS, ADDRESS, "/archive")]
    assert [(one.status_code, one.get("Cache-Control")) for one in answers] == [(200, "no-store"), (200, "no-store"), (503, None)]
    assert [one.content for one in answers[:2]] == [before.content] * 2  # type: ignore[attr-defined]
    known = asked(rf.get(ADDRESS, headers={"If-None-Match": before["ETag"]}))
    assert known.status_code == 304
