import gzip
import random
import time
import tomllib
import zlib
from pathlib import Path

import pytest
from django.conf import settings

from papers.sources import http
from tests.standins.serving import Reply, Request, Standin


class Scripted(Standin):
    """Answers each path with what it was told."""

    def __init__(self, **replies: Reply) -> None:
        self.replies = replies
        super().__init__()

    def answer(self, request: Request) -> Reply:
        return self.replies.get(request.path.strip("/"), Reply(404))


def get(
    standin: Standin, path: str, *, max_bytes: int = 1000, deadline_s: float = 60, hosts: tuple[str, ...] = ()
) -> http.Answer:
    with http.client() as client:
        return http.fetch(
            client, "GET", f"{standin.url}/{path}", max_bytes=max_bytes, deadline_s=deadline_s, redirect_hosts=hosts
        )


def test_fetch_returns_status_headers_and_body_of_any_status() -> None:
    with Scripted(teapot=Reply(418, b"short", {"X-Mark": "yes"})) as standin:
        answer = get(standin, "teapot")

    assert (answer.status, answer.headers["x-mark"], answer.body) == (418, "yes", b"short")


def test_fetch_unpacks_gzip() -> None:
    with Scripted(a=Reply(200, gzip.compress(b"hello"), {"Content-Encoding": "gzip"})) as standin:
        assert get(standin, "a").body == b"hello"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"x" * 1001),
        Reply(200, gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}),
    ],
)
def test_fetch_refuses_more_than_max_bytes_after_unpacking(reply: Reply) -> None:
    with Scripted(a=reply) as standin, pytest.raises(http.Malformed, match=r"more than 1,000 bytes"):
        get(standin, "a")


def test_fetch_stops_at_the_end_of_a_gzip_stream_that_goes_on() -> None:
    endless = gzip.compress(b"hello") + b"x" * 5_000_000
    with Scripted(a=Reply(200, endless, {"Content-Encoding": "gzip"})) as standin:
        assert get(standin, "a").body == b"hello"


def test_fetch_refuses_a_gzip_stream_of_empty_blocks_without_an_end() -> None:
    stream = zlib.compressobj(wbits=31)
    beginning = stream.compress(b"hello") + stream.flush(zlib.Z_SYNC_FLUSH)
    empty = b"\x00\x00\x00\xff\xff"
    reply = Reply(200, beginning + empty * 100_000, {"Content-Encoding": "gzip"})
    with Scripted(a=reply) as standin, pytest.raises(http.Malformed, match=r"more than 1,000 bytes"):
        get(standin, "a")


def test_fetch_refuses_an_encoding_it_did_not_ask_for() -> None:
    with Scripted(a=Reply(200, b"x", {"Content-Encoding": "br"})) as standin, pytest.raises(http.Malformed, match="'br'"):
        get(standin, "a")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(reset=True),
        Reply(200, b"half", truncated=True),
        Reply(200, gzip.compress(b"hello")[:-9], {"Content-Encoding": "gzip"}),
        Reply(200, b"no gzip at all", {"Content-Encoding": "gzip"}),
    ],
)
def test_fetch_calls_a_broken_answer_transient(reply: Reply) -> None:
    with Scripted(a=reply) as standin, pytest.raises(http.Transient, match="closed the connection"):
        get(standin, "a")


def test_fetch_calls_an_unreachable_host_transient() -> None:
    with Scripted() as standin:
        pass

    with pytest.raises(http.Transient, match=r"could not be reached \((?!\[)"):
        get(standin, "a")


def test_fetch_ends_a_stall_at_its_deadline() -> None:
    start = time.monotonic()

    with Scripted(a=Reply(200, stall_s=20)) as standin, pytest.raises(http.Transient, match=r"did not finish within 0\.2 s"):
        get(standin, "a", deadline_s=0.2)

    assert time.monotonic() - start < 20


def test_fetch_follows_redirects_to_allowed_hosts() -> None:
    with Scripted(a=Reply(302, headers={"Location": "/b"}), b=Reply(200, b"there")) as standin:
        answer = get(standin, "a", hosts=("127.0.0.1",))

    assert (answer.body, answer.url) == (b"there", f"{standin.url}/b")


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/",
        "http://elsewhere.example/",
        "ftp://127.0.0.1/",
        "http://u:p@127.0.0.1/",
        "http://[",
    ],
)
def test_fetch_returns_other_redirects_unfollowed(location: str) -> None:
    with Scripted(a=Reply(302, headers={"Location": location})) as standin:
        assert get(standin, "a", hosts=("127.0.0.1",)).status == 302
        assert len(standin.requests) == 1


@pytest.mark.parametrize("location", ["data:,x", "javascript:x", "http://xn--/"])
def test_fetch_calls_a_redirect_to_no_address_malformed(location: str) -> None:
    one_sentence = r"^127\.0\.0\.1 redirects to an invalid address\.$"
    with Scripted(a=Reply(302, headers={"Location": location})) as standin, pytest.raises(http.Malformed, match=one_sentence):
        get(standin, "a", hosts=("127.0.0.1",))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://arxiv.org/b", "https://arxiv.org/b"),
        ("/b", "https://arxiv.org/b"),
        ("http://arxiv.org/b", None),
        ("http://127.0.0.1/b", None),
        ("data:text/html,x", None),
        ("http://xn--/", None),
        ("https://xn--/", None),
        ("https://user@arxiv.org/b", None),
        ("\x00", None),
        ("https://" + "a" * 70_000, None),
    ],
)
def test_onward_leads_from_https_to_https_alone(location: str, expected: str | None) -> None:
    moved = http.onward(http.Answer("https://arxiv.org/a", 301, {"location": location}, b""))

    assert (moved and str(moved)) == expected


