"""Pins, titles, thresholds, and the dialogs' accessibility, at the desk."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from digests.desk import actions, texts
from digests.models import Digest
from papers.models import Paper, SavedRules
from tests.browser.desk_browser import OpenDesk, accessible
from tests.browser.publishing.steps import click, clock_change, goes_out, open_check, pill, type_time
from tests.digests.desk.desk_days import DAY, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bob(transactional_db: None) -> User:
    """Another editor, who sits elsewhere."""
    return User.objects.create(username="Bob")


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
    field = row.get_by_label("Title to show")
    field.fill("")
    field.blur()
    ann.saved()
    expect(row.locator("a.title")).to_have_text(papers[0].title)
    assert draft.entries.get(paper=papers[0]).printed_otherwise is None


def test_pin_that_another_set_meanwhile_is_not_taken_off_unasked(
    open_desk: OpenDesk, draft: Digest, papers: list[Paper], bob: User
) -> None:
    ann = open_desk()
    ann.context.set_offline(True)
    ann.press("l", "p", "p")
    actions.pin(DAY, papers[0], True, None, by=bob)
    ann.context.set_offline(False)

    expect(ann.conflict).to_be_visible()
    expect(ann.conflict.locator("[data-slot=theirs]")).to_have_text("pinned")
    expect(ann.conflict.locator("[data-slot=mine]")).to_have_text("not pinned")
    expect(ann.conflict.locator("[data-slot=who]")).to_contain_text("Bob")
    assert draft.entries.get(paper=papers[0]).is_pinned
    click(ann, "Apply anyway")
    ann.saved()
    assert not draft.entries.get(paper=papers[0]).is_pinned


def test_thresholds_are_tried_and_then_saved_for_the_site(open_desk: OpenDesk, papers: list[Paper]) -> None:
    ann = open_desk()
    hot, tried = ann.page.locator(".candidate.hot"), ann.page.locator("#desk-preview")
    ann.press("e")
    ann.type("10")
    ann.press("Enter")
    expect(tried.locator("h3")).to_have_text("2 would be added")
    expect(tried.locator("li")).to_contain_text([papers[3].title, "Part 6 20 points, rank 5"])
    ann.type("50")
    click(ann, "Preview")
    expect(tried.locator("h3")).to_have_text("1 would be removed")
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
    ann.hear_nothing()
    texts.note(DAY, papers[0], "Bob’s word", "", by=bob)
    ann.write_note(papers[0].arxiv_id, "Ann’s word")
    expect(ann.conflict.locator("[data-slot=edit]")).to_be_visible()
    found = accessible(page, "conflict of texts")
    ann.conflict.get_by_role("button", name="Keep theirs").click()
    expect(ann.note(papers[0].arxiv_id)).to_have_value("Bob’s word")

    open_check(ann)
    type_time(ann, f"{clock_change(10)}T02:30")
    expect(page.get_by_label("This time comes twice")).to_be_visible()
    found += accessible(page, "schedule, a time that comes twice")
    texts.intro(DAY, "Bob’s intro", "", by=bob)
    click(ann, "Schedule")
    expect(ann.conflict.locator("[data-slot=mine]")).to_contain_text("schedule it for")
    found += accessible(page, "conflict of a publication")
    click(ann, "Apply anyway")
    expect(goes_out(ann)).to_be_visible()
    found += accessible(page, "scheduled")

    assert found == []


def test_correction_is_accessible(open_desk: OpenDesk, published: Digest, papers: list[Paper]) -> None:
    ann = open_desk()
    open_check(ann)
    click(ann, "Correct…")
    expect(pill(ann)).to_have_text("correction, not published")
    ann.write_note(papers[0].arxiv_id, "A word")
    expect(ann.page.locator(".changed li")).to_have_count(1)
    click(ann, "Discard correction")
    expect(ann.page.get_by_role("button", name="Discard the correction?")).to_be_visible()

    assert accessible(ann.page, "correction with a change") == []


def test_comparisons_are_accessible(open_desk: OpenDesk, draft: Digest, papers: list[Paper], bob: User) -> None:
    texts.note(DAY, papers[0], "A word on it", "", by=bob)
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
    expect(page.get_by_text("Restored the list of")).to_be_visible()
    assert [(entry.paper, entry.note) for entry in draft.entries.all()] == [(paper, "") for paper in papers[:3]]

    compare(from_the_first=True)
    expect(page.get_by_text("These versions are identical.")).to_be_visible()
    found += accessible(page, "unchanged")
    compare(from_the_first=False)
    expect(page.get_by_text("Moved from 1 to 3")).to_be_visible()
    expect(page.locator("thead")).to_contain_text("restored the list of")
    found += accessible(page, "restored")

    assert found == []
