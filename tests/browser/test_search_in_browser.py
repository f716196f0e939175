"""Searching in a real browser: suggestions while one types, by keyboard and by mouse, and the key that goes to the field."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.browser.kept_pages import kept_page
from tests.factories import make_paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIELD = "Words, names or an arXiv id"


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    make_paper(title="Barlow Twins: Learning", arxiv_id="2103.03230", authors=["Yann LeCun"])
    make_paper(title="Barlow Wheels", arxiv_id="2103.03231", authors=["Barb Wire"])
    index_changed()
    render_changed()
    with kept_page(browser, live_server.url, base_url=live_server.url) as page:
        yield page


def test_suggestions_are_chosen_by_keyboard_and_by_mouse(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search papers")).to_be_focused()

    page.keyboard.type("barl")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Barlow WheelsPaper", "Barlow Twins: LearningPaper"])
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.type("ow tw")
    expect(options).to_have_text(["Barlow Twins: LearningPaper"])
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/2103.03230")

    page.goto("/search?q=wheels")
    page.get_by_role("combobox", name=FIELD).fill("barb w")
    page.get_by_role("option", name="Barb Wire").click()
    page.wait_for_url("**/authors/barb-wire")


def test_enter_without_a_choice_searches_and_a_chip_is_taken_off(page: Page) -> None:
    page.goto("/search")
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_be_focused()
    field.fill("lecun 2021 twinz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=lecun+2021+twinz")
    expect(page.get_by_role("heading", name="1 paper")).to_be_visible()

    page.get_by_role("link", name="Author lecun (remove)").click()
    page.wait_for_url("**/search?q=2021+twin*")
    expect(page.get_by_role("link", name="Barlow Twins: Learning")).to_be_visible()
