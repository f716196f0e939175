"""What the templates of readers' pages (templates/readers/, in Jinja) can use besides Jinja's own filters.

Editors' pages use Django's template language, like the admin that they extend.
"""

import os
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined
from jinja2.bccache import Bucket

from digests.reader.posts import read_post
from digests.reader.sections import site_sections
from digests.reader.styles import maths_fonts, style_sheets
from digests.templatetags import reading
from papers.network_words import marks

ABSENT: dict[str, Any] = {"request": None, "path": "", "meta": None, "feeds": (), "sandbox_clock": None}
"""Names that base.html asks for and that not every page has; any other name that is missing is an error."""


def network_marks() -> dict[str, SafeString]:
    """Return the shapes of each network's mark."""
    return {network: mark_safe(shapes) for network, shapes in marks().items()}  # noqa: S308 (our own drawings)


def environment(**options: Any) -> Environment:
    """Return Jinja's environment, with the options that Django gives it (autoescape among them)."""
    options |= {"undefined": StrictUndefined, "bytecode_cache": compiled_templates()}
    environment = Environment(**options)  # noqa: S701 (Django turns autoescape on)
    environment.globals |= ABSENT | {"static": static, "style_sheets": style_sheets, "url": url}
    environment.globals |= {"site_sections": site_sections, "network_marks": network_marks, "maths_fonts": maths_fonts}
    environment.filters |= reading.register.filters | {"read_post": read_post}
    for name in ("capfirst", "pluralize", "truncatechars"):
        environment.filters[name] = getattr(defaultfilters, name)
    return environment


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates as they were compiled once: a third of a second less for each process that starts."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a full disk; they are compiled again
            super().dump_bytecode(bucket)


def compiled_templates() -> CompiledTemplates | None:
    """None where the folder is not this user's alone: what stands there is run."""
    folder = Path(settings.VAR_DIR, "templates")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    is_ours = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return CompiledTemplates(str(folder)) if is_ours else None


@lru_cache(maxsize=4096)
def url(name: str, *args: Any) -> str:
    """Return the address of the page with this name; the addresses of a process never change."""
    return reverse(name, args=args)
