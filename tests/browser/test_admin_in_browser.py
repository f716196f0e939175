"""The digest's page in the admin, in a real browser: rows moved by keyboard, mouse and finger; accessible; nothing blocked."""

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest, Entry
from tests.browser.desk_browser import sign_in
from tests.browser.kept_pages import kept_page
from tests.editors import make_user
from tests.factories import make_draft, make_entry, make_paper, make_tweet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Scheme = Literal["light", "dark"]
VIEWPORT: ViewportSize = {"width": 1280, "height": 1400}


@pytest.fixture
def digest() -> Digest:
    digest = make_draft()
    for title in "ABCDE":
        paper = make_paper(title=title)
        make_entry(digest, paper, make_tweet(paper), make_tweet(paper), make_tweet(paper))
    return digest


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    scheme: Scheme = request.param
    return scheme


def open_page(browser: Browser, site: LiveServer, address: str, scheme: Scheme = "light", *, scripts: bool = True) -> Page:
    context = browser.new_context(color_scheme=scheme, java_script_enabled=scripts, viewport=VIEWPORT)
    page = context.new_page()
    sign_in(context, make_user(group="Editor"), site.url)
    page.goto(site.url + address)
    return page


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, digest: Digest) -> Iterator[Page]:
    """The digest's page, opened by an editor."""
    with kept_page(browser, live_server.url, has_touch=True, viewport=VIEWPORT) as page:
        sign_in(page.context, make_user(group="Editor"), live_server.url)
        page.goto(f"{live_server.url}/admin/digests/digest/{digest.pk}/change/")
        yield page


def handle(page: Page, title: str) -> Locator:
    return page.locator(f'.reorder-handle[aria-label$=" {title}"]')


def shown(page: Page) -> str:
    """The titles in the order of the table."""
    return "".join(
        text.split()[-1] for text in page.locator("tr.has_original:not(.sortable-fallback) td.field-paper").all_inner_texts()
    )


def numbers(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("tr.form-row:not(.empty-form) input[data-reorder]").all()]


def said(page: Page) -> str:
    return page.locator("[role=status]").inner_text()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("ul.messagelist li.success")).to_be_visible()


def stored(digest: Digest) -> str:
    return "".join(digest.entries.order_by("position").values_list("paper__title", flat=True))


def center(row: Locator) -> tuple[float, float]:
    box = row.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_for(page: Page, order: str) -> None:
    """The list follows the pointer some moments later: the drag looks twenty times a second where the pointer is."""
    deadline = time.monotonic() + 30
    while shown(page) != order and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert shown(page) == order


def test_arrow_keys_move_a_row_and_saving_keeps_the_order(page: Page, digest: Digest) -> None:
    handle(page, "D").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")

    assert (shown(page), numbers(page)) == ("ADBCE", ["1", "2", "3", "4", "5"])
    assert said(page).endswith("D to position 2 of 5")
    expect(handle(page, "D")).to_be_focused()

    save(page)
    assert stored(digest) == "ADBCE"


def test_arrow_keys_stop_at_the_ends(page: Page) -> None:
    handle(page, "A").focus()
    page.keyboard.press("ArrowUp")
    assert shown(page) == "ABCDE"

    handle(page, "E").focus()
    page.keyboard.press("ArrowDown")
    assert shown(page) == "ABCDE"
    assert said(page).endswith("E to position 5 of 5")


def test_escape_puts_a_row_back(page: Page) -> None:
    handle(page, "A").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert shown(page) == "BCDAE"

    page.keyboard.press("Escape")

    assert (shown(page), numbers(page)) == ("ABCDE", ["1", "2", "3", "4", "5"])
    assert said(page).startswith("Put back ")
    expect(handle(page, "A")).to_be_focused()


def test_mouse_drags_a_row_and_saving_keeps_the_order(page: Page, digest: Digest) -> None:
    start, end = center(handle(page, "A")), center(handle(page, "D"))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(end[0], end[1] + 15, steps=10)
    wait_for(page, "BCDAE")
    page.mouse.up()

    assert (shown(page), numbers(page)) == ("BCDAE", ["1", "2", "3", "4", "5"])
    assert said(page).endswith("A to position 4 of 5")

    save(page)
    assert stored(digest) == "BCDAE"


