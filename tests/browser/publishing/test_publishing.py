"""Scheduling, checking, publishing and correcting a list at the desk, by key and by mouse."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from digests.models import Digest, PublicEvent
from papers.models import Paper
from papers.rendered.waiting import render_changed
from tests.browser.desk_browser import OpenDesk
from tests.browser.publishing.steps import YEAR, click, clock_change, goes_out, open_check, pill, type_time
from tests.digests.desk.desk_days import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


Kind = PublicEvent.Kind


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A page of somebody who is not signed in."""
    page = browser.new_page()
    yield page
    page.close()


def events() -> list[tuple[str, str]]:
    return list(PublicEvent.objects.order_by("pk").values_list("kind", "note"))


def test_schedule_is_shown_by_three_clocks_and_cancelled(open_desk: OpenDesk, draft: Digest) -> None:
    ann = open_desk()
    open_check(ann)

    times = type_time(ann, f"{YEAR}-01-15T09:00")
    day = f"15 Jan {YEAR}"
    clocks = rf"{day}, 09:00 Europe/Berlin = .*{day}, 03:00 America/New_York \(site time\) = .*{day}, 08:00 UTC"
    expect(times).to_have_text(re.compile(clocks))
    ann.page.locator("#schedule-zone").fill("Asia/Tokio")
    expect(times).to_contain_text("Unknown time zone")
    ann.page.locator("#schedule-zone").fill("Europe/Berlin")
    expect(times).to_have_text(re.compile(clocks))
    ann.page.locator("#schedule-at").focus()
    ann.press("Enter")

    expect(goes_out(ann)).to_contain_text(re.compile(r"will be published at\s+.*" + clocks))
    expect(ann.page.locator("[data-post=unschedule]")).to_have_text(re.compile("Cancel publication at .*" + clocks))
    draft.refresh_from_db()
    assert (draft.publish_at, draft.publish_zone) == (datetime(YEAR, 1, 15, 8, tzinfo=UTC), "Europe/Berlin")
    ann.page.reload()
    ann.ready()
    expect(goes_out(ann)).to_contain_text(re.compile(r"will be published at\s+.*" + clocks))
    open_check(ann)
    ann.press("U")
    expect(goes_out(ann)).to_have_count(0)
    draft.refresh_from_db()
    assert (draft.status, draft.publish_at, draft.publish_zone) == ("draft", None, "")


def test_time_that_never_comes_is_refused_and_of_one_that_comes_twice_one_is_chosen(open_desk: OpenDesk, draft: Digest) -> None:
    forward, back = clock_change(3), clock_change(10)
    ann = open_desk()
    which = ann.page.get_by_label("This time comes twice")
    open_check(ann)

    expect(type_time(ann, f"{forward}T02:30")).to_have_text("The clocks skip this time on that day. Choose another.")
    click(ann, "Schedule")
    expect(ann.page.locator("#desk-toast")).to_have_text(
        f"There is no 02:30 on {forward:%-d %b %Y} in Europe/Berlin: the clocks go forward. "
        f"Choose {forward:%-d %b %Y}, 01:30 CET (00:30 UTC) or {forward:%-d %b %Y}, 03:30 CEST (01:30 UTC)."
    )
    expect(which).to_be_hidden()
    draft.refresh_from_db()
    assert draft.publish_at is None

    times = type_time(ann, f"{back}T02:30")
    expect(times).to_contain_text("00:30 UTC")
    expect(which.locator("option")).to_have_text(
        [re.compile(r"02:30 .*UTC\+2\), the first one"), re.compile(r"02:30 .*UTC\+1\), the second one")]
    )
    which.select_option("1")
    expect(times).to_contain_text("01:30 UTC")
    click(ann, "Schedule")
    expect(goes_out(ann)).to_contain_text(f"{back.day} Oct {YEAR}, 01:30 UTC")
    expect(which).to_have_value("1")
    expect(times).to_contain_text("01:30 UTC")
    draft.refresh_from_db()
    assert draft.publish_at == datetime(YEAR, 10, back.day, 1, 30, tzinfo=UTC)
    ann.page.reload()
    ann.ready()
    open_check(ann)
    expect(ann.page.locator("#schedule-at")).to_have_value(f"{back}T02:30")
    expect(which).to_have_value("1")


def test_findings_are_ignored_and_fixed_by_key(open_desk: OpenDesk, draft: Digest, papers: list[Paper]) -> None:
    entry = draft.entries.get(paper=papers[0])
    entry.shown_tweets.all().delete()
    draft.entries.update(read_at=datetime.now(UTC))
    ann = open_desk()
    finding, said = ann.page.locator(".finding"), ann.page.locator("#desk-said")
    ann.press("l")
    open_check(ann)
    expect(finding).to_have_count(1)
    ann.press("f")
    expect(said).to_have_text("Press j first to choose a finding")

    ann.press("j", "d")
    expect(finding).to_have_class(re.compile("ignored"))
    expect(finding).to_be_focused()
    ann.press("d")
    expect(finding).to_have_class(re.compile("blocking"))
    expect(finding).to_be_focused()
    ann.press("k", "f")
    expect(finding).to_have_count(0)
    expect(ann.page.locator("#publish-title")).to_be_focused()
    assert entry.shown_tweets.exists()
    ann.press("P")
    expect(pill(ann)).to_have_text("published")


