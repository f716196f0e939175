"""What axe-core finds in a page, light and dark."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
RULES: dict[Scheme, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
"""All of them; in the dark only those that colours decide, since nothing else changes."""


def violations(page: Page, scheme: Scheme) -> list[str]:
    """Each with the first place at which it is."""
    page.emulate_media(color_scheme=scheme)
    axe = Axe("0") if page.evaluate("'axe' in window") else Axe()  # its half a megabyte is read once
    found = axe.run(page, options=RULES[scheme] | {"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
