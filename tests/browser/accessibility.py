"""What axe-core finds in a page, light and dark."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
RULES: dict[Scheme, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
"""All of them; in the dark only those that colours decide, since nothing else changes."""
AXE: str = Axe().axe_script
"""Half a megabyte."""
RUN = """async (options) => (await axe.run({...options, resultTypes: ["violations"]})).violations
    .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`)"""


def bring_axe(page: Page) -> None:
    """Have axe-core in each page that this one will be: it travels to the browser once."""
    page.add_init_script(AXE)


def violations(page: Page, scheme: Scheme) -> list[str]:
    """Each with the first place at which it is."""
    page.emulate_media(color_scheme=scheme)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, RULES[scheme])
    return found
