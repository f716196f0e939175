"""Steps of publishing at the desk in a browser."""

from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Locator, expect

from tests.browser.desk_browser import EditorAtDesk

YEAR = datetime.now(UTC).year + 1


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
