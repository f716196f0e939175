"""What the templates of readers' pages (templates/readers/, in Jinja) can use besides Jinja's own filters.

Editors' pages are in Django's template language, as the admin's are that they extend.
"""

from functools import lru_cache
from typing import Any

from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined

from digests.reader.posts import read_post
from digests.reader.sections import site_sections
from digests.templatetags import reading
from papers.network_words import marks

ABSENT: dict[str, Any] = {"request": None, "path": "", "meta": None, "feeds": (), "sandbox_clock": None}
"""Names that base.html asks for and that not every page has; any other name that is missing is an error."""


def network_marks() -> dict[str, SafeString]:
    """By network, the shapes of its mark."""
    return {network: mark_safe(shapes) for network, shapes in marks().items()}  # noqa: S308 (our own drawings)


def environment(**options: Any) -> Environment:
    """Jinja's environment, with the options that Django gives it (autoescape among them)."""
    environment = Environment(**options | {"undefined": StrictUndefined})  # noqa: S701 (Django turns autoescape on)
    environment.globals |= ABSENT | {"static": static, "url": url, "site_sections": site_sections, "network_marks": network_marks}
    environment.filters |= reading.register.filters | {"read_post": read_post}
    for name in ("capfirst", "pluralize", "truncatechars"):
        environment.filters[name] = getattr(defaultfilters, name)
    return environment


@lru_cache(maxsize=4096)
def url(name: str, *args: Any) -> str:
    """The address of the page that has the name; the addresses of a process never change."""
    return reverse(name, args=args)
