"""Whatever an address, a query, a form or a header says: never an error of ours."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from digests.models import Digest
from tests.editors import make_client
from tests.factories import make_digest

DAY = date(2026, 11, 24)
# fmt: off
TELLING = ["-1", "9999", "9" * 20, "9" * 5000, "NaN", "٣", "0001-01-01", "9999-12-31..", "2026-11-24T00:00", "after-" + "9" * 18, "a\0b",
           "\r\nX: y", "\ufffe", "%ff", "'", "é" * 500, "a" * 20_000, "[" * 1000, '"' * 501, "{{7*7}}"]
"""One of each kind."""
ODD = [
    *TELLING, "0", "0000", "1e999", "0x10", "²", "1_000", " 1", "+1", "1.5",
    "9999-12-31", "2026-02-30", "2026-W54", "9999-W53", "9999-12", "10000-01-01",
    "..", "..0001-01-01", "after-1", "before-" + "9" * 30, "2026-11-24.9999999999999999999",
    "\0", "\u202e", "\U0001f600", "%", "%00", '"', "<script>", "\\", "../../etc/passwd", "$(($", "(" * 500,
    "AND OR NOT", "cat:", 'author:"', "since:9999-99-99", "None", "null", "[]", "{}", "true", "", "cs.LG,cs.LG", "cs.LG'--", "1 OR 1=1",
]
QUERIES = ("before", "after", "q", "period", "category", "min", "order")
ADMIN = ("/admin/digests/digest/", "/admin/digests/entry/", "/admin/papers/paper/", "/admin/papers/tweet/", "/admin/papers/collectionday/",
         "/admin/auth/user/", "/admin/auth/group/", "/admin/axes/accessattempt/")
FILTERS = ("date__year", "digest__date__year", "listing_date__year", "posted_at__year", "at__year", "date__month", "date__day", "id__exact",
           "date__gte", "status__exact", "category", "_to_field", "o", "p", "q", "all", "e", "is_staff__exact", "_changelist_filters")
# fmt: on


@pytest.fixture
def editor(db: None) -> Client:
    return make_client(User.objects.create_superuser("ann"))


@pytest.fixture(autouse=True)
def answers_for_errors(client: Client) -> None:
    """As a server does: a fault is an answer 500, not an exception here."""
    client.raise_request_exception = False


def routes(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def status(client: Client, path: str, query: dict[str, Any] | None = None, **options: Any) -> int:
    client.raise_request_exception = False
    return client.get(path, query, **options).status_code


def refused(codes: dict[str, int]) -> dict[str, int]:
    return {what: code for what, code in codes.items() if code >= 500}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/days", "/papers", "/papers.atom", "/papers.json", "/papers.bib", "/search", "/rss.xml", "/robots.txt"]
)
def test_odd_queries_of_readers_are_no_fault_of_ours(client: Client, path: str) -> None:
    make_digest(DAY, papers=2)
    codes = {f"{name}={value[:40]!r}": status(client, path, {name: value}) for name in QUERIES for value in TELLING}
    assert refused(codes) == {}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern",
    ["/archive/{}", "/archive/2026/{}", "/posts/hot-papers-{}", "/posts/hot-papers-{}.md", "/papers/{}", "/papers/{}.bib", "/authors/{}",
     "/categories/{}", "/hottest/{}", "/days/{}", "/sitemap-{}.xml", "/sitemap-2026-{}.xml", "/page/{}", "/papers.{}", "/{}", "/static/{}"],
)  # fmt: skip
def test_odd_addresses_are_no_fault_of_ours(client: Client, pattern: str) -> None:
    from urllib.parse import quote

    make_digest(DAY, papers=1)
    assert refused({value[:40]: status(client, pattern.format(quote(value, safe=""))) for value in ODD}) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/archive/9999", "/archive/0001", "/archive/9999/12", "/archive/1990", "/posts/hot-papers-9999-12-31",
                                  "/days/0001-01-01", "/sitemap-9999-12.xml", "/archive/99999999999999999999"])  # fmt: skip
def test_years_that_cannot_be_are_not_found(client: Client, path: str) -> None:
    make_digest(DAY)
    assert client.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-01-01", "1990-12-31", "2200-01-01"])
def test_the_desk_has_no_day_of_a_year_that_cannot_be(editor: Client, day: str) -> None:
    assert editor.get(f"/admin/desk/{day}/").status_code == 404
    for action in ("start", "publish", "check", "undo", "state"):
        sent = editor.post(f"/admin/desk/{day}/{action}", "{}", content_type="application/json")
        assert sent.status_code == 404
    assert Digest.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["1991-01-01", "2199-12-31"])
def test_the_desk_opens_at_the_ends_of_its_calendar(editor: Client, day: str) -> None:
    assert editor.get(f"/admin/desk/{day}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["0001", "9999", "1990"])
def test_a_digest_of_a_year_that_cannot_be_is_not_begun_in_the_admin(editor: Client, year: str) -> None:
    form = {"date": f"{year}-12-31", "written_at_0": "2026-11-24", "written_at_1": "09:00:00", "intro": "", "entries-TOTAL_FORMS": "0",
            "entries-INITIAL_FORMS": "0", "entries-MIN_NUM_FORMS": "0", "entries-MAX_NUM_FORMS": "1000"}  # fmt: skip
    answer = editor.post("/admin/digests/digest/add/", form)
    assert answer.status_code == 200
    assert "There can’t be a list for this day" in answer.content.decode()
    assert Digest.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("path", ADMIN)
def test_odd_filters_of_the_admin_are_no_fault_of_ours(editor: Client, settings: Settings, path: str) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"  # where the ends of the calendar are beyond it in UTC
    make_digest(DAY, papers=2)
    codes = {f"{name}={value[:40]!r}": status(editor, path, {name: value}) for name in FILTERS for value in TELLING}
    assert refused(codes) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADMIN[:5])
@pytest.mark.parametrize("value", ["9999", "99999999999999999999", "0", "-1", "nonsense"])
def test_admin_filters_of_years_that_cannot_be_lead_nowhere(editor: Client, path: str, value: str) -> None:
    assert editor.get(path, {"date__year": value}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADMIN)
def test_odd_keys_of_the_admin_are_no_fault_of_ours(editor: Client, path: str) -> None:
    from urllib.parse import quote

    codes = {value[:40]: status(editor, f"{path}{quote(value, safe='')}/change/") for value in ODD}
    assert refused(codes) == {}
    editor.raise_request_exception = False
    chosen = {"action": "delete_selected", "index": "0"}
    assert refused({value[:40]: editor.post(path, chosen | {"_selected_action": value}).status_code for value in ODD}) == {}


BODIES = ["[" * 1000, "[" * 100_000, '{"a":' * 1000, "{", "", "null", "[]", "1", '"x"', "NaN", "\0", '{"a": 1e999}', "9" * 5000, "\ufeff{}",
          '{"paper": "\\ud800"}', '{"paper": null}', '{"revision": 99999999999999999999}', '{"revision": -1}', '{"revision": 1.5}',
          '{"text": "\\u0000", "base": ""}', '{"at": "9999-12-31T23:59", "zone": "Pacific/Kiritimati", "revision": 1}',
          '{"at": "0001-01-01T00:00", "zone": "UTC", "revision": 1}', '{"at": "2026-11-24T09:00", "zone": "../etc", "revision": 1}',
          '{"at": "2026-11-24T09:00", "zone": "\\u0000", "revision": 1}', '{"version": 99999999999999999999, "revision": 1}',
          '{"paper": "2105.00001", "position": 99999999999999999999}', '{"tweets": [["a"]], "base": []}'] + [
    json.dumps(dict.fromkeys(("paper", "text", "base", "link", "note", "at", "zone", "finding", "key", "action"), odd)) for odd in [*TELLING[::2], "\0", "\ud800", "a\udfffb"]
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
def test_odd_bodies_are_refused_by_the_desk(editor: Client) -> None:
    make_digest(DAY, papers=2, status=Digest.Status.DRAFT)
    editor.raise_request_exception = False
    actions = [
        path
        for path, entry in routes()
        if path.startswith("/admin/desk/<day:day>/") and "(" not in path and not path.endswith("/")
    ]
    names = sorted({path.rpartition("/")[2] for path in actions} - {"<slug:action>", "<arxiv_id:arxiv_id>", "state"})
    assert {"start", "note", "publish", "schedule", "restore", "undo"} <= set(names)
    for name in names:
        address = f"/admin/desk/{DAY}/{name}"
        codes = {body[:60]: editor.post(address, body, content_type="application/json").status_code for body in BODIES}
        assert {what: code for what, code in codes.items() if code >= 500 and code != 502} == {}, name


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["[" * 1000, "[" * 100_000, '{"a":' * 1000])
def test_nested_bodies_are_400(editor: Client, body: str) -> None:
    assert editor.post(f"/admin/desk/{DAY}/start", body, content_type="application/json").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    ["Accept", "Accept-Encoding", "Accept-Language", "Cookie", "If-Modified-Since", "If-None-Match", "Range", "Referer", "User-Agent", "Origin",
     "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Content-Type", "X-CSRFToken", "Script-Name", "X-HTTP-Method-Override"],
)  # fmt: skip
def test_odd_headers_are_no_fault_of_ours(client: Client, settings: Settings, header: str) -> None:
    settings.BEHIND_PROXY = True
    day = make_digest(DAY, papers=1)
    plain = client.get(day.get_absolute_url()).content
    for value in [
        *TELLING,
        "bytes=0-" + "9" * 30,
        "Sun, 31 Dec 9999 23:59:59 GMT",
        "Sun, 99 Foo 0000 99:99:99 GMT",
        "sessionid=" + "a" * 5000,
    ]:
        value = value.replace("\r\n", " ").encode("utf-8").decode("latin-1")
        answer = client.get(day.get_absolute_url(), headers={header: value})
        assert answer.status_code in (200, 304, 400), (header, value[:50])
        assert answer.status_code != 200 or answer.content == plain
    assert (
        client.post(
            "/admin/login/", {"username": "a", "password": "b"}, headers={header: "\ufffe".encode().decode("latin-1")}
        ).status_code
        < 500
    )


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["", "/", ".md"])
@pytest.mark.parametrize("status", [Digest.Status.DRAFT, Digest.Status.WITHDRAWN])
def test_a_draft_looks_like_nothing_to_strangers(client: Client, form: str, status: Digest.Status) -> None:
    nothing = client.get(f"/posts/hot-papers-{DAY}{form}")
    make_digest(DAY, papers=2, status=status)
    draft = client.get(f"/posts/hot-papers-{DAY}{form}")
    assert (draft.status_code, dict(draft.headers), draft.content) == (404, dict(nothing.headers), nothing.content)
    assert client.get(f"/days/{DAY}").content == client.get("/days/2026-11-23").content


@pytest.mark.django_db
def test_permissions_policy_is_on_every_answer(client: Client) -> None:
    for path in ("/", "/archive/9999", "/admin/login/"):
        assert "camera=(), " in client.get(path)["Permissions-Policy"]


@pytest.mark.django_db
def test_security_txt_names_the_contact(client: Client, settings: Settings) -> None:
    settings.CONTACT_EMAIL, settings.SITE_URL = "", "https://papers.example"
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.CONTACT_EMAIL = "you@papers.example"
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert [line for line in lines if not line.startswith("Expires: ")] == [
        "Contact: mailto:you@papers.example",
        "Preferred-Languages: en",
        "Canonical: https://papers.example/.well-known/security.txt",
    ]
    assert len(lines) == 4


@pytest.mark.parametrize(
    "query",
    ["path_info__range=a", "path_info__range=a,b,c", "username__regex=(", "pk__in=1", "ip_address=a", "ip_address__gte=1.2"],
)
def test_filters_that_no_list_has_are_not_found(editor: Client, query: str) -> None:
    assert status(editor, f"/admin/axes/accesslog/?{query}") == 404
    assert status(editor, "/admin/papers/paper/?newer__contains=a") == 404


FORM = "application/x-www-form-urlencoded"
UNREADABLE: dict[str, dict[str, Any]] = {
    "fields": {"data": "&".join(f"a{n}=b" for n in range(2000)), "content_type": FORM},
    "letters": {"data": b"a=b", "content_type": f"{FORM}; charset=rot13"},
    "unknown letters": {"data": b"a=b", "content_type": f"{FORM}; charset=utf-99"},
    "large": {"data": "a=" + "b" * 3_000_000, "content_type": FORM},
    "no boundary": {"data": "a", "content_type": "multipart/form-data"},
    "odd boundary": {"data": "a", "content_type": 'multipart/form-data; boundary="\xff"'},
    "many files": {
        "data": encode_multipart(BOUNDARY, {f"a{n}": BytesIO(b"x") for n in range(200)}),
        "content_type": MULTIPART_CONTENT,
    },
}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "FOO", "OPTIONS", "TRACE"])
def test_a_page_can_be_read_and_nothing_else(db: None, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answers = [client.generic(method, path) for path in ("/", "/search?q=a", "/papers.atom", "/export.zip", "/hottest/week")]
    assert {(answer.status_code, answer.get("Allow")) for answer in answers} == {(405, "GET, HEAD")}
    assert client.generic("POST", "/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/admin/nothing/", "/admin/nothing//", "/admin/desk/2026-11-24/nothing/", "/admin/papers/nothing/"]
)
def test_admin_and_slashes_do_not_send_each_other_round(editor: Client, path: str) -> None:
    assert editor.get(path).status_code == 404


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("path", ["/admin/login/", "/nothing", "/", "/admin/desk/2026-11-24/note"])
def test_form_that_cannot_be_read_is_refused(db: None, kind: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    assert client.generic("POST", path, **UNREADABLE[kind]).status_code in {400, 403, 404, 405}
