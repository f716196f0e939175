"""What arXiv announced: today's feed and listing, catch-up pages, the submission window."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from papers.sources import http
from papers.sources.arxiv.announcement import Announcement, Counts
from papers.sources.arxiv.client import ArxivClient
from tests.papers.sources.arxiv.reading_arxiv import INTERVAL_S, SETS, reader, truth
from tests.standins.arxiv import ArxivStandin, gaps
from tests.standins.serving import Reply
from tests.standins.world import World


def ordered(found: Announcement, **changes: Any) -> Announcement:
    values = vars(found) | {name: tuple(sorted(getattr(found, name))) for name in ("new", "cross", "replaced")} | changes
    return Announcement(**values)


def paths(standin: ArxivStandin) -> list[str]:
    return [request.path for request in standin.requests]


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

        with pytest.raises(http.Transient, match="hasn't finished announcing"):
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
