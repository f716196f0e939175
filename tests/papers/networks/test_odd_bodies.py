"""Bodies that no service should send: one odd character costs no other record, and an answer that contradicts itself is an error."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from papers.networks.api import Api
from papers.networks.base import FoundPost, NotGiven
from papers.networks.bluesky.client import Bluesky
from papers.networks.bluesky.search import Search
from papers.networks.hackernews.client import MOST_QUERIES, HackerNews
from papers.networks.huggingface.client import HuggingFace
from papers.networks.strict_json import LARGEST_COUNT, line_of, moment
from papers.networks.x.client import XClient
from papers.sources.http import Malformed, RateLimited, Transient
from papers.sources.left_out import LeftOut
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.readable import readable
from tests.standins.serving import JSON, Reply, Request, Standin

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"
ODD: dict[str, bytes] = {
    "a byte that is not UTF-8": b'"caf\xe9"',
    "a control character": b'"a\x0bb\nc"',
    "half a pair": b'"\\ud800"',
    "a number of 5,000 digits": b"9" * 5000,
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "1e999": b"1e999",
    "nested deeply": b"[" * 300 + b"]" * 300,
    "the same key twice": b'1, "odd": 2',
}


class Said(Standin):
    """Gives one body to whatever is asked, or the bodies in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("createSession"):
            return Reply(200, b'{"accessJwt": "token"}', JSON)
        return Reply(200, self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0], JSON)


@pytest.fixture
def standin() -> Iterator[Said]:
    with Said() as standin:
        yield standin


@pytest.fixture
def api(standin: Said, http: httpx.Client) -> Api:
    return Api(http, standin.url, service="The service", setting="A_BASE", attempts=1, now=now)


@pytest.fixture
def x(standin: Said, http: httpx.Client) -> XClient:
    return XClient(http, bearer_token="t", base=standin.url, attempts=1, now=now)


def filled(api: Api) -> Iterator[FoundPost]:
    found = Bluesky(api, Search(api, handle="a", app_password="b")).fill(DAY, NOW)
    assert found is not None
    return readable(found)


def swept(x: XClient) -> list[str]:
    pages = x.sweep(start=DAY, end=NOW, min_likes=0, max_reads=1000)
    return [tweet.status_id for page in pages for tweet in page.tweets]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_something_odd_in_one_record_costs_no_record(standin: Said, api: Api, x: XClient, odd: bytes) -> None:
    given: dict[str, tuple[bytes, Any]] = {
        "hackernews": (
            b'{"hits": [{"objectID": "7", "created_at_i": %d, "points": 3, "url": "%s", "odd": %s}]}',
            lambda: [post.id for post in readable(HackerNews(api, api, now=now).mentions(DAY, NOW))],
        ),
        "huggingface": (
            b'[{"paper": {"id": "2611.90001", "upvotes": %d, "url": "%s", "odd": %s}}]',
            lambda: [post.id for post in readable(HuggingFace(api).mentions(DAY, NOW))],
        ),
        "bluesky": (
            b'{"posts": [{"uri": "at://did:plc:a/app.bsky.feed.post/3k", "likeCount": 1, "author": {"did": "did:plc:a"},'
            b' "indexedAt": "2026-11-20T10:00:00Z", "record": {"text": "", "n": %d, "embed": {"external": {"uri": "%s"}}},'
            b' "odd": %s}]}',
            lambda: list({post.id for post in filled(api)}),
        ),
        "x": (
            b'{"meta": {}, "data": [{"id": "1990000000000000000", "author_id": "7", "text": "%d %s", "odd": %s,'
            b' "public_metrics": {"retweet_count": 1, "like_count": 2}}]}',
            lambda: swept(x),
        ),
    }
    expected = {
        "hackernews": ["7"],
        "huggingface": ["2611.90001"],
        "bluesky": ["at://did:plc:a/app.bsky.feed.post/3k"],
        "x": ["1990000000000000000"],
    }
    came = {}
    for name, (body, ask) in given.items():
        standin.bodies = [body % (int(DAY.timestamp()), PAPER.encode(), odd)]
        came[name] = ask()
    assert came == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"meta": {"result_count": 3}}',
        b'{"meta": {"result_count": 1}, "data": {"id": "1"}}',
        b'{"meta": {}, "data": "many"}',
        b'{"meta": [], "data": []}',
        b'{"meta": null}',
        b'{"meta": {"next_token": 7}, "data": []}',
        b'{"meta": {"next_token": "%s"}, "data": []}' % (b"a" * 100_000),  # no address may be so long
        b'{"meta": {"next_token": "a\\u0000\\ud800"}, "data": []}',
    ],
)
def test_an_answer_of_x_that_contradicts_itself_is_no_quiet_day(standin: Said, x: XClient, body: bytes) -> None:
    standin.bodies = [body]
    with pytest.raises(Malformed):
        swept(x)


