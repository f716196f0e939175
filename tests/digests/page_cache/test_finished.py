"""What a finished page answers to a request."""

import gzip
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
import time_machine
from django.http import FileResponse, HttpResponse

from digests.page_cache.finished import Page, finish

TEXT = "<p>The same words again.</p>" * 100
RENDERED = datetime(2026, 11, 24, 9, 0, 0, 400_000, tzinfo=UTC)


@pytest.fixture
def page() -> Page:
    with time_machine.travel(RENDERED, tick=False):
        made = finish(HttpResponse(TEXT, headers={"X-Kept": "yes"}))
    assert made is not None
    return made


def answer(page: Page, method: str = "GET", *, at: datetime = RENDERED, **headers: str) -> tuple[int, dict[str, str], bytes]:
    environ: dict[str, Any] = {"REQUEST_METHOD": method} | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    with time_machine.travel(at, tick=False):
        status, sent, body = page.answer(environ)
    return status, dict(sent), body


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("BR;q=0.5, gzip;q=1.0", "gzip"),
        ("br;q=1, gzip;q=1.000", "br"),
        ("identity, gzip;q=0.5", None),
        ("gzip;q=0.001, identity;q=0", "gzip"),
        ("identity;q=0", None),
        ("gzip;\tq = 0, br;q=high", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br; q=0.0, gzip;q=0", None),
        ("x-gzip, abr", None),
    ],
)
def test_page_is_sent_in_the_best_coding_that_the_client_takes(page: Page, accepted: str, coding: str | None) -> None:
    status, headers, body = answer(page, accept_encoding=accepted)

    plain = {None: lambda sent: sent, "gzip": gzip.decompress, "br": brotli.decompress}[coding](body)
    assert (status, headers.get("Content-Encoding"), plain) == (200, coding, TEXT.encode())
    assert headers["Content-Length"] == str(len(body))
    assert (headers["Vary"], headers["X-Kept"]) == ("Accept-Encoding", "yes")


def test_page_is_compressed_once(page: Page) -> None:
    assert answer(page, accept_encoding="gzip")[2] is answer(page, accept_encoding="gzip")[2]


def test_short_page_is_not_compressed() -> None:
    page = finish(HttpResponse("short"))
    assert page is not None
    assert "Content-Encoding" not in answer(page, accept_encoding="gzip, br")[1]


def test_page_says_how_it_may_be_kept(page: Page) -> None:
    _, headers, _ = answer(page)
    assert headers["Cache-Control"] == "public, max-age=0, s-maxage=10"
    kept = finish(HttpResponse("x", headers={"Cache-Control": "public, max-age=60"}))
    assert kept is not None
    assert answer(kept)[1]["Cache-Control"] == "public, max-age=60"


def test_head_gets_the_same_headers_and_no_body(page: Page) -> None:
    status, headers, body = answer(page, "HEAD", accept_encoding="gzip")
    assert (status, body) == (200, b"")
    assert headers == answer(page, accept_encoding="gzip")[1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["gzip", "br", ""])
def test_client_that_has_the_page_is_told_so(page: Page, method: str, coding: str) -> None:
    tag = answer(page, accept_encoding=coding)[1]["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = answer(page, method, accept_encoding=coding, if_none_match=known)
        assert (status, body) == (304, b"")
        assert {"ETag", "Cache-Control", "Vary", "Last-Modified"} <= set(headers)
        assert not {"Content-Length", "Content-Encoding"} & set(headers)


def test_codings_have_tags_of_their_own(page: Page) -> None:
    assert len({answer(page, accept_encoding=coding)[1]["ETag"] for coding in ("", "gzip", "br")}) == 3


def test_other_version_is_sent_whatever_its_date(page: Page) -> None:
    other = finish(HttpResponse("other"))
    assert other is not None
    tag = answer(other)[1]["ETag"]
    assert answer(page, if_none_match=tag, if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT")[0] == 200


def test_date_tells_versions_of_one_second_apart(page: Page) -> None:
    """What was sent in the second of the rendering may have been another version."""
    early = answer(page)[1]["Last-Modified"]
    late = answer(page, at=RENDERED.replace(second=2))[1]["Last-Modified"]
    assert (early, late) == ("Tue, 24 Nov 2026 09:00:00 GMT", "Tue, 24 Nov 2026 09:00:01 GMT")
    assert answer(page, if_modified_since=early)[0] == 200
    assert answer(page, if_modified_since=late)[0] == 304
    assert answer(page, if_modified_since="no date")[0] == 200


def with_cookie() -> HttpResponse:
    response = HttpResponse("x")
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("x", status=404),
        HttpResponse("x", status=302),
        HttpResponse("x", headers={"Vary": "Cookie"}),
        HttpResponse("x", headers={"Vary": "Accept-Encoding, Cookie"}),
        HttpResponse("x", headers={"Vary": "*"}),
        HttpResponse("x", headers={"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}),
        with_cookie(),
        FileResponse([b"x"]),
    ],
)
def test_answer_that_is_not_for_everybody_is_no_page(response: HttpResponse) -> None:
    assert finish(response) is None
