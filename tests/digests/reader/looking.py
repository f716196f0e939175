"""What every readers' page has to be in a real browser."""

from itertools import pairwise
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (280, 320, 390, 820, 1280)
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def expect_accessible(page: Page) -> None:
    """axe-core finds nothing in the page as it stands, light and dark."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page)
        violations = [violation["id"] for violation in results.response["violations"]]
        assert (page.url, scheme, violations) == (page.url, scheme, []), results.generate_report()


def look_over(page: Page, site: str, pages: dict[str, int]) -> None:
    """The pages, by their addresses, answer with these statuses, and are accessible, quiet, self-contained, never wider than the
    screen, with headings in order. One round in both schemes and five widths each, since loading the pages takes the time.
    """
    asked, said, too_wide = [], [], []
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
