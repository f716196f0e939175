"""Papers of a listing day: collected once, at once, and from wherever arXiv tells them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from papers.collecting.announced import collect_papers
from papers.models import CollectionDay, Paper
from tests.at_once import at_once
from tests.papers.collecting.collecting_papers import collect, listed, paths
from tests.papers.conftest import ARCHIVES, FRIDAY, FRIDAY_NIGHT, MONDAY, THURSDAY, Week
from tests.standins.world import is_within

pytestmark = pytest.mark.django_db


WEEKDAYS = [MONDAY + timedelta(days=n) for n in range(5)]


def replaced_once(week: Week) -> tuple[str, date]:
    """A paper that is new on Monday, and the later day on which it is replaced."""
    papers = [paper for paper in week.world.announced(MONDAY, ARCHIVES)["new"] if len(paper.replaced_on) == 1 and not paper.added]
    return papers[0].arxiv_id, papers[0].replaced_on[0]


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
    with pytest.raises(ValueError, match="2026-11-21 is in the future"):
        collect_papers(date(2026, 11, 21), now=datetime(2026, 11, 20, 23, tzinfo=UTC), sources=week.sources)


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
    at_once(*[lambda: collect(week)] * 4)

    assert listed() == dict.fromkeys(week.new(FRIDAY), FRIDAY)
    assert all(paper.categories.count() for paper in Paper.objects.all())
    assert CollectionDay.objects.get().papers_done_at == FRIDAY_NIGHT


def test_collect_papers_takes_as_many_statements_for_a_hundred_papers_as_for_a_few(
    week: Week, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # A few for the day's row and its state, the rest for one batch of metadata.
    with django_assert_max_num_queries(43) as few:
        collect(week)
    week.arxiv.world = type(week.world)(first_day=MONDAY, papers_a_day=90)
    week.world.now = FRIDAY_NIGHT
    Paper.objects.all().delete()
    CollectionDay.objects.all().delete()

    with django_assert_max_num_queries(len(few)):
        assert collect(week).found_new == 90


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
