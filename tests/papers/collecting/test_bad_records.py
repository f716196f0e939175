"""One bad record costs itself: every other paper and post of the day is here, and the day's reason names the bad one."""

from datetime import timedelta
from typing import Any

import pytest

from papers import clock
from papers.collecting.announced import collect_papers
from papers.models import CollectionDay, Paper, PaperCategory
from papers.sources.http import Malformed, RateLimited, ServiceRefused, Transient
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, THURSDAY, Week
from tests.standins.arxiv_xml import HEAD
from tests.standins.damage import DROPPED, ENTRIES, ITEMS, Damage, without
from tests.standins.serving import Reply

pytestmark = pytest.mark.django_db


def collect(week: Week) -> CollectionDay:
    return collect_papers(FRIDAY, now=clock.now(), sources=week.sources)


def listed() -> set[str]:
    return set(Paper.objects.values_list("arxiv_id", flat=True))


# arXiv's query API


@pytest.mark.parametrize(("damage", "lacks"), ENTRIES.values(), ids=ENTRIES)
def test_one_bad_entry_costs_that_paper_alone(week: Week, damage: Damage, lacks: str) -> None:
    bad = sorted(week.new(FRIDAY))[7]
    week.arxiv.damaged[bad] = damage

    row = collect(week)

    count = len(week.new(FRIDAY))
    kept = {bad} if lacks == "an abstract" else set()
    assert listed() == week.new(FRIDAY) - {bad} | kept
    assert (row.state, row.papers_done_at, row.found_new) == ("partial", None, count - 1)
    assert row.reason.startswith(
        f"{count - 1} of {count} new papers have arrived with their abstracts; the others will be asked for again. "
        f"Some papers could not be read completely: {bad} lacks {lacks}."
    )


@pytest.mark.parametrize(("damage", "lacks"), ENTRIES.values(), ids=ENTRIES)
def test_bad_entry_is_taken_once_it_is_mended(week: Week, damage: Damage, lacks: str) -> None:
    week.arxiv.damaged[min(week.new(FRIDAY))] = damage
    collect(week)
    assert "could not be read" in collect(week).reason  # the bad one is asked for alone
    week.arxiv.damaged.clear()

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert "could not be read" not in row.reason


@pytest.mark.parametrize("damage", DROPPED.values(), ids=DROPPED)
def test_characters_that_xml_forbids_are_dropped(week: Week, damage: Damage) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged[bad] = damage

    row = collect(week)

    told = week.world.papers[bad]
    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert Paper.objects.values_list("title", "abstract").get(arxiv_id=bad) == (told.title, " ".join(told.abstract.split()))


def test_title_that_the_api_lacks_is_taken_from_the_listing_page(week: Week) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged[bad] = without("title")

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert Paper.objects.get(arxiv_id=bad).title == week.world.papers[bad].title


def test_title_that_nobody_has_costs_that_paper_alone(week: Week) -> None:
    week.move(FRIDAY_NIGHT + timedelta(days=95))  # known by the window alone, which has no listing
    bad = min(week.new(THURSDAY))
    week.arxiv.damaged[bad] = without("title")

    row = collect_papers(THURSDAY, now=clock.now(), sources=week.sources)

    assert (listed(), row.state) == (week.new(THURSDAY) - {bad}, "partial")
    assert f"{bad} lacks a title." in row.reason


def test_several_bad_entries_are_all_named(week: Week) -> None:
    bad = dict(zip(sorted(week.new(FRIDAY)), ENTRIES.values(), strict=False))
    del bad[next(number for number, (_, lacks) in bad.items() if lacks == "an abstract")]
    week.arxiv.damaged = {number: damage for number, (damage, _) in bad.items()}

    row = collect(week)

    assert listed() == week.new(FRIDAY) - bad.keys()
    named = [number for number in bad if f"{number} lacks" in row.reason]
    assert (len(named), f"{len(bad) - 10} more" in row.reason) == (10, True)


def test_answers_that_are_never_xml_are_no_fault_of_the_papers(week: Week) -> None:
    week.arxiv.fault("/api", Reply(200, f"{HEAD}<entry>".encode()), times=1000)

    with pytest.raises(Transient, match="is cut off or garbled"):
        collect(week)

    assert len([request for request in week.arxiv.requests if request.path.startswith("/api")]) <= 25
    assert "is cut off or garbled" in CollectionDay.objects.get().reason


