"""The documents name what there is: settings, files, and other documents."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from hotpapers_site.settings import env

OF_THE_SANDBOX = {"SANDBOX_CLOCK"}
PATH = re.compile(r"`((?:papers|digests|hotpapers_site|templates|static|tests|docs|deploy|bench)/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
LISTED = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
DOCUMENTS = [name for name in LISTED.stdout.split("\0") if name and not name.startswith(("digests/", "docs/decisions/"))]
"""Decisions tell how it was when they were made."""


def test_readme_has_a_row_for_each_setting() -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", (settings.BASE_DIR / "README.md").read_text(), re.MULTILINE)

    assert set(re.findall(r"`([A-Z][A-Z_]*)`", " ".join(rows))) == env.names() - OF_THE_SANDBOX


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_names_files_that_there_are(name: str) -> None:
    document = settings.BASE_DIR / name
    text = document.read_text()
    named: list[Path] = [
        settings.BASE_DIR / path for path in PATH.findall(text) if not path.endswith(".env")
    ]  # operators write these
    named += [document.parent / link for link in LINK.findall(text)]

    assert [str(path) for path in named if not path.exists()] == []
