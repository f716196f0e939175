"""Hacker News over real HTTP: one query a window, stories that link a paper, and their counts again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from papers.networks.api import Api
from papers.networks.base import FoundPost, GoneReason, Run
from papers.networks.hackernews.client import HackerNews
from papers.networks.hackernews.client import _hit as hit_of
from papers.sources.http import Malformed, RateLimited, SourceError, Transient
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.readable import readable
from tests.standins.hackernews import HackerNewsStandin, Story

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.90001"


@pytest.fixture
def standin() -> Iterator[HackerNewsStandin]:
    with HackerNewsStandin(now) as standin:
        yield standin


@pytest.fixture
def hackernews(standin: HackerNewsStandin, http: httpx.Client, waits: list[float]) -> HackerNews:
    def api(setting: str) -> Api:
        return Api(http, standin.url, service="Hacker News", setting=setting, sleep=waits.append, now=now)

    return HackerNews(api("HACKERNEWS_API_BASE"), api("HACKERNEWS_ITEM_BASE"), now=now)


def story(number: int, url: str | None = PAPER, **values: object) -> Story:
    return Story(90_000_000 + number, DAY + timedelta(seconds=number), url, **values)  # type: ignore[arg-type]


def found(hackernews: HackerNews, start: datetime = DAY, end: datetime = NOW) -> dict[str, tuple[str, ...]]:
    return {post.id: post.papers for post in readable(hackernews.mentions(start, end))}


def test_one_query_for_a_window_with_one_kind_of_filter(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(story(1), story(2, "http://arxiv.org/pdf/2611.90002v2.pdf"))
    assert found(hackernews) == {"90000001": ("2611.90001",), "90000002": ("2611.90002",)}
    [asked] = standin.requests
    assert asked.path == "/api/v1/search_by_date"
    assert asked.params == {
        "query": "arxiv.org",
        "restrictSearchableAttributes": "url",
        "tags": "story",
        "numericFilters": f"created_at_i>={int(DAY.timestamp())},created_at_i<{int(NOW.timestamp())}",
        "hitsPerPage": "1000",
        "page": "0",
    }
    assert asked.headers["user-agent"] == "HotPapers/0.1.0 (+desk@example.test)"


def test_papers_at_other_addresses_are_asked_for_once_the_window_is_over(
    standin: HackerNewsStandin, hackernews: HackerNews
) -> None:
    urls = [
        "https://www.alphaxiv.org/abs/2611.90001",
        "https://hf.co/papers/2611.90002",
        "https://huggingface.co/papers/2611.90003",
    ]
    standin.add(story(1), *(story(number, url) for number, url in enumerate(urls, 2)))
    assert found(hackernews, end=NOW) == {"90000001": ("2611.90001",)}
    everything = found(hackernews, end=NOW - timedelta(seconds=1))
    assert everything == {f"9000000{number}": (f"2611.9000{max(1, number - 1)}",) for number in range(1, 5)}
    queries = [one.params["query"] for one in standin.requests]
    assert queries == ["arxiv.org", "arxiv.org", "alphaxiv.org", "huggingface.co/papers", "hf.co/papers"]


def test_points_are_no_filter_there(standin: HackerNewsStandin, http: httpx.Client) -> None:
    api = Api(http, standin.url, service="Hacker News", setting="HACKERNEWS_API_BASE")
    with pytest.raises(Malformed):
        api.get("/api/v1/search_by_date", {"numericFilters": "points>10"})


def test_a_story_as_it_is_given(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(story(1, title="A Paper <b>", author="te_st-er"))
    [post] = readable(hackernews.mentions(DAY, NOW))
    assert (post.author_id, post.handle, post.posted_at) == ("te_st-er", "te_st-er", DAY + timedelta(seconds=1))
    assert post.runs == (Run("A Paper <b>", PAPER),)
    assert post.counts == {"points": 37, "comments": 12}


def test_only_a_url_of_a_paper_counts(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(
        story(1, "https://blog.example/arxiv.org"),
        story(2, None),
        story(3, "https://arxiv.org/list/cs.LG/recent"),
        story(4, "not an address"),
        story(5),
    )
    assert found(hackernews) == {"90000005": ("2611.90001",)}


def test_two_stories_about_one_paper_are_two(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(story(1, points=3), story(2, "https://arxiv.org/abs/2611.90001v2", points=90))
    assert found(hackernews) == {"90000001": ("2611.90001",), "90000002": ("2611.90001",)}


def test_points_that_are_null_are_not_told(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(story(1, points=None, comments=None))
    [post] = readable(hackernews.mentions(DAY, NOW))
    assert post.counts == {}


def test_a_hit_with_its_id_and_moment_in_the_other_fields_is_read() -> None:
    told = {"story_id": 90000001, "url": PAPER, "created_at": "2026-11-20T12:00:00Z", "title": None, "points": None}
    [post] = [read for read in map(hit_of, (told, {**told, "created_at": "yesterday"}, {**told, "story_id": None})) if read]
    assert (post.id, post.posted_at, post.papers, post.runs) == ("90000001", DAY + timedelta(hours=12), ("2611.90001",), ())
    assert post.counts == {}


def test_a_window_with_more_stories_than_one_query_gives_is_split(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.add(*(story(n, f"https://arxiv.org/abs/2611.{n:05}") for n in range(2500)))
    everything = found(hackernews, end=DAY + timedelta(seconds=2500))
    assert len(everything) == 2500
    asked = [one for one in standin.requests if one.params["query"] == "arxiv.org"]
    assert len(asked) == 7  # one for all, two halves, four quarters


def test_more_stories_in_one_second_than_one_query_gives_end_the_splitting(
    standin: HackerNewsStandin, hackernews: HackerNews
) -> None:
    standin.add(*(Story(91_000_000 + n, DAY, f"https://arxiv.org/abs/2611.{n:05}") for n in range(1500)))
    assert len(found(hackernews, end=DAY + timedelta(seconds=2))) == 1000


def test_counts_are_read_again_story_by_story(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    kept, deleted, dead, silent = story(1), story(2, deleted=True), story(3, dead=True), story(4, points=None)
    standin.add(kept, deleted, dead, silent)
    kept.points, kept.comments = 99, 40
    reading = hackernews.read(dict.fromkeys(["90000001", "90000002", "90000003", "90000004", "90000009", "x"], DAY))
    assert {id: post.counts for id, post in reading.found.items()} == {
        "90000001": {"points": 99, "comments": 40},
    }
    assert (reading.unknown, reading.unreadable) == (frozenset({"90000004"}), {"90000004": "points"})
    assert reading.gone == {
        "90000002": GoneReason.DELETED,
        "90000003": GoneReason.WITHHELD,
        "90000009": GoneReason.DELETED,
        "x": GoneReason.DELETED,
    }
    assert reading.found["90000001"].papers == ("2611.90001",)


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("429", RateLimited, "Hacker News asked us to slow down; retrying in 5 s."),
        ("500", Transient, "Hacker News is not available (500)."),
        ("{}", Malformed, "Hacker News answered without `hits`."),
        ("html", Transient, "Hacker News did not answer with JSON."),
    ],
)
def test_failures_are_told(
    standin: HackerNewsStandin, hackernews: HackerNews, fault: str, kind: type[SourceError], text: str
) -> None:
    standin.fault("/api", fault, times=3)
    with pytest.raises(kind) as raised:
        list(hackernews.mentions(DAY, NOW))
    assert str(raised.value) == text


@pytest.mark.parametrize(
    "address", ["https://news.ycombinator.com/item?id=90000001", "news.ycombinator.com/item?p=2&id=90000001#90000002"]
)
def test_a_page_is_recognised(hackernews: HackerNews, address: str) -> None:
    assert hackernews.identify(address) == "90000001"


@pytest.mark.parametrize(
    "address", ["https://news.ycombinator.com/news", "https://news.ycombinator.com.evil.test/item?id=1", "item?id=1", "90000001"]
)
def test_another_page_is_not_recognised(hackernews: HackerNews, address: str) -> None:
    assert hackernews.identify(address) is None


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Q&amp;A: is attention all &lt;you&gt; need&#x27;s it&#39;s", "Q&A: is attention all <you> need's it's"),
        ("AT&T, R&D; &lt 5 &unknown; &amp;lt;", "AT&T, R&D; &lt 5 &unknown; &lt;"),
        ("a&#0;b&#xD800;c", "a\ufffdb\ufffdc"),
    ],
)
def test_a_title_is_told_with_entities(told: str, title: str) -> None:
    read = hit_of({"objectID": "7", "created_at_i": 1, "title": told, "url": PAPER})
    assert read and read.runs == (Run(title, PAPER),)


@pytest.mark.parametrize(
    ("change", "papers", "counts"),
    [
        ({"points": -3, "num_comments": "12"}, ("2611.90001",), {"comments": 12}),
        (
            {"_highlightResult": {"url": {"value": "<em>arxiv.org</em>"}}, "children": [7], "updated_at": None},
            ("2611.90001",),
            {},
        ),
        ({"url": None, "story_text": f'<a href="{PAPER}">it</a>', "_tags": ["story", "ask_hn"]}, (), {}),
        ({"url": "", "_tags": ["poll"], "parts": [1]}, (), {}),
        ({"url": None, "story_url": PAPER, "comment_text": PAPER, "_tags": ["comment"]}, (), {}),
        ({"title": None, "author": None}, ("2611.90001",), {}),
        ({"url": f"{PAPER}?{'a' * 10_000_000}"}, ("2611.90001",), {}),
        ({"created_at_i": None, "created_at": "2026-11-20T12:00:00.000Z"}, ("2611.90001",), {}),
    ],
)
def test_hits_of_every_kind(change: dict[str, object], papers: tuple[str, ...], counts: dict[str, int]) -> None:
    read = hit_of({"objectID": "7", "created_at_i": 1, "title": "A", "author": "tester", "url": PAPER} | change)
    assert read and (read.papers, read.counts) == (papers, counts)
    assert all(len(run.url) <= 2_000 for run in read.runs)


def test_a_page_that_is_shorter_than_asked_for_loses_nothing(standin: HackerNewsStandin, hackernews: HackerNews) -> None:
    standin.largest_page = 20
    standin.add(*(story(n, f"https://arxiv.org/abs/2611.{n:05}") for n in range(50)))
    assert len(found(hackernews, end=DAY + timedelta(seconds=50))) == 50


@pytest.mark.parametrize("total", [5000, 3])
def test_no_stories_where_there_are_some_is_asked_for_again_and_is_no_quiet_day(
    standin: HackerNewsStandin, hackernews: HackerNews, waits: list[float], total: int
) -> None:
    standin.guessed_total = total
    with pytest.raises(Transient, match=r"^Hacker News gave an incomplete answer\.$"):
        found(hackernews, end=DAY + timedelta(seconds=50))
    assert (len(standin.requests), len(waits)) == (3, 2)


def test_an_answer_shorter_than_its_own_total_gives_what_it_has_and_fails(
    standin: HackerNewsStandin, hackernews: HackerNews
) -> None:
    standin.add(*(story(n, f"https://arxiv.org/abs/2611.{n:05}") for n in range(50)))
    standin.lost = 30
    came: list[FoundPost] = []
    with pytest.raises(Transient, match=r"^Hacker News gave an incomplete answer\.$"):
        came.extend(readable(hackernews.mentions(DAY, NOW)))
    assert len(came) == 20


def test_a_story_that_the_official_api_does_not_have_yet_is_not_gone(hackernews: HackerNews) -> None:
    reading = hackernews.read({"90000009": NOW - timedelta(minutes=9), "90000008": NOW - timedelta(minutes=11)})
    assert (reading.gone, set(reading.unknown)) == ({"90000008": GoneReason.DELETED}, {"90000009"})


@pytest.mark.parametrize("fields", [{"objectID", "story_id"}, {"url"}, {"created_at_i", "created_at"}, {"points"}])
def test_fields_that_the_search_renamed_are_no_quiet_day(
    standin: HackerNewsStandin, hackernews: HackerNews, fields: set[str]
) -> None:
    standin.add(story(1), story(2), story(3), story(4))
    standin.renamed = frozenset(fields)
    expected = "^Hacker News answered without objectID, url, created_at_i and points in 4 of 4 records"
    with pytest.raises(Malformed, match=expected):
        found(hackernews)
