"""The arXiv client against the stand-in, over real HTTP."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from papers.sources import http
from papers.sources.arxiv.announcement import Announcement, Counts
from papers.sources.arxiv.client import ArxivClient
from papers.sources.gate import Gate
from tests.standins.arxiv import ArxivStandin, gaps
from tests.standins.serving import Reply
from tests.standins.world import World

SETS = ("cs", "stat.ML")
INTERVAL_S = 0.01
"""20 of them, 0.2 s, are what a minute is at arXiv's 3 s."""


@pytest.fixture
def standin() -> Iterator[ArxivStandin]:
    with ArxivStandin(World()) as server:
        yield server


@pytest.fixture(scope="module")
def full_world() -> World:
    """A thousand new papers a day; by Friday there are more than 2,000 entries."""
    return World(papers_a_day=1000)


@pytest.fixture
def arxiv(standin: ArxivStandin, tmp_path: Path) -> Iterator[ArxivClient]:
    with http.client() as client:
        yield reader(client, standin, tmp_path)


def reader(client: httpx.Client, standin: ArxivStandin, folder: Path, **options: Any) -> ArxivClient:
    gate = Gate("arxiv", INTERVAL_S, folder=folder)
    return ArxivClient(client, gate=gate, api_base=standin.url, rss_base=standin.url, web_base=standin.url, **options)


def truth(world: World, day: date, how: Any, sets: tuple[str, ...] = SETS) -> Announcement:
    """What an announcement of the world says, sorted."""
    kinds = world.announced(day, sets)
    sections = [sorted(paper.arxiv_id for paper in papers) for papers in (kinds["new"], kinds["cross"])]
    replaced = sorted(paper.arxiv_id for paper in kinds["replace"] + kinds["replace-cross"])
    counts = Counts(len(sections[0]), len(sections[1]), len(replaced))
    return Announcement(day, how, tuple(sections[0]), tuple(sections[1]), tuple(replaced), counts)


def ordered(found: Announcement, **changes: Any) -> Announcement:
    values = vars(found) | {name: tuple(sorted(getattr(found, name))) for name in ("new", "cross", "replaced")} | changes
    return Announcement(**values)


def paths(standin: ArxivStandin) -> list[str]:
    return [request.path for request in standin.requests]


# Today: feed and listing pages


