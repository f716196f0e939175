"""What every readers' page has to be in a real browser."""

from itertools import pairwise

from playwright.sync_api import Page

from tests.browser.accessibility import RULES, bring_axe, violations

WIDTHS = (280, 320, 390, 820, 1280)


def expect_accessible(page: Page) -> None:
    """axe-core finds nothing in the page as it stands, light and dark."""
    for scheme in RULES:
        assert (page.url, scheme, violations(page, scheme)) == (page.url, scheme, [])


def look_over(page: Page, site: str, pages: dict[str, int]) -> None:
    """The pages, by their addresses, answer with these statuses, and are accessible, quiet, self-contained, never wider than the
    screen, with headings in order. One round in both schemes and five widths each, since loading the pages takes the time.
    """
    asked, said, too_wide = [], [], []
    bring_axe(page)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append((page.url, message.text)))
    page.on("pageerror", lambda error: said.append((page.url, str(error))))
    for address, status in pages.items():
        response = page.goto(address)
        assert response is not None
        assert (address, response.status) == (address, status)
        expect_accessible(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") != width:
                too_wide.append((address, width))
        levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(one => Number(one.tagName[1]))")
        assert (address, levels[0], levels.count(1)) == (address, 1, 1)
        assert all(after <= before + 1 for before, after in pairwise(levels)), (address, levels)

    assert too_wide == [], too_wide
    assert {url for url in asked if not url.startswith(f"{site}/")} == set()
    assert f"{site}/static/readers/site.css" in asked
    # Chromium says itself that a page was answered with 404, or with 500.
    assert [(url, text) for url, text in said if "the server responded with a status of" not in text] == []
