"""The editors' calendar by key, and the date picker of the desk."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_browser import OpenDesk, accessible
from tests.digests.desk.desk_days import DAY, make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_calendar_is_walked_by_key(open_desk: OpenDesk) -> None:
    make_draft(make_day(3, hot=3)[:2])
    ann = open_desk()
    page = ann.page
    ann.press("Z")
    expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
    found = accessible(page, "calendar")
    day = page.locator(f"a[href='/admin/desk/{DAY}/']")
    day.focus()
    ann.press("ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight")
    expect(day).to_be_focused()
    expect(page.locator("#calendar a[tabindex='0']")).to_have_count(1)
    ann.press("[")
    expect(page.get_by_role("heading", name="October 2026")).to_be_visible()
    ann.press("]")
    expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
    page.locator(f"a[href='/admin/desk/{DAY}/']").focus()
    ann.press("Enter")
    ann.ready()
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Go to").fill("2026-11-12")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="Thursday 12 November 2026")).to_be_visible()
    assert found == []
