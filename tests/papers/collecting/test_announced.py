"""The papers of a day: all of them, once, with arXiv's own text, whatever arXiv answers in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from papers import clock
from papers.collecting import days
from papers.collecting.announced import collect_papers
from papers.models import CollectionDay, Mention, Paper, SourceDay, SourceHealth, UnmatchedMention
from papers.sources.http import Refused, SourceError
from tests.factories import make_paper, make_tweet
from tests.papers.conftest import ARCHIVES, FRIDAY, FRIDAY_NIGHT, MONDAY, THURSDAY, Week
from tests.standins.world import is_within

WEEKDAYS = [MONDAY + timedelta(days=n) for n in range(5)]
pytestmark = pytest.mark.django_db


def collect(week: Week, day: date = FRIDAY) -> CollectionDay:
    return collect_papers(day, now=clock.now(), sources=week.sources)


def listed() -> dict[str, date]:
    return dict(Paper.objects.values_list("arxiv_id", "listing_date"))


def attempts() -> int:
    """Those of arXiv in vain, for the one day that there is."""
    return SourceDay.objects.values_list("attempts", flat=True).get(source="arxiv")


def paths(week: Week) -> list[str]:
    return [request.path for request in week.arxiv.requests]


def replaced_once(week: Week) -> tuple[str, date]:
    """A paper that is new on Monday, and the later day on which it is replaced."""
    papers = [paper for paper in week.world.announced(MONDAY, ARCHIVES)["new"] if len(paper.replaced_on) == 1 and not paper.added]
    return papers[0].arxiv_id, papers[0].replaced_on[0]


# Today, the last 90 days, and before


def test_collect_papers_brings_todays_new_papers_with_their_text(week: Week) -> None:
    row = collect(week)

    truth = {number: week.world.papers[number] for number in week.new(FRIDAY)}
    assert listed() == dict.fromkeys(truth, FRIDAY)
    for paper in Paper.objects.prefetch_related("categories"):
        told = truth[paper.arxiv_id]
        assert (paper.title, paper.abstract) == (told.title, " ".join(told.abstract.split()))
        assert paper.authors == [name for name, _ in told.authors]
        assert [category.code for category in paper.categories.all()] == list(told.categories_at(FRIDAY))
        assert (paper.version, paper.comment) == (1, told.comment)
        assert paper.submitted_at == told.submitted[0].replace(microsecond=0)
        assert (paper.listing_source, paper.announced_as, paper.is_sample) == ("feed", "new", False)
    assert (row.state, row.papers_done_at, row.expected_new, row.found_new) == (
        "collecting",
        FRIDAY_NIGHT,
        len(truth),
        len(truth),
    )


def test_collect_papers_puts_every_paper_on_its_listing_day_in_whatever_order_days_come(week: Week) -> None:
    for day in reversed(WEEKDAYS):
        assert collect(week, day).papers_done_at == FRIDAY_NIGHT

    assert listed() == {number: day for day in WEEKDAYS for number in week.new(day)}
    assert set(Paper.objects.exclude(listing_date=FRIDAY).values_list("listing_source", flat=True)) == {"catchup"}


def test_collect_papers_guesses_days_that_arxiv_does_not_list_any_more(week: Week) -> None:
    week.traveller.move_to(FRIDAY_NIGHT + timedelta(days=95))

    row = collect(week, THURSDAY)

    assert listed() == dict.fromkeys(week.new(THURSDAY), THURSDAY)
    assert set(Paper.objects.values_list("listing_source", flat=True)) == {"window"}
    assert (row.expected_new, row.papers_done_at is not None) == (None, True)
    assert row.reason.startswith("Approximate: ")


def test_collect_papers_does_not_believe_a_guess_without_papers(week: Week) -> None:
    week.traveller.move_to(FRIDAY_NIGHT + timedelta(days=95))

    row = collect(week, date(2026, 11, 3))

    assert (row.state, row.papers_done_at) == ("partial", None)


def test_collect_papers_refuses_a_day_to_come(week: Week) -> None:
    with pytest.raises(ValueError, match="2026-11-21 is yet to come"):
        collect_papers(date(2026, 11, 21), now=datetime(2026, 11, 20, 23, tzinfo=UTC), sources=week.sources)


# Again, and at once


def test_collect_papers_asks_nothing_where_all_is_here(week: Week) -> None:
    collect(week)
    week.arxiv.requests.clear()

    row = collect(week)

    assert (paths(week), row.papers_done_at) == ([], FRIDAY_NIGHT)


def test_collect_papers_changes_nothing_when_the_same_answers_come_again(week: Week) -> None:
    collect(week)
    before = list(Paper.objects.order_by("pk").values())
    CollectionDay.objects.update(papers_done_at=None, listing_source="")

    collect(week)

    assert list(Paper.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_collect_papers_by_workers_at_once_makes_the_same_rows(week: Week) -> None:
    def work(_: int) -> None:
        try:
            collect(week)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))

    assert listed() == dict.fromkeys(week.new(FRIDAY), FRIDAY)
    assert all(paper.categories.count() for paper in Paper.objects.all())
    assert CollectionDay.objects.get().papers_done_at == FRIDAY_NIGHT


def test_collect_papers_takes_as_many_statements_for_a_hundred_papers_as_for_a_few(
    week: Week, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # A few for the day's row and its state, the rest for one batch of metadata.
    with django_assert_max_num_queries(40) as few:
        collect(week)
    week.arxiv.world = type(week.world)(first_day=MONDAY, papers_a_day=90)
    week.world.now = FRIDAY_NIGHT
    Paper.objects.all().delete()
    CollectionDay.objects.all().delete()

    with django_assert_max_num_queries(len(few)):
        assert collect(week).found_new == 90


# Replaced, cross-listed, settled


def test_collect_papers_updates_a_replaced_paper(week: Week) -> None:
    number, replaced_on = replaced_once(week)
    week.move(datetime(2026, 11, 16, 22, tzinfo=UTC))
    collect(week, MONDAY)
    Paper.objects.filter(arxiv_id=number).update(title="The First Version's Title")
    week.move(datetime.combine(replaced_on, FRIDAY_NIGHT.timetz()))

    collect(week, replaced_on)

    paper = Paper.objects.get(arxiv_id=number)
    assert (paper.version, paper.title) == (2, week.world.papers[number].title)
    assert (paper.listing_date, paper.listing_source, paper.newer) == (MONDAY, "feed", None)


def test_collect_papers_lets_a_new_version_of_a_settled_text_wait_for_an_editor(week: Week) -> None:
    number, replaced_on = replaced_once(week)
    week.move(datetime(2026, 11, 16, 22, tzinfo=UTC))
    collect(week, MONDAY)
    Paper.objects.filter(arxiv_id=number).update(title="As Published", is_settled=True)
    week.move(datetime.combine(replaced_on, FRIDAY_NIGHT.timetz()))

    collect(week, replaced_on)

    paper, told = Paper.objects.get(arxiv_id=number), week.world.papers[number]
    assert (paper.version, paper.title) == (1, "As Published")
    assert paper.newer == {
        "version": 2,
        "title": told.title,
        "abstract": " ".join(told.abstract.split()),
        "authors": [name for name, _ in told.authors],
        "comment": told.comment,
        "categories": list(told.categories),
    }


def test_collect_papers_does_not_bring_in_what_was_only_replaced(week: Week) -> None:
    number, replaced_on = replaced_once(week)

    collect(week, replaced_on)

    assert number not in listed()


def test_collect_papers_leaves_cross_lists_out(week: Week) -> None:
    row = collect(week)

    assert not Paper.objects.filter(announced_as="cross").exists()
    assert row.expected_cross == len(week.world.announced(FRIDAY, ARCHIVES)["cross"]) > 0


def test_collect_papers_brings_cross_lists_by_the_setting(week: Week, settings: Settings) -> None:
    collect(week)
    settings.INCLUDE_CROSS_LISTS = True

    row = collect(week)

    crossed = week.world.announced(FRIDAY, ARCHIVES)["cross"]
    outside = {paper.arxiv_id for paper in crossed if not is_within(paper.categories[0], ARCHIVES)}
    found = Paper.objects.filter(announced_as="cross")
    assert set(found.values_list("arxiv_id", flat=True)) == outside != set()
    assert set(Paper.objects.filter(announced_as="new").values_list("arxiv_id", flat=True)) == week.new(FRIDAY)
    assert row.found_cross == len(outside)


# What was here before


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


# Days without an announcement


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

    assert (row.state, row.reason, paths(week)) == ("quiet", "arXiv announces nothing at weekends.", [])


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


# What goes wrong


def test_collect_papers_comes_back_for_papers_that_the_api_does_not_know_yet(week: Week) -> None:
    late = sorted(week.new(FRIDAY))[:3]
    week.arxiv.unindexed = set(late)

    row = collect(week)

    count = len(week.new(FRIDAY))
    assert (row.state, row.papers_done_at, attempts()) == ("partial", None, 1)
    assert row.reason.startswith(
        f"{count - 3} of {count} new papers are here with their abstracts; arXiv is asked again for the others."
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
    assert row.reason.startswith(f"{len(listed())} papers are here, unchecked")

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
        collect(week)

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

    with pytest.raises(Refused):
        collect_papers(FRIDAY, now=clock.now(), sources=week.sources, progress=progress)

    assert (collected, Paper.objects.count()) == ([0, 10], 10)
