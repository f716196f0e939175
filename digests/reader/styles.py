"""The style sheets of readers' pages: in parts where files are served as they stand, in one where they are collected, since a
page is shown only when all of its sheets are there."""

from django.conf import settings

PARTS = tuple(f"readers/{name}.css" for name in ("site", "papers", "lists", "home"))
WHOLE = "readers/all.css"
"""The parts in order."""


def style_sheets() -> tuple[str, ...]:
    """Those that a page names, by their paths among the static files."""
    return (WHOLE,) if settings.HASHED_STATIC else PARTS
