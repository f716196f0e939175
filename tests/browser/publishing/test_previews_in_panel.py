"""The previews in the check, and the one primary button."""

import re

import pytest
from playwright.sync_api import Locator, expect
from pytest_django import Settings

from digests.models import Digest
from papers.models import Paper
from tests.browser.desk_browser import EditorAtDesk, OpenDesk, accessible
from tests.browser.publishing.steps import click, open_check, pill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def primary(ann: EditorAtDesk) -> Locator:
    return ann.page.locator("#desk .primary:visible")


def test_list_is_previewed_in_the_check(open_desk: OpenDesk, draft: Digest, papers: list[Paper]) -> None:
    ann = open_desk()
    page = ann.page
    open_check(ann)
    click(ann, "Page, phone")
    phone = page.frame_locator("iframe[title='Page, phone']")
    expect(phone.get_by_role("heading", name=papers[0].title)).to_be_visible()
    assert page.locator("iframe").evaluate("frame => [frame.offsetWidth, frame.sandbox.value]") == [390, "allow-same-origin"]
    found = accessible(page, "phone")
    click(ann, "Page, desktop")
    expect(page.frame_locator("iframe[title='Page, desktop']").locator("article.entry")).to_have_count(3)
    assert page.locator("iframe").evaluate("frame => frame.contentWindow.innerWidth") == 1280
    assert page.locator("#preview-place .frame").evaluate("box => box.offsetWidth <= box.parentElement.clientWidth")

    ann.write_note(papers[0].arxiv_id, "Read *this* twice.")
    expect(page.frame_locator("iframe").get_by_text("twice.")).to_be_visible()

    click(ann, "Feed entry")
    expect(page.frame_locator("iframe[title='Feed entry']").get_by_text("twice.")).to_be_visible()
    click(ann, "Share image")
    picture = page.get_by_role("img", name="Share image of this list")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('#preview-place img').naturalWidth === 1200")
    click(ann, "Markdown")
    expect(page.get_by_role("region", name="Markdown")).to_contain_text("title: Hot Papers 2026-11-19")
    found += accessible(page, "Markdown")
    click(ann, "Markdown")
    expect(page.get_by_role("region", name="Markdown")).to_have_count(0)
    ann.click(page.get_by_role("button", name="Close the check (Esc)"))
    expect(page.locator("#publish-column")).to_be_hidden()
    expect(page.locator("[data-do=panel]")).to_be_focused()
    assert found == []


def test_exactly_one_button_is_primary_and_says_what_it_does(open_desk: OpenDesk, draft: Digest, settings: Settings) -> None:
    ann = open_desk()
    expect(primary(ann)).to_have_text(["Check and publish"])
    open_check(ann)
    expect(primary(ann)).to_have_text(["Publish now"])
    ann.press("Escape")
    expect(primary(ann)).to_have_text(["Check and publish"])
    open_check(ann)
    ann.press("P")
    expect(pill(ann)).to_have_text("published")
    expect(primary(ann)).to_have_text([re.compile("View page")])
    ann.press("C")
    expect(pill(ann)).to_have_text("correction, not published")
    expect(primary(ann)).to_have_text(["Publish correction"])
    ann.press("Escape", "Escape")
    expect(primary(ann)).to_have_text(["Check and publish"])


def test_correction_is_taken_back_and_then_goes_out(open_desk: OpenDesk, published: Digest, settings: Settings) -> None:
    settings.PUBLISH_GRACE_SECONDS = 3
    ann = open_desk()
    bar = ann.page.locator("#desk-grace")
    open_check(ann)
    click(ann, "Correct…")
    expect(pill(ann)).to_have_text("correction, not published")
    ann.press("l", "x")
    ann.saved()
    ann.page.get_by_label("Tell readers what was corrected").fill("One paper less.")
    click(ann, "Publish correction")
    expect(bar).to_contain_text("Publishing the correction. Readers see it in")
    ann.press("u")
    expect(pill(ann)).to_have_text("correction, not published")
    assert (published.entries.count(), Digest.all_drafts.count()) == (3, 2)

    expect(ann.page.get_by_label("Tell readers what was corrected")).to_have_value("One paper less.")
    click(ann, "Publish correction")
    expect(pill(ann)).to_have_text("published")
    assert (published.entries.count(), Digest.all_drafts.count()) == (2, 1)
