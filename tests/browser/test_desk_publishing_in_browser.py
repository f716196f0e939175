"""Publication, corrections and rules at the desk in a real browser: what the editor and readers see, and what is stored."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from digests.desk import actions
from digests.models import Digest, PublicEvent
from digests.publishing.status import publish
from papers.models import Paper, SavedRules
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, accessible, editors
from tests.digests.desk.desk_days import DAY, NOW, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YEAR = datetime.now(UTC).year + 1
Kind = PublicEvent.Kind


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[OpenDesk]:
    """Editors sit in Berlin, the site in New York."""
    settings.TIME_ZONE = "America/New_York"
    with editors(browser, live_server.url, zone="Europe/Berlin") as opened:
        yield opened


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A page of somebody who is not signed in."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def papers(transactional_db: None) -> list[Paper]:
    return make_day(6, hot=3)


@pytest.fixture
def draft(papers: list[Paper]) -> Digest:
    return make_draft(papers[:3])


@pytest.fixture
def published(draft: Digest) -> Digest:
    publish(draft, now=NOW)
    return draft


@pytest.fixture
def bob(transactional_db: None) -> User:
    """Another editor, who sits elsewhere."""
    return User.objects.create(username="Bob")


def clock_change(month: int) -> date:
    """When Europe's clocks are set: next year, on the last Sunday of March or October."""
    last = date(YEAR, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def open_check(ann: EditorAtDesk) -> None:
    ann.press("v")
    expect(ann.page.locator("#publish-title")).to_be_focused()


def type_time(ann: EditorAtDesk, at: str) -> Locator:
    """Type when it is to be published. What the page says of that time."""
    ann.press("S")
    field = ann.page.locator("#schedule-at")
    expect(field).to_be_focused()
    field.fill(at)
    ann.press("Escape")
    return ann.page.locator("[data-slot=times]")


def click(ann: EditorAtDesk, name: str) -> None:
    ann.click(ann.page.get_by_role("button", name=name, exact=True))


def pill(ann: EditorAtDesk) -> Locator:
    return ann.page.locator(".head-row .pill").first


def goes_out(ann: EditorAtDesk) -> Locator:
    return ann.page.locator(".pill-scheduled")


def events() -> list[tuple[str, str]]:
    return list(PublicEvent.objects.order_by("pk").values_list("kind", "note"))


def test_schedule_is_shown_by_three_clocks_and_cancelled(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    open_check(ann)

    times = type_time(ann, f"{YEAR}-01-15T09:00")
    clocks = r"15 Jan, 09:00 Europe/Berlin = .*15 Jan, 03:00 America/New_York \(the site’s\) = .*15 Jan, 08:00 UTC"
    expect(times).to_have_text(re.compile(clocks))
    ann.page.locator("#schedule-zone").fill("Asia/Tokio")
    expect(times).to_contain_text("This time zone is not known")
    ann.page.locator("#schedule-zone").fill("Europe/Berlin")
    expect(times).to_have_text(re.compile(clocks))
    ann.page.locator("#schedule-at").focus()
    ann.press("Enter")

    expect(goes_out(ann)).to_contain_text(re.compile(r"goes out at\s+.*" + clocks))
    expect(ann.page.locator("[data-post=unschedule]")).to_have_text(re.compile("Do not publish at .*" + clocks))
    draft.refresh_from_db()
    assert (draft.publish_at, draft.publish_zone) == (datetime(YEAR, 1, 15, 8, tzinfo=UTC), "Europe/Berlin")
    ann.page.reload()
    ann.ready()
    expect(goes_out(ann)).to_contain_text(re.compile(r"goes out at\s+.*" + clocks))
    open_check(ann)
    ann.press("U")
    expect(goes_out(ann)).to_have_count(0)
    draft.refresh_from_db()
    assert (draft.status, draft.publish_at, draft.publish_zone) == ("draft", None, "")


def test_time_that_never_comes_is_refused_and_of_one_that_comes_twice_one_is_chosen(open_desk: OpenDesk, draft: Digest) -> None:
    forward, back = clock_change(3), clock_change(10)
    ann = open_desk()
    which = ann.page.get_by_label("which is")
    open_check(ann)

    expect(type_time(ann, f"{forward}T02:30")).to_have_text("The clock skips this time on that day: choose another.")
    click(ann, "Schedule")
    expect(ann.page.locator("#desk-toast")).to_have_text(
        f"There is no 02:30 on {forward} in Europe/Berlin: the clocks are set forward. "
        f"Choose {forward} 01:30 CET (00:30 UTC) or {forward} 03:30 CEST (01:30 UTC)."
    )
    expect(which).to_be_hidden()
    draft.refresh_from_db()
    assert draft.publish_at is None

    times = type_time(ann, f"{back}T02:30")
    expect(times).to_contain_text("00:30 UTC")
    which.select_option("the second")
    expect(times).to_contain_text("01:30 UTC")
    click(ann, "Schedule")
    expect(goes_out(ann)).to_contain_text(f"{back.day} Oct, 01:30 UTC")
    draft.refresh_from_db()
    assert draft.publish_at == datetime(YEAR, 10, back.day, 1, 30, tzinfo=UTC)


def test_findings_are_waived_and_mended_by_key(open_desk: OpenDesk, draft: Digest, papers: list[Paper]) -> None:
    entry = draft.entries.get(paper=papers[0])
    entry.shown_tweets.all().delete()
    draft.entries.update(read_at=datetime.now(UTC))
    ann = open_desk()
    finding, said = ann.page.locator(".finding"), ann.page.locator("#desk-said")
    ann.press("l")
    open_check(ann)
    expect(finding).to_have_count(1)
    ann.press("f")
    expect(said).to_have_text("Press j first: to a finding")

    ann.press("j", "f")
    expect(finding).to_have_class(re.compile("waived"))
    expect(finding).to_be_focused()
    ann.press("f")
    expect(finding).to_have_class(re.compile("blocking"))
    expect(finding).to_be_focused()
    ann.press("k", "m")
    expect(finding).to_have_count(0)
    expect(ann.page.locator("#publish-title")).to_be_focused()
    assert entry.shown_tweets.exists()
    ann.press("P")
    expect(pill(ann)).to_have_text("published")


def test_correction_is_begun_and_dropped_by_key(open_desk: OpenDesk, published: Digest) -> None:
    ann = open_desk()
    open_check(ann)
    ann.press("C")
    expect(pill(ann)).to_have_text("correction, not published yet")
    ann.press("D")
    expect(ann.page.get_by_role("button", name="Really drop it?")).to_be_visible()
    ann.press("D")
    expect(pill(ann)).to_have_text("published")
    assert Digest.all_drafts.get() == published


def test_previews_are_opened_by_key(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    for key, form in (("g", "page"), ("F", "feed"), ("M", "markdown")):
        with ann.page.expect_popup() as popup:
            ann.press(key)
        assert popup.value.url == f"{ann.address}preview/{form}"


def test_candidates_of_a_published_day_are_not_dragged(open_desk: OpenDesk, draft: Digest, papers: list[Paper]) -> None:
    ann = open_desk()
    open_check(ann)
    ann.press("P")
    expect(pill(ann)).to_have_text("published")
    ann.press("v")
    ann.drag(ann.candidate(papers[4].arxiv_id).locator(".rank"), ann.entry(papers[0].arxiv_id))
    expect(ann.candidate(papers[4].arxiv_id)).not_to_have_class(re.compile("waiting"))
    assert "add" not in ann.requests


def test_withdrawn_and_published_again(open_desk: OpenDesk, reader: Page, published: Digest) -> None:
    ann = open_desk()
    address = ann.site + published.get_absolute_url()
    open_check(ann)
    ann.press("W")
    ann.type("It lists *another* day.")
    click(ann, "Withdraw the day")
    expect(ann.page.get_by_role("button", name="Really withdraw it?")).to_be_visible()
    assert Digest.objects.get().status == "published"
    click(ann, "Really withdraw it?")

    expect(pill(ann)).to_have_text("withdrawn")
    assert Digest.objects.get().status == "withdrawn"
    assert events() == [(Kind.PUBLISHED, ""), (Kind.WITHDRAWN, "It lists *another* day.")]
    reader.goto(address)
    expect(reader.get_by_role("heading", name=re.compile("was withdrawn"))).to_be_visible()
    expect(reader.locator(".events em")).to_have_text("another")

    ann.press("Escape", "u")
    expect(ann.page.locator("#desk-toast")).to_contain_text("“withdrawn” is none")
    open_check(ann)
    ann.press("P")
    expect(pill(ann)).to_have_text("published")
    again = Digest.objects.get()
    assert (again.status, again.published_at) == ("published", NOW)
    assert [kind for kind, _ in events()] == [Kind.PUBLISHED, Kind.WITHDRAWN, Kind.PUBLISHED]
    reader.goto(address)
    expect(reader.locator(".papers article")).to_have_count(3)


def test_correction_is_listed_and_published_with_a_note(
    open_desk: OpenDesk, reader: Page, published: Digest, papers: list[Paper]
) -> None:
    first, second, third = (paper.arxiv_id for paper in papers[:3])
    ann = open_desk()
    page = ann.page
    address = ann.site + published.get_absolute_url()
    open_check(ann)
    click(ann, "Correct it…")
    expect(pill(ann)).to_have_text("correction, not published yet")

    ann.write_note(second, "Read it twice.")
    ann.entry(third).focus()
    ann.press("Alt+ArrowUp", "Alt+ArrowUp")
    ann.saved()
    expect(page.locator(".changed li")).to_have_text([f"{third}: moved from 3 to 1.", f"{second}: note changed."])
    reader.goto(address)
    expect(reader.locator(".papers article").first).to_contain_text(papers[0].title)
    expect(reader.get_by_text("Read it twice.")).to_have_count(0)

    click(ann, "Publish the correction")
    expect(page.locator("#desk-toast")).to_contain_text("Say in a few words what was corrected")
    assert Digest.all_drafts.filter(corrects=published).exists()
    page.get_by_label("A word for readers on what was corrected").fill("The order was *wrong*.")
    click(ann, "Publish the correction")
    expect(pill(ann)).to_have_text("published")

    assert Digest.all_drafts.get() == published
    listed = [(entry.paper.arxiv_id, entry.note) for entry in published.entries.select_related("paper")]
    assert listed == [(third, ""), (first, ""), (second, "Read it twice.")]
    assert events()[-1] == (Kind.CORRECTED, "The order was *wrong*.")
    reader.goto(address)
    expect(reader.locator(".papers article").first).to_contain_text(papers[2].title)
    expect(reader.get_by_text("Read it twice.")).to_be_visible()
    expect(reader.locator(".events li", has_text="corrected")).to_contain_text("The order was wrong.")


def test_pin_ends_suggestions_and_a_corrected_title_is_printed(open_desk: OpenDesk, papers: list[Paper]) -> None:
    draft = make_draft([papers[1], papers[0]])
    ann = open_desk()
    page, row = ann.page, ann.entry(papers[0].arxiv_id)
    expect(row.locator(".suggestion")).to_contain_text("would be 1st now")
    ann.press("l", "j", "p")
    expect(row.get_by_text("pinned", exact=True)).to_be_visible()
    expect(row.get_by_role("button", name="Pin ")).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".suggestion")).to_have_count(0)
    assert draft.entries.get(paper=papers[0]).is_pinned

    ann.press("t")
    ann.type("Sparse Attention, Mended")
    ann.press("Escape")
    ann.saved()
    expect(row.locator("a.title")).to_have_text("Sparse Attention, Mended")
    assert draft.entries.get(paper=papers[0]).printed_otherwise == {"title": "Sparse Attention, Mended"}
    page.goto(f"{ann.address}preview/page")
    expect(page.locator("article h2").last).to_contain_text("Sparse Attention, Mended")

    page.goto(ann.address)
    ann.ready()
    field = row.get_by_label("Title to print")
    field.fill("")
    field.blur()
    ann.saved()
    expect(row.locator("a.title")).to_have_text(papers[0].title)
    assert draft.entries.get(paper=papers[0]).printed_otherwise is None


def test_pin_that_another_set_meanwhile_is_not_taken_off_unasked(
    open_desk: OpenDesk, draft: Digest, papers: list[Paper], bob: User
) -> None:
    number = papers[0].arxiv_id
    ann = open_desk()
    ann.context.set_offline(True)
    ann.press("l", "p", "p")
    actions.pin(DAY, papers[0], True, None, by=bob)
    ann.context.set_offline(False)

    expect(ann.conflict).to_be_visible()
    expect(ann.conflict.locator("[data-slot=theirs]")).to_have_text(f"{number} pinned")
    expect(ann.conflict.locator("[data-slot=mine]")).to_have_text(f"{number} no longer pinned")
    expect(ann.conflict.locator("[data-slot=who]")).to_contain_text("Bob")
    assert draft.entries.get(paper=papers[0]).is_pinned
    click(ann, "Do it all the same")
    ann.saved()
    assert not draft.entries.get(paper=papers[0]).is_pinned


def test_thresholds_are_tried_and_then_saved_for_the_site(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    hot, tried = ann.page.locator(".candidate.hot"), ann.page.locator("#desk-preview")
    ann.press("e")
    ann.type("10")
    ann.press("Enter")
    expect(tried.locator("h3")).to_have_text("2 would enter")
    expect(tried.locator("li")).to_contain_text([papers[3].title, "Part 6 20 points, rank 5"])
    ann.type("50")
    click(ann, "Try")
    expect(tried.locator("h3")).to_have_text("1 would leave")
    expect(tried.locator("li")).to_contain_text([f"{papers[2].title} 1008 points, rank 3"])
    expect(hot).to_have_count(3)
    assert not SavedRules.objects.exists()

    ann.press("Escape", "E")
    expect(hot).to_have_count(2)
    assert SavedRules.objects.values_list("hot_score", "shown_tweet_score", "shown_tweets").get() == (1050, 25, 10)
    ann.page.reload()
    expect(ann.page.get_by_label("Hot from")).to_have_value("1050")


def test_conflicts_and_schedule_are_accessible(open_desk: OpenDesk, draft: Digest, papers: list[Paper], bob: User) -> None:
    ann = open_desk()
    page = ann.page
    actions.note(DAY, papers[0], "Bob’s word", "", by=bob)
    ann.write_note(papers[0].arxiv_id, "Ann’s word")
    expect(ann.conflict.locator("[data-slot=edit]")).to_be_visible()
    found = accessible(page, "conflict of texts")
    ann.conflict.get_by_role("button", name="Keep theirs").click()
    expect(ann.note(papers[0].arxiv_id)).to_have_value("Bob’s word")

    open_check(ann)
    type_time(ann, f"{clock_change(10)}T02:30")
    expect(page.get_by_label("which is")).to_be_visible()
    found += accessible(page, "schedule, a time that comes twice")
    actions.intro(DAY, "Bob’s intro", "", by=bob)
    click(ann, "Schedule")
    expect(ann.conflict.locator("[data-slot=mine]")).to_contain_text("to be published at")
    found += accessible(page, "conflict of a publication")
    click(ann, "Do it all the same")
    expect(goes_out(ann)).to_be_visible()
    found += accessible(page, "scheduled")

    assert found == []


def test_correction_is_accessible(open_desk: OpenDesk, published: Digest, papers: list[Paper]) -> None:
    ann = open_desk()
    open_check(ann)
    click(ann, "Correct it…")
    expect(pill(ann)).to_have_text("correction, not published yet")
    ann.write_note(papers[0].arxiv_id, "A word")
    expect(ann.page.locator(".changed li")).to_have_count(1)
    click(ann, "Drop the correction")
    expect(ann.page.get_by_role("button", name="Really drop it?")).to_be_visible()

    assert accessible(ann.page, "correction with a change") == []


def test_comparisons_are_accessible(open_desk: OpenDesk, draft: Digest, papers: list[Paper], bob: User) -> None:
    actions.note(DAY, papers[0], "A word on it", "", by=bob)
    actions.move(DAY, papers[2], 1, None, by=bob)
    ann = open_desk()
    page = ann.page

    def compare(*, from_the_first: bool) -> None:
        page.goto(f"{ann.address}history/")
        if from_the_first:
            page.get_by_role("radio", name="Compare from").last.check()
        page.get_by_role("button", name="Compare").click()

    compare(from_the_first=True)
    expect(page.get_by_text("Moved from 3 to 1")).to_be_visible()
    found = accessible(page, "changed")
    page.get_by_role("button", name="Restore the earlier one").click()
    expect(page.get_by_text("The list is again what it was")).to_be_visible()
    assert [(entry.paper, entry.note) for entry in draft.entries.all()] == [(paper, "") for paper in papers[:3]]

    compare(from_the_first=True)
    expect(page.get_by_text("The two are the same.")).to_be_visible()
    found += accessible(page, "unchanged")
    compare(from_the_first=False)
    expect(page.get_by_text("Moved from 1 to 3")).to_be_visible()
    expect(page.locator("thead")).to_contain_text("restored: ")
    found += accessible(page, "restored")

    assert found == []
