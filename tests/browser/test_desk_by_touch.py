"""The desk without keys: by touch on a tablet, and at 400% zoom, where a window is 320 px wide."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest, Dismissal
from tests.browser.desk_browser import EditorAtDesk, accessible, editors
from tests.digests.desk.desk_days import make_day, make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZOOMED, TABLET = (320, 640), (820, 1100)


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """The ids of eight papers, of which five are in the draft."""
    made = make_day(8, hot=8)
    make_draft(made[:5])
    return [paper.arxiv_id for paper in made]


@pytest.fixture(params=[ZOOMED, TABLET], ids=["zoomed", "tablet"])
def ann(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, papers: list[str]) -> Iterator[EditorAtDesk]:
    with editors(browser, live_server.url, size=request.param, touch=True) as open_desk:
        yield open_desk()


def tap(ann: EditorAtDesk, name: str, within: str = "#desk") -> None:
    ann.page.locator(within).get_by_role("button", name=name, exact=True).locator("visible=true").tap()


def stored() -> list[str]:
    return list(Digest.objects.get().entries.order_by("position").values_list("paper__arxiv_id", flat=True))


def fits(ann: EditorAtDesk) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def drag_by_finger(ann: EditorAtDesk, handle: Locator, row: Locator) -> None:
    """To the lower part of the row."""
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), row.bounding_box()
    assert start
    assert end
    x, top, bottom = start["x"] + 12, start["y"] + 12, end["y"] + end["height"] - 8
    touch = ann.context.new_cdp_session(ann.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": top}]})
    for step in range(1, 11):
        point = {"x": x, "y": top + (bottom - top) * step / 10}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_list_is_judged_trimmed_ordered_annotated_and_published_by_touch(ann: EditorAtDesk, papers: list[str]) -> None:
    page = ann.page
    found, fitting = [], [fits(ann)]

    tap(ann, "Candidates")
    ann.candidate(papers[5]).locator("a.title").tap()
    expect(page.locator("#look-title")).to_be_visible()
    fitting.append(fits(ann))
    page.locator("#look-acts").get_by_role("button", name="Add").tap()
    expect(page.locator("#look-place")).to_have_text("1 of 2")
    page.locator("#look-acts").get_by_role("button", name="Not today").tap()
    expect(page.locator("#look-place")).to_have_text("1 of 1")
    tap(ann, "Close quick look (Esc)")
    ann.saved()
    assert (stored(), Dismissal.objects.get().paper.arxiv_id) == (papers[:6], papers[6])

    tap(ann, "The list")
    for paper in (papers[3], papers[5]):
        ann.entry(paper).locator(".number").tap()
    fitting.append(fits(ann))
    found += accessible(page, "selected")
    page.locator("[data-selection=list]").get_by_role("button", name="Move to top").tap()
    ann.saved()
    assert stored() == [papers[3], papers[5], papers[0], papers[1], papers[2], papers[4]]
    drag_by_finger(ann, ann.entry(papers[5]).locator(".handle"), ann.entry(papers[0]))
    ann.saved()
    assert stored()[:3] == [papers[3], papers[0], papers[5]]
    ann.entry(papers[4]).get_by_role("button", name="Remove").tap()
    ann.saved()
    tap(ann, "Undo")
    expect(ann.entry(papers[4])).to_be_visible()

    ann.entry(papers[3]).locator("a.title").tap()
    page.locator("#look-acts").get_by_role("button", name="Note").tap()
    expect(ann.note(papers[3])).to_be_focused()
    ann.type("By *hand*")
    fitting.append(fits(ann))
    tap(ann, "Check and publish")
    expect(page.locator("#publish-title")).to_be_focused()
    fitting.append(fits(ann))
    found += accessible(page, "check")
    tap(ann, "Publish now")
    expect(page.locator(".head-row .pill").first).to_have_text("published")
    fitting.append(fits(ann))
    entry = Digest.objects.get().entries.get(position=1)
    assert (entry.paper.arxiv_id, entry.note) == (papers[3], "By *hand*")
    assert (found, fitting, ann.said) == ([], [True] * len(fitting), [])


IN_SIGHT = """element => { const {left, right, top, bottom} = element.getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && element.contains(
        document.elementFromPoint((left + right) / 2, (top + bottom) / 2)); }"""


def test_what_is_not_saved_is_told_in_sight(ann: EditorAtDesk, papers: list[str]) -> None:
    ann.context.set_offline(True)
    ann.entry(papers[0]).locator("a.title").tap()
    ann.page.locator("#look-acts").get_by_role("button", name="Note").tap()
    ann.type("Typed in the underground")

    expect(ann.saving).to_contain_text("no connection: 1 change kept in this browser")
    assert ann.saving.evaluate(IN_SIGHT)
    ann.context.set_offline(False)
    ann.saved()
    assert Digest.objects.get().entries.get(position=1).note == "Typed in the underground"


def test_menus_open_within_the_screen(ann: EditorAtDesk) -> None:
    for menu in ("Preview", "More"):
        summary = ann.page.locator("#desk-tools summary", has_text=menu)
        summary.tap()
        box = ann.page.locator("#desk-tools .menu[open] .menu-box")
        assert box.evaluate(IN_SIGHT), menu
        summary.tap()