def test_an_empty_answer_of_x_is_a_quiet_day(standin: Said, x: XClient) -> None:
    standin.bodies = [b'{"meta": {"result_count": 0}}']
    assert swept(x) == []


@pytest.mark.parametrize("cursor", [b"100", b'["a"]', b'"%s"' % (b"a" * 100_000), b'"\\u202e"'])
def test_a_cursor_of_bluesky_s_search_that_cannot_be_sent_does_not_end_the_search(standin: Said, api: Api, cursor: bytes) -> None:
    standin.bodies = [b'{"posts": [], "cursor": %s}' % cursor]
    with pytest.raises(Malformed, match="`cursor`"):
        list(filled(api))


@pytest.mark.parametrize("same", [True, False])
def test_a_search_of_bluesky_s_that_does_not_end_is_told(standin: Said, api: Api, same: bool) -> None:
    standin.bodies = [b'{"posts": [{}], "cursor": "%d"}' % (0 if same else n) for n in range(400)]
    with pytest.raises(NotGiven, match="repeats itself" if same else r"has more than 5,000 posts for arxiv\.org"):
        list(filled(api))


def test_a_total_of_hacker_news_that_is_always_too_large_ends_at_a_bound(standin: Said, api: Api) -> None:
    standin.bodies = [b'{"hits": [], "nbHits": 0}', b'{"hits": [{"objectID": "7"}], "nbHits": 999999999999}']
    with pytest.raises(Transient, match="incomplete"):
        list(HackerNews(api, api, now=now).mentions(DAY, NOW - timedelta(seconds=1)))
    assert len(standin.requests) == MOST_QUERIES + 1


def test_a_site_of_daily_papers_that_knows_no_pages_is_asked_twice(standin: Said, api: Api) -> None:
    entries = b", ".join(b'{"paper": {"id": "2611.%05d", "upvotes": 1}}' % n for n in range(49))
    standin.bodies = [b'[%s, {"paper": {"upvotes": 1}}]' % entries]
    came = list(HuggingFace(api).mentions(DAY, DAY + timedelta(hours=1)))
    assert (len(list(readable(came))), len(came), len(standin.requests)) == (49, 50, 2)