def test_escape_ends_a_drag(page: Page) -> None:
    end = center(handle(page, "D"))
    page.mouse.move(*center(handle(page, "A")))
    page.mouse.down()
    page.mouse.move(end[0], end[1] + 15, steps=10)
    wait_for(page, "BCDAE")

    page.keyboard.press("Escape")
    page.mouse.move(end[0], end[1], steps=3)
    page.mouse.up()

    assert shown(page) == "ABCDE"


def test_finger_drags_a_row(page: Page) -> None:
    start, end = center(handle(page, "E")), center(handle(page, "B"))
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for step in range(1, 11):
        point = {"x": end[0], "y": start[1] + (end[1] - 15 - start[1]) * step / 10}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    wait_for(page, "AEBCD")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert shown(page) == "AEBCD"


def test_number_typed_moves_the_row_there(page: Page) -> None:
    field = page.locator("input[name=entries-4-position]")
    field.fill("2")
    field.press("Tab")

    assert (shown(page), numbers(page)) == ("AEBCD", ["1", "2", "3", "4", "5"])


def test_new_paper_is_found_by_typing_put_in_its_place_and_saved(page: Page, digest: Digest) -> None:
    make_paper(title="New", arxiv_id="2105.77777")

    page.get_by_text("Add another Paper").click()
    page.locator("#entries-5 .select2-selection").click()
    page.keyboard.type("2105.77777")
    page.get_by_role("option", name="2105.77777 New").click()
    page.locator("#entries-5 .reorder-handle").focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    assert said(page) == "Moved 2105.77777 New to position 2 of 6"

    save(page)
    assert stored(digest) == "ANewBCDE"


def test_new_row_taken_out_leaves_the_saved_rows_as_they_were(page: Page, digest: Digest) -> None:
    """Django numbers its forms anew then, in the document's order, and expects the saved ones first."""
    page.get_by_text("Add another Paper").click()
    page.get_by_text("Add another Paper").click()
    page.locator("#entries-6 .reorder-handle").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    page.locator("#entries-5 .inline-deletelink").click()
    page.locator("#entries-5 .inline-deletelink").click()
    handle(page, "E").focus()
    page.keyboard.press("ArrowUp")

    save(page)
    assert stored(digest) == "ABCED"


def test_empty_new_row_is_no_error(page: Page, digest: Digest) -> None:
    page.get_by_text("Add another Paper").click()

    save(page)
    assert stored(digest) == "ABCDE"


def test_shown_tweets_move_by_keyboard(browser: Browser, live_server: LiveServer, digest: Digest) -> None:
    entry = Entry.objects.get(paper__title="A")
    before = list(entry.shown_tweets.values_list("pk", flat=True))
    page = open_page(browser, live_server, f"/admin/digests/entry/{entry.pk}/change/")

    page.locator("#shown_tweets-2 .reorder-handle").focus()
    page.keyboard.press("ArrowUp")
    save(page)

    assert list(entry.shown_tweets.values_list("pk", flat=True)) == [before[0], before[2], before[1]]


def test_order_is_kept_without_scripts(browser: Browser, live_server: LiveServer, digest: Digest) -> None:
    page = open_page(browser, live_server, f"/admin/digests/digest/{digest.pk}/change/", scripts=False)

    page.locator("input[name=entries-3-position]").fill("1")
    save(page)

    assert stored(digest) == "DABCE"


def test_pages_are_accessible_and_nothing_is_blocked(
    browser: Browser, live_server: LiveServer, digest: Digest, scheme: Scheme
) -> None:
    said: list[str] = []
    page = open_page(browser, live_server, "/admin/", scheme)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    entry = digest.entries.first()
    assert entry is not None

    for address in (f"/admin/digests/digest/{digest.pk}/change/", f"/admin/digests/entry/{entry.pk}/change/"):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        assert said == []
        results = Axe().run(page)
        serious = {
            violation["id"] for violation in results.response["violations"] if violation["impact"] in ("serious", "critical")
        }
        assert serious == set(), results.generate_report()
        said.clear()