def test_batch_that_makes_no_sense_does_not_keep_the_others_waiting(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papers.collecting.announced.BATCH", 10)
    week.arxiv.fault("/api", "html")

    with pytest.raises(Malformed, match="an HTML page"):
        collect(week)

    assert len(listed()) == len(week.new(FRIDAY)) - 10


def test_only_arxivs_own_categories_are_kept(week: Week) -> None:
    number = min(week.new(FRIDAY))
    others = "".join(f'<category term="{term}"/>' for term in ("none", "math", "68T05", "cs.lg", "foo.AB", "hep-th", "cs.QZ"))
    week.arxiv.damaged[number] = lambda entry: entry.replace("<published>", f"{others}<published>")

    collect(week)

    codes = PaperCategory.objects.filter(paper__arxiv_id=number).order_by("position").values_list("code", flat=True)
    assert list(codes) == [*week.world.papers[number].categories_at(FRIDAY), "hep-th", "cs.QZ"]


@pytest.mark.parametrize("days_later", [0, 95])
def test_entry_that_stands_twice_hides_no_other_paper(week: Week, days_later: int) -> None:
    week.move(FRIDAY_NIGHT + timedelta(days=days_later))
    week.arxiv.repeats = True

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), clock.now())


@pytest.mark.parametrize("total", ["9" * 20, "9" * 5000, "-1", ""])
def test_total_that_is_no_number_is_one_sentence(week: Week, total: str) -> None:
    feed = f"{HEAD}<opensearch:totalResults>{total}</opensearch:totalResults></feed>"
    week.arxiv.fault("/api", Reply(200, feed.encode()), times=50)

    with pytest.raises(Malformed, match=r"^Unexpected answer from arXiv: expected totalResults, got [0-9-]{0,200}\.$"):
        collect(week)


# Feed and listing pages


@pytest.mark.parametrize(("damage", "lacks"), ITEMS.values(), ids=ITEMS)
def test_bad_item_of_the_feed_is_left_out_and_named(week: Week, damage: Damage, lacks: str) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged_items[bad] = damage
    week.arxiv.fault("/list", "404", times=9)

    row = collect(week)

    assert listed() == week.new(FRIDAY) - {bad}
    assert row.state == "partial"
    assert f"Entries of the feed were left out: {bad} lacks {lacks}. Unchecked: the listing pages could not be read" in row.reason


@pytest.mark.parametrize(("damage", "lacks"), ITEMS.values(), ids=ITEMS)
def test_listing_pages_have_what_an_item_of_the_feed_lacks(week: Week, damage: Damage, lacks: str) -> None:
    bad = min(week.new(FRIDAY))
    week.arxiv.damaged_items[bad] = damage

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert f"{bad} lacks {lacks}." in row.reason


@pytest.mark.parametrize("fault", ["500", "404", "html", "truncated", Reply(200, b"<rss>\x01</rss>"), Reply(200, b"\x00")])
def test_listing_pages_are_taken_where_the_feed_cannot_be_read(week: Week, fault: str | Reply) -> None:
    week.arxiv.fault("/rss", fault, times=9)

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)
    assert "The listing pages were taken instead." in row.reason


@pytest.mark.parametrize("fault", ["500", "404", "html", "truncated", Reply(200, b"\x0c<html>")])
def test_feed_is_taken_where_the_listing_pages_cannot_be_read(week: Week, fault: str | Reply) -> None:
    week.arxiv.fault("/list", fault, times=9)

    row = collect(week)

    assert (listed(), row.state, row.papers_done_at) == (week.new(FRIDAY), "partial", None)
    assert "Unchecked: the listing pages could not be read" in row.reason
    week.arxiv.recover()
    assert collect(week).papers_done_at == FRIDAY_NIGHT


@pytest.mark.parametrize(("fault", "error"), [("403", ServiceRefused), ("429", RateLimited)])
@pytest.mark.parametrize("place", ["/rss", "/list"])
def test_refusal_and_rate_limit_stop_arxiv_as_a_whole(week: Week, place: str, fault: str, error: type[Exception]) -> None:
    week.arxiv.fault(place, fault, times=9)

    with pytest.raises(error):
        collect(week)

    assert listed() == set()
    assert [request.path for request in week.arxiv.requests if request.path.startswith("/api")] == []


def test_further_listing_page_without_its_date_is_taken_where_the_total_is_the_same(week: Week) -> None:
    week.arxiv.listing_page, week.arxiv.undated_pages = 10, True

    row = collect(week)

    assert (listed(), row.papers_done_at) == (week.new(FRIDAY), FRIDAY_NIGHT)


def test_listing_entry_without_an_id_is_not_forgotten(week: Week) -> None:
    page = week.arxiv._list(_request("/list/cs/new")).body
    first = min(number for number in week.new(FRIDAY) if f'"/abs/{number}"'.encode() in page)
    week.arxiv.fault("/list/cs", Reply(200, page.replace(f'"/abs/{first}"'.encode(), b'"/abs/0"', 1)))

    row = collect(week)

    assert listed() == week.new(FRIDAY) - {first}
    assert (row.state, row.expected_new, row.found_new) == ("partial", len(week.new(FRIDAY)), len(week.new(FRIDAY)) - 1)


def _request(path: str) -> Any:
    from tests.standins.serving import Request

    return Request(path, {}, {})
