"""The readers' pages in a real browser: accessible, quiet, self-contained, never wider than the screen, and comfortable."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from papers import clock
from tests.browser.kept_pages import kept_page
from tests.digests.reader.looking import expect_accessible, look_over
from tests.digests.reader.reader_pages import GONE, NOT_FOUND, NOT_UNDERSTOOD, READ_AT, addresses

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
DIGEST = "/posts/hot-papers-2021-05-12"
FIRST, SECOND, THIRD = "cs/0112017", "2105.77777", "2105.77778"


@dataclass(frozen=True)
class Site:
    url: str
    pages: dict[str, int]
    """All kinds of pages, by address, with the status that they answer."""


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """One archive for all tests here, which only read: making it takes as long as a test."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as frozen:
        frozen.setattr(clock, "now", lambda: READ_AT)
        server = LiveServer("localhost")
        yield Site(server.url, dict.fromkeys(addresses(), 200) | {NOT_FOUND: 404, GONE: 404, NOT_UNDERSTOOD: 400})
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with kept_page(browser, site.url, base_url=site.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        yield page


@pytest.mark.timeout(600)  # seconds; it takes thirty where nothing else runs
def test_all_pages_are_accessible_quiet_and_never_wider_than_the_screen(page: Page, site: Site) -> None:
    look_over(page, site.url, site.pages)
    page.close()  # axe-core was brought to it


def test_dates_and_months_that_are_links_are_24_pixels_high(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    heights = "links => links.filter((link) => link.checkVisibility()).map((link) => link.getBoundingClientRect().height)"
    found = {}
    for path, links in {"/papers": ".when a", "/archive/2021/05": ".month caption a", DIGEST: ".post figcaption a"}.items():
        page.goto(path)
        found[path] = page.locator(links).evaluate_all(heights)

    assert all(found.values())
    assert [height for of in found.values() for height in of if height < 24] == []


def test_what_scripts_show_is_accessible(page: Page) -> None:
    page.goto(DIGEST)
    page.locator("article").nth(1).get_by_role("button", name="Hide").click()
    page.locator("article").first.get_by_role("button", name="Mark read").click()
    for summary in page.locator("article summary").all():
        if summary.is_visible():
            summary.click()
    expect_accessible(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    expect_accessible(page)
    page.keyboard.press("Escape")
    page.locator("a[data-original]").first.click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect_accessible(page)

    page.goto("/reading")
    expect(page.locator("[data-marks-hidden] li")).to_have_count(1)
    expect_accessible(page)
    page.get_by_role("button", name="Forget all", exact=True).click()
    expect(page.get_by_role("button", name="Yes, forget all")).to_be_visible()
    expect_accessible(page)


def test_pages_work_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()

    page.goto(DIGEST)

    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator(".further .post").first).to_be_hidden()
    page.locator(".further summary").first.click()
    expect(page.locator(".further .post").first).to_be_visible()
    page.locator(".contents a").first.click()
    assert page.url.endswith(f"#paper-{FIRST}")
    page.goto("/reading")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    context.close()


def test_keyboard_skips_to_the_content(page: Page) -> None:
    page.goto("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_contents_follow_and_lead_to_the_paper(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(DIGEST)

    page.locator(".contents a").nth(3).click()

    expect(page.locator("article:target h2")).to_be_in_viewport()
    expect(page.locator(".contents a").nth(3)).to_have_attribute("aria-current", "location")
    expect(page.locator(".contents a").first).to_be_in_viewport()


def test_keys_go_from_paper_to_paper_and_open_one(page: Page) -> None:
    def current() -> str | None:
        found: str | None = page.evaluate("document.activeElement.closest('[data-paper]')?.dataset.paper")
        return found

    page.goto(DIGEST)
    visited = []
    for key in "jjk":
        page.keyboard.press(key)
        visited.append(current())
    assert visited == [FIRST, SECOND, FIRST]

    page.keyboard.press("r")
    expect(page.locator("article").first.get_by_role("button", name=re.compile("^Read"))).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/papers/*")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_a_paper_that_a_key_hides_keeps_the_focus(page: Page) -> None:
    page.goto(DIGEST)
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(f"article[data-paper='{SECOND}']")

    page.keyboard.press("x")
    expect(second.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("x")
    expect(second.locator("h2 a")).to_be_focused()


def test_keys_are_told_from_the_beginning_on_the_smallest_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(DIGEST)
    page.keyboard.press("?")

    expect(page.get_by_role("dialog").get_by_role("heading", name="Keys")).to_be_in_viewport()


@pytest.mark.parametrize("address", ["/categories/cs.LG", "/search?q=synthetic"])
def test_keys_work_in_lists_of_titles(page: Page, address: str) -> None:
    page.goto(address)
    items = page.locator("main li[data-paper]")
    visited = []
    for key in "jjk":
        page.keyboard.press(key)
        visited.append(page.evaluate("document.activeElement.closest('[data-paper]')?.dataset.paper"))
    ids = [items.nth(n).get_attribute("data-paper") for n in (0, 1)]
    assert visited == [ids[0], ids[1], ids[0]]

    page.keyboard.press("r")
    expect(items.first).to_have_class(re.compile("is-read"))
    page.keyboard.press("x")
    expect(items.first).to_have_class(re.compile("is-hidden"))
    expect(items.first.locator(".byline, .authors")).to_be_hidden()


def test_keys_mark_the_paper_of_a_page_without_focus(page: Page) -> None:
    page.goto(f"/papers/{SECOND}")

    page.keyboard.press("j")
    for key, name in (("r", "Read"), ("s", "Saved"), ("x", "Hidden")):
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def test_keys_can_be_switched_off(page: Page) -> None:
    page.goto("/about")
    tops = page.eval_on_selector_all(".keys dt:has(kbd + kbd + kbd) kbd", "all => all.map(one => one.offsetTop)")
    assert (len(tops), len(set(tops))) == (3, 1)  # r, s and x in one line
    page.get_by_label("Use these keys").uncheck()

    page.goto(DIGEST)
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement === document.body")


def test_theme_stays_and_is_there_before_the_first_paint(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    switch = page.get_by_role("button", name="Theme")
    switch.click()
    switch.click()
    expect(switch).to_have_text("Theme: dark")

    page.goto(DIGEST)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 23, 26)"
    assert page.evaluate("document.cookie") == ""


def test_read_and_hidden_papers_are_remembered_and_can_be_taken_along(page: Page, tmp_path: Path) -> None:
    page.goto(DIGEST)
    article = page.locator("article").nth(1)
    article.get_by_role("button", name="Hide").click()
    expect(article.locator(".abstract").first).to_be_hidden()
    page.locator("article").first.get_by_role("button", name="Mark read").click()
    page.locator("article").nth(2).get_by_role("button", name="Save").click()
    title = page.locator("article").nth(2).locator("h2 a").inner_text()

    page.goto("/reading")
    expect(page.get_by_role("status")).to_have_text("This browser remembers 1 read, 1 saved and 1 hidden papers.")
    expect(page.locator("[data-marks-saved] a")).to_have_text(title)
    expect(page.locator("[data-marks-saved] button")).to_have_text(f"Remove: {title}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    download.value.save_as(tmp_path / "marks.json")
    page.get_by_role("button", name="Forget all", exact=True).click()
    page.get_by_role("button", name="Yes, forget all").click()
    expect(page.get_by_role("status")).to_have_text("This browser remembers 0 read, 0 saved and 0 hidden papers.")
    page.get_by_label("Load from a file").set_input_files(tmp_path / "marks.json")
    expect(page.get_by_role("status")).to_contain_text("3 loaded from the file.")

    saved = json.loads((tmp_path / "marks.json").read_text())
    assert {kind: list(ids) for kind, ids in saved.items()} == {"read": [FIRST], "saved": [THIRD], "hidden": [SECOND]}
    page.goto(DIGEST)
    expect(page.locator("article").nth(1).locator(".abstract").first).to_be_hidden()


def test_marks_of_a_bad_file_are_not_taken_over(page: Page, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"read": {"<img>": "2021-05-12", "2105.00001": 7}, "hidden": []}')
    page.goto("/reading")

    page.get_by_label("Load from a file").set_input_files(tmp_path / "bad.json")

    expect(page.get_by_role("status")).to_contain_text("The file has none")


def test_citation_and_bibtex_are_copied(page: Page) -> None:
    page.goto(f"/papers/{SECOND}")

    page.get_by_role("button", name="Copy BibTeX").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"@misc{{arXiv:{SECOND},")


def test_nothing_moves_while_a_page_comes(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(DIGEST)

    shifts = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(one => one.value)))"
        ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 500))"
    )

    assert sum(shifts) < 0.001