@pytest.mark.parametrize(("points", "told"), [(LARGEST_COUNT, {"points": LARGEST_COUNT}), (LARGEST_COUNT + 1, {})])
def test_a_count_beyond_belief_is_none(standin: Said, api: Api, points: int, told: dict[str, int]) -> None:
    standin.bodies = [b'{"hits": [{"objectID": "7", "created_at_i": 1, "points": %d, "url": "%s"}]}' % (points, PAPER.encode())]
    [post] = readable(HackerNews(api, api, now=now).mentions(DAY, NOW))
    assert post.counts == told


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "0"}, 5),
        ({"Retry-After": "-5"}, 5),
        ({"Retry-After": "1.5"}, 5),
        ({"Retry-After": "soon"}, 5),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 5),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 3600),
        ({"Retry-After": "9" * 400}, 3600),
        ({"Retry-After": "7", "RateLimit-Reset": "-1"}, 7),
        ({"Retry-After": "7", "RateLimit-Reset": "1e3"}, 7),
        ({"Retry-After": "7", "RateLimit-Reset": "0"}, 7),
        ({"Retry-After": "7", "RateLimit-Reset": "3000"}, 7),  # the whole quota is there again much later
        ({"Retry-After": "0", "RateLimit-Reset": "0"}, 1),
        ({"X-RateLimit-Reset": "55"}, 55),
        ({"RateLimit": '"api";r=0;t=55', "RateLimit-Policy": '"api";q=500;w=300'}, 55),
        ({"RateLimit": "limit=100, remaining=0, reset=55"}, 55),
        ({"RateLimit": "limit=100; " * 99}, 5),
        ({"RateLimit-Reset": "9" * 18}, 3600),
        ({"RateLimit-Reset": "1000000001"}, 1),  # a moment that has passed
    ],
)
def test_waits_that_are_odd(standin: Said, api: Api, headers: dict[str, str], wait_s: float) -> None:
    standin.fault("/", Reply(429, b"{}", {**JSON, **headers}))
    with pytest.raises(RateLimited) as raised:
        api.get("/")
    assert raised.value.wait_s == wait_s


@pytest.mark.parametrize("status", [202, 204, 206, 226, 304, 408, 425, 599])
def test_a_service_without_a_whole_answer_is_asked_again_and_no_setting_is_blamed(
    standin: Said, api: Api, x: XClient, status: int
) -> None:
    standin.fault("/", Reply(status, b'{"meta": {"result_count": 0}}', JSON), 2)
    with pytest.raises(Transient, match=rf"^The service is not available \({status}\)\.$"):
        api.get("/")
    with pytest.raises(Transient, match=rf"^X is not available \({status}\)\.$"):
        swept(x)


def test_an_encoding_with_a_name_without_end_is_told_in_one_line(standin: Said, api: Api) -> None:
    standin.fault("/", Reply(200, b"[]", {**JSON, "Content-Encoding": "x" * 50_000}))
    with pytest.raises(Malformed) as raised:
        api.get("/")
    assert len(str(raised.value)) < 120


@pytest.mark.parametrize("encoding", ["", "identity", " Identity ", "x-gzip", "GZIP"])
def test_the_names_of_the_encodings_that_we_ask_for(standin: Said, api: Api, encoding: str) -> None:
    body = b"[]"
    sent = gzip.compress(body) if "gzip" in encoding.lower() else body
    standin.fault("/", Reply(200, sent, {**JSON, "Content-Encoding": encoding}))
    assert api.get("/") == []


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Ada\r\n\r\n# Heading", "Ada # Heading"),
        ("\x1b[31mred\x85\u2028line", "[31mred line"),
        ("\u202eevil\u2066", "evil"),
        (" \u200b\u00a0\u2060 ", ""),
        ("\U0001f469\u200d\U0001f52c \u0639\u200c\u0644", "\U0001f469\u200d\U0001f52c \u0639\u200c\u0644"),
        ("x" * 1_000_000, "x" * 10_000),
        (["Ada"], ""),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(told: object, name: str) -> None:
    assert line_of(told) == name


@pytest.mark.parametrize("told", ["9999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_moment_that_no_clock_tells_is_none(told: str) -> None:
    assert moment(told) is None


def test_a_story_of_the_year_2242_cannot_be_read(standin: Said, api: Api) -> None:
    standin.bodies = [b'{"hits": [{"objectID": "7", "created_at_i": %d, "points": 3, "url": "%s"}]}' % (2**33, PAPER.encode())]
    [left_out] = HackerNews(api, api, now=now).mentions(DAY, NOW)
    assert left_out == LeftOut("7", "an id or a moment")
