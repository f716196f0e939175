"""The sections of the site, as its head lists them, and which of them a page is in."""

import re
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse

SECTIONS = [
    ("Today", "home", (), r"/"),
    ("Rising", "rising", (), r"/rising"),
    ("Hottest", "hottest", ("week",), r"/hottest(?:/.*)?|/papers|/categories/.*"),
    ("For you", "for-you", (), r"/for-you|/reading"),
    ("Archive", "archive", (), r"/archive(?:/.*)?|/posts/.*|/papers/.*|/authors/.*|/days(?:/.*)?"),
]
"""The words, the page that they lead to, and the paths that are in the section."""


class Section(NamedTuple):
    href: str
    current: str
    """`page` where this is the section's first page, `true` where the page is in the section, else empty: for `aria-current`."""


@lru_cache(maxsize=4096)
def site_sections(path: str) -> list[tuple[str, Section]]:
    """All sections, for the page at the path."""
    found = []
    for words, name, arguments, paths in SECTIONS:
        href = reverse(name, args=arguments)
        here = "true" if re.fullmatch(paths, path) else ""
        found.append((words, Section(href, "page" if path == href else here)))
    return found