def test_fetch_gives_up_on_a_circle_of_redirects() -> None:
    with Scripted(a=Reply(302, headers={"Location": "/a"})) as standin:
        with pytest.raises(http.Malformed, match="more than 3 times"):
            get(standin, "a", hosts=("127.0.0.1",))

        assert len(standin.requests) == 4


def test_fetch_takes_headers_along_only_to_the_same_host() -> None:
    with Scripted(b=Reply(200)) as standin:
        elsewhere = standin.url.replace("127.0.0.1", "localhost") + "/b"
        standin.replies["a"] = Reply(302, headers={"Location": elsewhere})
        with http.client() as client:
            http.fetch(
                client,
                "GET",
                f"{standin.url}/a",
                headers={"Authorization": "Bearer secret"},
                max_bytes=10,
                deadline_s=60,
                redirect_hosts=["localhost"],
            )

    assert [request.headers.get("authorization") for request in standin.requests] == ["Bearer secret", None]


def test_client_names_the_program_its_version_and_the_contact() -> None:
    version = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]["version"]

    with http.client(contact_email="someone@example.org") as client:
        assert client.headers["User-Agent"] == f"HotPapers/{version} (+someone@example.org)"


def test_client_refuses_a_contact_that_would_break_the_header() -> None:
    with pytest.raises(http.Misconfigured) as caught:
        http.client(contact_email="a@example.org\r\nX: y")

    assert caught.value.setting == "CONTACT_EMAIL"


def test_client_asks_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with Scripted(a=Reply(200)) as standin:
        assert get(standin, "a").status == 200


@pytest.mark.parametrize(
    ("value", "base"),
    [
        ("https://export.arxiv.org", "https://export.arxiv.org"),
        (" https://export.arxiv.org/api/ ", "https://export.arxiv.org/api"),
        ("http://127.0.0.1:9999/arxiv-api", "http://127.0.0.1:9999/arxiv-api"),
        ("http://localhost:9999/", "http://localhost:9999"),
        ("http://[::1]:9999", "http://[::1]:9999"),
    ],
)
def test_base_url_allows_https_and_loopback(value: str, base: str) -> None:
    assert http.base_url(value, setting="ARXIV_API_BASE") == base


@pytest.mark.parametrize(
    "value",
    [
        "",
        "export.arxiv.org",
        "http://export.arxiv.org",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://",
        "https://user:secret@export.arxiv.org",
        "https://export.arxiv.org?key=secret",
        "https://export.arxiv.org#x",
        "http://[",
    ],
)
def test_base_url_refuses_anything_else_and_names_the_setting(value: str) -> None:
    with pytest.raises(http.Misconfigured, match=r"^ARXIV_API_BASE must be an https:// URL") as caught:
        http.base_url(value, setting="ARXIV_API_BASE")

    assert caught.value.setting == "ARXIV_API_BASE"
    assert "secret" not in str(caught.value)


def test_source_error_keeps_its_url_without_secrets() -> None:
    error = http.SourceError("No.", url="https://user:word@api.example/2/tweets?token=abc#frag", status=500)

    assert (error.url, error.status) == ("https://api.example/2/tweets", 500)


def failing(*errors: http.SourceError) -> tuple[list[float], int | http.SourceError]:
    """The sleeps of a call that raises these errors, and then what came out."""
    sleeps: list[float] = []
    left = list(errors)

    def call() -> int:
        if left:
            raise left.pop(0)
        return 42

    random.seed(1)
    try:
        return sleeps, http.retrying(call, attempts=3, max_wait_s=60, first_wait_s=2, sleep=sleeps.append)
    except http.SourceError as error:
        return sleeps, error


def test_retrying_waits_at_least_as_long_as_asked_with_jitter() -> None:
    sleeps, result = failing(http.Transient("a", wait_s=10), http.Transient("b", wait_s=20))

    assert result == 42
    assert [10 <= sleeps[0] <= 12.5, 20 <= sleeps[1] <= 25] == [True, True]


def test_retrying_doubles_its_own_waits() -> None:
    sleeps, result = failing(http.Transient("a"), http.Transient("b"))

    assert result == 42
    assert [2 <= sleeps[0] <= 2.5, 4 <= sleeps[1] <= 5] == [True, True]


def test_retrying_raises_the_last_error_after_its_attempts() -> None:
    last = http.Transient("c")

    sleeps, result = failing(http.Transient("a"), http.Transient("b"), last)

    assert (len(sleeps), result) == (2, last)


@pytest.mark.parametrize(
    "error", [http.RateLimited("a", wait_s=61), http.ServiceRefused("b"), http.Malformed("c"), http.Gone("d")]
)
def test_retrying_gives_up_at_once_where_waiting_is_too_long_or_useless(error: http.SourceError) -> None:
    assert failing(error) == ([], error)