def test_publication_is_taken_back_and_then_goes_out(
    open_desk: OpenDesk, draft: Digest, reader: Page, settings: Settings
) -> None:
    settings.PUBLISH_GRACE_SECONDS = 3
    ann = open_desk()
    bar, address = ann.page.locator("#desk-grace"), ann.site + draft.get_absolute_url()
    open_check(ann)
    ann.press("P")
    expect(bar).to_contain_text("Publishing 3 papers. Readers see them in")
    expect(pill(ann)).to_have_text("publishing")
    reader.goto(address)
    expect(reader.locator("article.entry")).to_have_count(0)
    ann.press("u")
    expect(pill(ann)).to_have_text("draft")
    expect(bar).to_be_hidden()

    ann.press("P")
    expect(pill(ann)).to_have_text("published")
    expect(bar).to_be_hidden()
    expect(ann.page.get_by_role("link", name="View page")).to_be_visible()
    expect(ann.page.locator(".happened")).to_contain_text("Last: published (Ann, ")
    assert events() == [(Kind.PUBLISHED, "")]


def test_correction_is_begun_and_dropped_by_key(open_desk: OpenDesk, published: Digest) -> None:
    ann = open_desk()
    open_check(ann)
    ann.press("C")
    expect(pill(ann)).to_have_text("correction, not published")
    ann.press("D")
    expect(ann.page.get_by_role("button", name="Discard the correction?")).to_be_visible()
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
    ann.drag(ann.candidate(papers[4].arxiv_id).locator(".score"), ann.entry(papers[0].arxiv_id))
    expect(ann.candidate(papers[4].arxiv_id)).not_to_have_class(re.compile("waiting"))
    assert "add" not in ann.requests


def test_withdrawn_and_published_again(open_desk: OpenDesk, reader: Page, published: Digest) -> None:
    ann = open_desk()
    address = ann.site + published.get_absolute_url()
    open_check(ann)
    ann.press("W")
    ann.type("It lists *another* day.")
    click(ann, "Withdraw the day")
    expect(ann.page.get_by_role("button", name="Withdraw this day?")).to_be_visible()
    assert Digest.objects.get().status == "published"
    click(ann, "Withdraw this day?")

    expect(pill(ann)).to_have_text("withdrawn")
    assert Digest.objects.get().status == "withdrawn"
    assert events() == [(Kind.PUBLISHED, ""), (Kind.WITHDRAWN, "It lists *another* day.")]
    render_changed()
    reader.goto(address)
    expect(reader.get_by_role("heading", name=re.compile("was withdrawn"))).to_be_visible()
    expect(reader.locator(".events em")).to_have_text("another")

    ann.press("Escape", "u")
    expect(ann.page.locator("#desk-toast")).to_contain_text("“withdrawn” isn’t a change to the list")
    open_check(ann)
    ann.press("P")
    expect(pill(ann)).to_have_text("published")
    again = Digest.objects.get()
    assert (again.status, again.published_at) == ("published", NOW)
    assert [kind for kind, _ in events()] == [Kind.PUBLISHED, Kind.WITHDRAWN, Kind.PUBLISHED]
    reader.goto(address)
    expect(reader.locator("article.entry")).to_have_count(3)


def test_correction_is_listed_and_published_with_a_note(
    open_desk: OpenDesk, reader: Page, published: Digest, papers: list[Paper]
) -> None:
    first, second, third = (paper.arxiv_id for paper in papers[:3])
    ann = open_desk()
    page = ann.page
    address = ann.site + published.get_absolute_url()
    open_check(ann)
    click(ann, "Correct…")
    expect(pill(ann)).to_have_text("correction, not published")

    ann.write_note(second, "Read it twice.")
    ann.entry(third).focus()
    ann.press("Alt+ArrowUp", "Alt+ArrowUp")
    ann.saved()
    changed = [f"“{papers[2].title}”: moved from 3 to 1.", f"“{papers[1].title}”: note changed."]
    expect(page.locator(".changed li")).to_have_text(changed)
    reader.goto(address)
    expect(reader.locator("article.entry").first).to_contain_text(papers[0].title)
    expect(reader.get_by_text("Read it twice.")).to_have_count(0)

    click(ann, "Publish correction")
    expect(page.locator("#desk-toast")).to_contain_text("Tell readers in a few words what was corrected")
    assert Digest.all_drafts.filter(corrects=published).exists()
    page.get_by_label("Tell readers what was corrected").fill("The order was *wrong*.")
    click(ann, "Publish correction")
    expect(pill(ann)).to_have_text("published")

    assert Digest.all_drafts.get() == published
    listed = [(entry.paper.arxiv_id, entry.note) for entry in published.entries.select_related("paper")]
    assert listed == [(third, ""), (first, ""), (second, "Read it twice.")]
    assert events()[-1] == (Kind.CORRECTED, "The order was *wrong*.")
    render_changed()
    reader.goto(address)
    expect(reader.locator("article.entry").first).to_contain_text(papers[2].title)
    expect(reader.get_by_text("Read it twice.")).to_be_visible()
    expect(reader.locator(".events li", has_text="corrected")).to_contain_text("The order was wrong.")