def test_announced_today_tells_new_cross_listed_and_replaced_papers_apart(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    found = arxiv.announced_today(SETS)

    assert ordered(found) == truth(standin.world, date(2026, 10, 16), "feed")
    assert [bool(found.new), bool(found.cross), bool(found.replaced)] == [True] * 3
    assert paths(standin) == ["/rss/cs+stat.ML", "/list/cs/new", "/list/stat.ML/new"]


@pytest.mark.parametrize("first_day", [date(2026, 10, 26), date(2026, 11, 2)])
def test_announced_today_reads_dates_in_summer_and_winter_time(first_day: date, tmp_path: Path) -> None:
    world = World(first_day=first_day, papers_a_day=3)
    with ArxivStandin(world) as standin, http.client() as client:
        assert reader(client, standin, tmp_path).announced_today(SETS).day == first_day + timedelta(days=4)


def test_announced_today_shows_fridays_listing_at_the_weekend(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.world.now = datetime(2026, 10, 17, 12, tzinfo=UTC)

    found = arxiv.announced_today(SETS)

    assert ordered(found, note="") == truth(standin.world, date(2026, 10, 16), "feed")
    assert found.note == "The feed shows nothing; the listing pages were taken instead."


@pytest.mark.parametrize("kind", ["dated", "undated"])
def test_announced_today_sees_a_stale_feed(arxiv: ArxivClient, standin: ArxivStandin, kind: Any) -> None:
    standin.stale_feed = kind

    found = arxiv.announced_today(SETS)

    assert ordered(found, note="") == truth(standin.world, date(2026, 10, 16), "feed")
    shown = date(2026, 10, 15 if kind == "dated" else 16)
    assert found.note == f"The feed shows 30 new papers on {shown}; the listing pages were taken instead."


def test_announced_today_takes_the_feed_unchecked_where_the_listing_is_behind(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.listing_behind = True

    found = arxiv.announced_today(SETS)

    assert ordered(found, note="", expected=None) == ordered(truth(standin.world, date(2026, 10, 16), "feed"), expected=None)
    assert (found.expected, found.note) == (
        None,
        "Unchecked: the listing pages of cs, stat.ML are older than the listing of 2026-10-16.",
    )


def test_announced_today_shows_the_day_before_where_nothing_is_fresh(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.listing_behind = True
    standin.stale_feed = "dated"

    assert ordered(arxiv.announced_today(SETS)) == truth(standin.world, date(2026, 10, 15), "feed")


def test_announced_today_finds_the_new_papers_that_a_full_feed_cuts(full_world: World, tmp_path: Path) -> None:
    with ArxivStandin(full_world) as standin, http.client() as client:
        found = reader(client, standin, tmp_path).announced_today(SETS)

    assert ordered(found, note="") == truth(full_world, date(2026, 10, 16), "feed")
    assert paths(standin) == ["/rss/cs+stat.ML", "/list/cs/new", "/list/cs/new", "/list/stat.ML/new"]


def test_announced_today_believes_no_full_feed_unchecked(full_world: World, tmp_path: Path) -> None:
    with ArxivStandin(full_world) as standin, http.client() as client:
        standin.listing_behind = True

        with pytest.raises(http.Transient, match="not done announcing"):
            reader(client, standin, tmp_path).announced_today(SETS)


def test_announced_today_reports_what_a_listing_page_lacks(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    heading = "<h3>Showing new listings for Friday, 16 October 2026</h3>"
    entry = '<dl><h3>New submissions (showing 2 of 2 entries)</h3><dt><a href="/abs/2610.90001">arXiv:2610.90001</a></dt></dl>'
    standin.fault("/list/cs/", Reply(200, f"<html>{heading}{entry}</html>".encode()))

    found = arxiv.announced_today(("cs",))

    assert (found.new, found.expected) == (("2610.90001",), Counts(new=2, cross=0, replaced=0))


def test_announced_today_passes_on_why_the_feed_is_refused(arxiv: ArxivClient) -> None:
    with pytest.raises(http.Malformed, match=r"^arXiv's feed says: Bad archive 'nonsense'"):
        arxiv.announced_today(("nonsense",))


# The last 90 days: catch-up pages


def test_caught_up_reads_every_day_of_the_week_exactly(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    found = [ordered(arxiv.caught_up(day, SETS)) for day in standin.world.days]

    assert found == [truth(standin.world, day, "catchup") for day in standin.world.days]


def test_caught_up_reads_all_pages(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.listing_page = 20

    found = arxiv.caught_up(date(2026, 10, 15), SETS)

    assert ordered(found) == truth(standin.world, date(2026, 10, 15), "catchup")
    assert [request.params["page"] for request in standin.requests if "/catchup/cs/" in request.path] == ["1", "2", "3"]


def test_caught_up_is_empty_without_announcement(arxiv: ArxivClient) -> None:
    assert arxiv.caught_up(date(2026, 10, 10), SETS) == Announcement(date(2026, 10, 10), "catchup", (), (), (), Counts(0, 0, 0))


def test_caught_up_says_that_older_pages_are_gone(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    day = date(2026, 10, 16) - timedelta(days=91)

    with pytest.raises(http.Gone, match="last 90 days"):
        arxiv.caught_up(day, SETS)

    assert len(standin.requests) == 1


def test_caught_up_follows_to_the_canonical_class_within_the_gate(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    found = arxiv.caught_up(date(2026, 10, 15), ("math.IT",))

    assert ordered(found) == truth(standin.world, date(2026, 10, 15), "catchup", ("cs.IT",))
    assert min(gaps(standin.visits)) >= INTERVAL_S


def test_caught_up_follows_to_no_other_host(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/catchup", Reply(301, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(http.Malformed, match="status 301"):
        arxiv.caught_up(date(2026, 10, 15), SETS)


def test_caught_up_refuses_the_page_of_another_day(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    page = b"<html><h1>Catchup results for cs on Wed, 14 Oct 2026</h1>Total of 0 entries<p>No updates for Wed, 14 Oct 2026</p>"
    standin.fault("/catchup", Reply(200, page))

    with pytest.raises(http.Malformed, match="catch-up page of 2026-10-15 shows 2026-10-14"):
        arxiv.caught_up(date(2026, 10, 15), ("cs",))


# Older days: the submission window


def test_submitted_for_finds_the_papers_of_the_window_with_their_metadata(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.world.now = standin.world.calendar.expected_at(date(2026, 10, 16))
    real = truth(standin.world, date(2026, 10, 13), "window")

    found = arxiv.submitted_for(date(2026, 10, 13), SETS)

    assert set(found.new) == set(real.new)
    assert set(found.cross) == {number for number in real.cross if standin.world.papers[number].listed_on == real.day}
    assert (found.how, found.expected, found.replaced) == ("window", None, ())
    assert {record.arxiv_id for record in found.records} == {*found.new, *found.cross}


def test_submitted_for_asks_for_the_window_with_both_ends_inclusive(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    arxiv.submitted_for(date(2026, 10, 13), ("cs", "stat.ML", "quant-ph"))

    window = "submittedDate:[202610091800 TO 202610121759]"
    assert [request.params["search_query"] for request in standin.requests] == [
        f"cat:cs.* AND {window}",
        f"cat:stat.ML AND {window}",
        f"cat:quant-ph AND {window}",
    ]


def test_submitted_for_reads_all_pages(full_world: World, tmp_path: Path) -> None:
    with ArxivStandin(full_world) as standin, http.client() as client:
        found = reader(client, standin, tmp_path).submitted_for(date(2026, 10, 13), SETS)

    assert set(found.new) == set(truth(full_world, date(2026, 10, 13), "window").new)
    assert [request.params["start"] for request in standin.requests if "cs." in request.params["search_query"]] == [
        "0",
        "500",
        "1000",
    ]


# Metadata


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("old_form", [False, True])
def test_metadata_is_exactly_what_arxiv_gave(arxiv: ArxivClient, standin: ArxivStandin, old_form: bool) -> None:
    standin.old_form = old_form
    papers = [paper for paper in standin.world.papers.values() if paper.listed_on == date(2026, 10, 14)]

    found = arxiv.metadata(paper.arxiv_id for paper in papers)

    day = date(2026, 10, 16)
    assert found.missing == ()
    assert [record.arxiv_id for record in found.records] == [paper.arxiv_id for paper in papers]
    for record, paper in zip(found.records, papers, strict=True):
        version = paper.version_at(day)
        assert record.version == (1 if old_form else version)
        assert record.title == paper.title
        assert record.abstract == folded(paper.abstract)
        assert record.authors == tuple(name for name, _ in paper.authors)
        assert record.categories == paper.categories_at(day)
        assert record.published == paper.submitted[0].replace(microsecond=0)
        assert record.updated == paper.submitted[version - 1].replace(microsecond=0)
        assert record.comment == paper.comment


def test_metadata_asks_for_a_hundred_at_a_time(full_world: World, tmp_path: Path) -> None:
    ids = truth(full_world, date(2026, 10, 12), "feed").new
    with ArxivStandin(full_world) as standin, http.client() as client:
        found = reader(client, standin, tmp_path).metadata(ids)

    assert [record.arxiv_id for record in found.records] == list(ids)
    assert [request.params["max_results"] for request in standin.requests] == ["100"] * 10


def test_metadata_reads_ids_of_the_old_style(arxiv: ArxivClient) -> None:
    found = arxiv.metadata(["cs/0112017"])

    assert [(record.arxiv_id, record.version) for record in found.records] == [("cs/0112017", 2)]


def test_metadata_reports_what_arxiv_left_out(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    known, unindexed = truth(standin.world, date(2026, 10, 16), "feed").new[:2]
    standin.unindexed = {unindexed}

    found = arxiv.metadata([known, unindexed, "0808.05394", "0000.0000"])

    assert [record.arxiv_id for record in found.records] == [known]
    assert found.missing == (unindexed, "0808.05394", "0000.0000")


def test_metadata_never_asks_for_what_is_no_id(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    bad = ("abc", "", "2610.90001v2", "2610.90001,2610.90002", "../x", "2610.9")

    assert arxiv.metadata(bad).missing == bad
    assert standin.requests == []


def test_metadata_keeps_the_other_99_of_a_batch(
    arxiv: ArxivClient, standin: ArxivStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [paper for paper in standin.world.papers if "/" not in paper][:99]
    # An id that looks right to us and wrong to arXiv.
    monkeypatch.setattr("tests.standins.arxiv.IDS", re.compile(r"(?!9913)[0-9]{4}\.[0-9]{5}"))

    found = arxiv.metadata([*ids[:50], "9913.00001", *ids[50:]])

    assert [record.arxiv_id for record in found.records] == ids
    assert found.missing == ("9913.00001",)
    assert len(standin.requests) == 2


def test_metadata_asks_again_where_a_page_is_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    ids = list(standin.world.papers)[:3]
    standin.fault("/api", "empty page", times=2)

    assert [record.arxiv_id for record in arxiv.metadata(ids).records] == ids
    assert len(standin.requests) == 3


def test_metadata_fails_loudly_where_pages_stay_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/api", "empty page", times=100)

    with pytest.raises(http.Transient, match="empty page 3 times"):
        arxiv.metadata(list(standin.world.papers)[:3])

    assert len(standin.requests) == 3


def test_listing_fails_loudly_where_pages_stay_empty(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/catchup", Reply(200, b"<h1>Catchup results for cs on Thu, 15 Oct 2026</h1>Total of 5 entries"), times=100)

    with pytest.raises(http.Transient, match="empty listing 3 times"):
        arxiv.caught_up(date(2026, 10, 15), ("cs",))

    assert len(standin.requests) == 3


def test_metadata_is_unpacked_from_gzip(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.gzipped = True

    assert len(arxiv.metadata(list(standin.world.papers)[:3]).records) == 3


# Failures


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        *product(("/api", "/rss", "/list"), ("429", "429 after a stall", "500", "502", "504", "truncated", "reset", "stall")),
        *product(("/api", "/rss"), ("cut", "wrong charset")),
    ],
)
def test_passing_failure_is_got_over(kind: str, place: str, standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault(place, kind)
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, deadline_s=1)

        found = arxiv.announced_today(("cs",))
        records = arxiv.metadata(found.new).records

    assert len(records) == len(found.new) == len(truth(standin.world, date(2026, 10, 16), "feed", ("cs",)).new)
    assert len(standin.requests) == 4


@pytest.mark.parametrize(("kind", "asked_s"), [("429 with Retry-After", 2), ("503 with Retry-After", 5)])
def test_retry_after_is_honoured(arxiv: ArxivClient, standin: ArxivStandin, tmp_path: Path, kind: str, asked_s: float) -> None:
    standin.fault("/api", kind)
    with http.client() as client:
        once = reader(client, standin, tmp_path, attempts=1)

        with pytest.raises(http.RateLimited) as first:
            once.metadata(["2610.90001"])
        with pytest.raises(http.RateLimited) as second:
            once.metadata(["2610.90001"])

    assert first.value.wait_s == asked_s
    assert str(first.value) == f"arXiv asks us to wait (status {first.value.status}); requests go on in {asked_s} s."
    # Nobody else asks meanwhile.
    assert second.value.wait_s == pytest.approx(asked_s, abs=1)
    assert len(standin.requests) == 1


def test_feed_that_is_unavailable_does_not_stop_the_listing_pages(standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault("/rss", Reply(503))
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, attempts=2, max_wait_s=0.1)
        with pytest.raises(http.RateLimited):  # the gate holds a while for all
            arxiv.announced_today(SETS)
        patient = reader(client, standin, tmp_path)
        standin.fault("/rss", "404", times=9)

        found = patient.announced_today(SETS)

    assert ordered(found, note="") == truth(standin.world, date(2026, 10, 16), "feed")
    assert found.note == (
        "The feed could not be read (arXiv answered with status 404; expected 200 or 400.) The listing pages were taken instead."
    )


@pytest.mark.parametrize(
    "location", ["data:text/plain,x", "http://xn--/", "http://[", "https://127.0.0.1:1/", "javascript:x", ""]
)
def test_redirect_to_nowhere_is_one_sentence(arxiv: ArxivClient, standin: ArxivStandin, location: str) -> None:
    standin.fault("/", Reply(301, headers={"Location": location}), times=99)

    one_sentence = r"^(arXiv answered with status 301; expected 200 or 400|127\.0\.0\.1 redirects to what is no address)\.$"
    with pytest.raises(http.Malformed, match=one_sentence):
        arxiv.caught_up(date(2026, 10, 15), SETS)


@pytest.mark.parametrize("value", ["9999999999", "9" * 20, "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_is_believed_up_to_an_hour(arxiv: ArxivClient, standin: ArxivStandin, value: str) -> None:
    standin.fault("/api", Reply(429, headers={"Retry-After": value}))

    with pytest.raises(http.RateLimited, match=r"requests go on in 3600 s\.$") as caught:
        arxiv.metadata(["2610.90001"])

    assert caught.value.wait_s == 3600


def test_waits_grow_while_arxiv_limits_us_and_end_at_the_bound(standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault("/api", "429", times=100)
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, max_wait_s=0.5)

        with pytest.raises(http.RateLimited) as caught:
            arxiv.metadata(["2610.90001"])

    assert caught.value.wait_s == pytest.approx(0.8)
    assert len(standin.requests) == 3


def test_refusal_ends_at_once_and_names_the_setting(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/api", "403", times=100)

    with pytest.raises(http.Refused, match="CONTACT_EMAIL") as caught:
        arxiv.metadata(["2610.90001"])

    assert (caught.value.setting, caught.value.status, len(standin.requests)) == ("CONTACT_EMAIL", 403, 1)


@pytest.mark.parametrize("place", ["/api", "/rss", "/catchup"])
@pytest.mark.parametrize("kind", ["html", "empty", "{}", "[]"])
def test_answer_of_another_kind_is_malformed(kind: str, place: str, arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault(place, kind, times=100)
    standin.fault("/list", kind, times=100)  # where it is not, the listing pages are taken instead of the feed

    with pytest.raises(http.Malformed, match=r"^arXiv answered something unexpected: expected an? .*, got ") as caught:
        if place == "/api":
            arxiv.metadata(["2610.90001"])
        elif place == "/catchup":
            arxiv.caught_up(date(2026, 10, 15), SETS)
        else:
            arxiv.announced_today(SETS)

    assert caught.value.url.startswith(standin.url + place)


def test_entities_of_a_hostile_answer_are_not_resolved(arxiv: ArxivClient, standin: ArxivStandin, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    hostile = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret.as_uri()}">]><feed xmlns="http://www.w3.org/2005/Atom">&x;</feed>'
    standin.fault("/api", Reply(200, hostile.encode()))

    with pytest.raises(http.Malformed) as caught:
        arxiv.metadata(["2610.90001"])

    assert "secret" not in str(caught.value)


# The gate


def test_all_requests_of_several_clients_keep_the_interval(standin: ArxivStandin, tmp_path: Path) -> None:
    def collect() -> None:
        with http.client() as client:
            arxiv = reader(client, standin, tmp_path)
            arxiv.metadata(arxiv.announced_today(SETS).new)

    standin.listing_page = 20
    standin.fault("/list", "500")
    standin.fault("/api", "reset")
    workers = [threading.Thread(target=collect) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(standin.visits) > 20
    assert min(gaps(standin.visits)) >= INTERVAL_S - 0.002


# The stand-in itself, where the client never asks so


@pytest.mark.parametrize(
    ("parameters", "status", "text"),
    [
        ({"id_list": "abc"}, 400, "incorrect id format for abc"),
        ({"id_list": "cs/0112017", "start": "-1"}, 400, "start must be non-negative"),
        ({"id_list": "cs/0112017", "start": "x"}, 400, "start must be an integer"),
        ({"id_list": "cs/0112017", "max_results": "-1"}, 400, "max_results must be non-negative"),
        ({"id_list": "cs/0112017", "max_results": "1.5"}, 400, "max_results must be an integer"),
        ({"id_list": "cs/0112017", "max_results": "30001"}, 400, "max_results is too large"),
        ({"id_list": "cs/0112017", "sortBy": "size"}, 400, "sortBy must be in: "),
        ({"id_list": "cs/0112017", "sortOrder": "up"}, 400, "sortOrder must be in: "),
        ({"id_list": "0000.0000"}, 200, "<opensearch:totalResults>0<"),
    ],
)
def test_standin_answers_bad_queries_as_arxiv_does(
    standin: ArxivStandin, parameters: dict[str, str], status: int, text: str
) -> None:
    answer = httpx.get(f"{standin.url}/api/query", params=parameters, trust_env=False)

    assert (answer.status_code, text in answer.text) == (status, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_standin_gives_ten_entries_where_no_number_is_asked_for(standin: ArxivStandin, method: str) -> None:
    parameters = {"id_list": ",".join(list(standin.world.papers)[:30])}
    how: dict[str, Any] = {"params": parameters} if method == "GET" else {"data": parameters}

    answer = httpx.request(method, f"{standin.url}/api/query", trust_env=False, **how)

    assert answer.text.count("<entry>") == 10
    assert "<opensearch:itemsPerPage>10<" in answer.text


def test_standin_matches_secondary_categories_and_the_first_versions_time(standin: ArxivStandin) -> None:
    paper = next(paper for paper in standin.world.papers.values() if paper.categories[0] == "math.OC")
    minute = f"{paper.submitted[0]:%Y%m%d%H%M}"

    answer = httpx.get(
        f"{standin.url}/api/query", params={"search_query": f"cat:cs.* AND submittedDate:[{minute} TO {minute}]"}, trust_env=False
    )

    assert f"http://arxiv.org/abs/{paper.arxiv_id}v" in answer.text
