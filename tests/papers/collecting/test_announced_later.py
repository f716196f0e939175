"""Papers that were here before, days without an announcement, and what goes wrong."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from papers import clock
from papers.collecting import announced, days
from papers.collecting.announced import collect_papers
from papers.models import CollectionDay, Mention, Paper, SourceHealth, UnmatchedMention
from papers.sources.http import ServiceRefused, SourceError
from tests.factories import make_paper, make_tweet
from tests.papers.collecting.collecting_papers import attempts, collect, listed, paths
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, MONDAY, THURSDAY, Week

pytestmark = pytest.mark.django_db


def test_collect_papers_puts_an_approximate_paper_on_its_true_day(week: Week) -> None:
    number = min(week.new(FRIDAY))
    make_paper(arxiv_id=number, listing_date=THURSDAY, listing_source="window")

    collect(week)

    assert Paper.objects.values_list("listing_date", "listing_source").get(arxiv_id=number) == (FRIDAY, "feed")


@pytest.mark.parametrize(
    ("source", "before", "expected"),
    [
        ("post", FRIDAY + timedelta(days=1), (FRIDAY, "feed")),
        ("post", THURSDAY, (THURSDAY, "post")),
        ("editor", FRIDAY + timedelta(days=1), (FRIDAY + timedelta(days=1), "editor")),
    ],
)
def test_collect_papers_keeps_the_earliest_day_and_an_editors_word(
    week: Week, source: str, before: date, expected: tuple[date, str]
) -> None:
    number = min(week.new(FRIDAY))
    make_paper(arxiv_id=number, listing_date=before, listing_source=source)

    collect(week)

    assert Paper.objects.values_list("listing_date", "listing_source").get(arxiv_id=number) == expected


@pytest.mark.parametrize("is_settled", [False, True])
def test_collect_papers_makes_a_sample_real(week: Week, is_settled: bool) -> None:
    number = min(week.new(FRIDAY))
    make_paper(arxiv_id=number, is_sample=True, is_settled=is_settled, title="Made Up", listing_date=MONDAY)

    collect(week)

    paper = Paper.objects.get(arxiv_id=number)
    assert (paper.is_sample, paper.title) == (False, week.world.papers[number].title)
    assert (paper.listing_date, paper.listing_source) == (FRIDAY, "feed")


def test_collect_papers_gives_tweets_that_were_here_first_their_papers(week: Week) -> None:
    number = min(week.new(FRIDAY))
    tweet = make_tweet()
    UnmatchedMention.objects.create(tweet=tweet, arxiv_id=number)
    UnmatchedMention.objects.create(tweet=tweet, arxiv_id="2611.00001")

    collect(week)

    assert Mention.objects.values_list("tweet", "paper__arxiv_id").get() == (tweet.pk, number)
    assert UnmatchedMention.objects.values_list("arxiv_id", flat=True).get() == "2611.00001"


@pytest.mark.parametrize("passed", [0, 1], ids=["before its papers are kept", "after a tweet came that it did not see"])
def test_collect_papers_that_was_killed_before_it_matched_does_it_when_it_runs_again(
    week: Week, monkeypatch: pytest.MonkeyPatch, passed: int
) -> None:
    number = min(week.new(FRIDAY))
    UnmatchedMention.objects.create(tweet=make_tweet(), arxiv_id=number)
    called = 0

    def see_nothing_or_die(*, papers: Collection[int]) -> None:
        nonlocal called
        called += bool(papers)
        if called > passed:
            raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(announced, "match", see_nothing_or_die)
        collect(week)
    assert Paper.objects.filter(arxiv_id=number).exists() is bool(passed)
    assert Mention.objects.count() == 0

    collect(week)

    assert Mention.objects.values_list("paper__arxiv_id", flat=True).get() == number
    assert UnmatchedMention.objects.count() == 0


def test_collect_papers_waits_for_the_announcement(week: Week) -> None:
    week.move(datetime(2026, 11, 20, 4, tzinfo=UTC))

    row = collect(week)

    assert row.state == "not_announced"
    assert row.next_try_at == datetime(2026, 11, 20, 5, 10, tzinfo=UTC)
    week.move(datetime(2026, 11, 20, 6, tzinfo=UTC))
    assert collect(week).papers_done_at is not None


def test_collect_papers_asks_nothing_at_the_weekend(week: Week) -> None:
    week.move(datetime(2026, 11, 21, 12, tzinfo=UTC))

    row = collect(week, date(2026, 11, 21))

    assert (row.state, row.reason, paths(week)) == ("quiet", "arXiv announces nothing on weekends.", [])


def test_collect_papers_checks_a_holiday_of_the_calendar_when_it_is_over(week: Week, settings: Settings) -> None:
    settings.ARXIV_HOLIDAYS = [str(THURSDAY)]  # so no listing of Friday is expected; but there is one
    at_first = collect(week)
    assert (at_first.state, paths(week)) == ("quiet", [])

    week.traveller.move_to(datetime(2026, 11, 21, 6, tzinfo=UTC))
    row = collect(week)

    assert (row.state, row.found_new) == ("collecting", len(week.new(FRIDAY)))


def test_collect_papers_learns_of_a_holiday_that_is_in_no_calendar(week: Week) -> None:
    week.move(datetime(2026, 11, 24, 12, tzinfo=UTC))

    row = collect(week, date(2026, 11, 23))

    assert (row.state, row.reason) == ("quiet", "arXiv announced nothing on this day.")
    assert row.papers_done_at is not None


def test_collect_papers_comes_back_for_papers_that_the_api_does_not_know_yet(week: Week) -> None:
    late = sorted(week.new(FRIDAY))[:3]
    week.arxiv.unindexed = set(late)

    row = collect(week)

    count = len(week.new(FRIDAY))
    assert (row.state, row.papers_done_at, attempts()) == ("partial", None, 1)
    assert row.reason.startswith(
        f"{count - 3} of {count} new papers have arrived with their abstracts; the others will be asked for again."
    )
    assert row.next_try_at == FRIDAY_NIGHT + timedelta(minutes=5)
    week.arxiv.unindexed = set()
    week.arxiv.requests.clear()
    row = collect(week)
    assert (row.found_new, row.papers_done_at, attempts(), row.next_try_at) == (count, FRIDAY_NIGHT, 0, None)
    assert week.arxiv.requests[-1].params["id_list"].split(",") == late


def test_collect_papers_takes_the_listing_pages_where_the_feed_is_stale(week: Week, caplog: pytest.LogCaptureFixture) -> None:
    week.arxiv.stale_feed = "undated"

    row = collect(week)

    assert (set(listed()), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert [record.getMessage().endswith("the listing pages were taken instead.") for record in caplog.records] == [True]


def test_collect_papers_is_not_done_before_the_listing_pages_confirm_the_feed(week: Week) -> None:
    week.arxiv.listing_behind = True
    row = collect(week)
    assert (set(listed()), row.state, row.papers_done_at) == (week.new(FRIDAY), "partial", None)
    assert row.reason.startswith(f"{len(listed())} papers were collected but not checked")

    week.arxiv.listing_behind = False

    assert collect(week).papers_done_at == FRIDAY_NIGHT


@pytest.mark.parametrize(
    ("fault", "state", "health"),
    [
        ("500", "collecting", "failing"),
        ("502", "collecting", "failing"),
        ("429", "collecting", "failing"),
        ("503", "collecting", "failing"),
        ("html", "collecting", "failing"),
        ("empty", "collecting", "failing"),
        ("truncated", "collecting", "failing"),
        ("cut", "collecting", "failing"),
        ("reset", "collecting", "failing"),
        ("stall", "collecting", "failing"),
        ("empty page", "collecting", "failing"),
        ("403", "failed", "refused"),
    ],
)
def test_collect_papers_says_what_failed_and_recovers_without_a_hand(week: Week, fault: str, state: str, health: str) -> None:
    week.arxiv.fault("/", fault, times=50)

    with pytest.raises(SourceError) as raised:
        collect(replace(week, sources=week.hurried) if fault == "stall" else week)

    row = CollectionDay.objects.get()
    assert (row.state, row.reason.startswith(str(raised.value)), attempts()) == (state, True, 1)
    assert SourceHealth.objects.values_list("state", "message").get() == (health, str(raised.value))
    assert row.next_try_at is not None
    assert days.days_wanted(row.next_try_at - timedelta(seconds=1)) == []
    assert days.days_wanted(row.next_try_at) == [FRIDAY]
    week.arxiv.recover()
    week.move(row.next_try_at)
    assert collect(week).papers_done_at is not None
    assert set(listed()) == week.new(FRIDAY)
    assert SourceHealth.objects.get().state == "ok"


def test_collect_papers_keeps_what_came_before_a_failure(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papers.collecting.announced.BATCH", 10)
    collected: list[int] = []

    def progress(done: int, total: int | None) -> None:
        collected.append(done)
        if done == 10:
            week.arxiv.fault("/api", "403")

    with pytest.raises(ServiceRefused):
        collect_papers(FRIDAY, now=clock.now(), sources=week.sources, progress=progress)

    assert (collected, Paper.objects.count()) == ([0, 10], 10)
    day = CollectionDay.objects.get()
    assert (day.found_new, day.expected_new) == (10, len(week.new(FRIDAY)))
