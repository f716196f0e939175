"""The style sheets of readers' pages: in parts where files are served as they stand, in one where they are collected, since a
page is shown only when all of its sheets are there."""

import re

from django.conf import settings

PARTS = tuple(f"readers/{name}.css" for name in ("site", "papers", "lists", "home"))
WHOLE = "readers/all.css"
"""The parts in order."""
LETTERS = re.compile("[\u2102-\u2112\u2115-\u2131\U0001d400-\U0001d433\U0001d49c-\U0001d4cf\U0001d538-\U0001d56b]")
"""Bold, script and double-struck ones, which are in the second maths font."""


def style_sheets() -> tuple[str, ...]:
    """Those that a page names, by their paths among the static files."""
    return (WHOLE,) if settings.HASHED_STATIC else PARTS


def maths_fonts(html: str) -> list[str]:
    """The fonts that the formulas of a page are set in, which are asked for with the page, not after its style sheet."""
    if "<math" not in html:
        return []
    return ["fonts/math.woff2", *(["fonts/math-letters.woff2"] if LETTERS.search(html) else [])]
