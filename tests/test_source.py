"""What holds for the source as a whole."""

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

MOST_LINES = 300
WRITTEN_BY_HAND = {".py", ".js", ".css", ".html", ".txt", ".xml"}
STILL_LONGER: dict[str, str] = {
    "digests/admin/digests.py": "to be split by subject",
    "digests/desk/actions.py": "to be split by subject",
    "digests/markdown/importing.py": "to be split by subject",
    "digests/models.py": "to be split by subject",
    "papers/models.py": "to be split by subject",
    "papers/networks/x/client.py": "to be split by subject",
    "papers/sources/arxiv/client.py": "to be split by subject",
    "static/admin/desk.css": "to be split by subject",
    "static/admin/desk.js": "to be split by subject",
    "static/admin/editing.css": "to be split by subject",
    "static/readers/site.css": "to be split by subject",
    "tests/papers/collecting/test_swept.py": "to be split by subject",
}
"""Files that are longer for now, and why. It only ever gets shorter."""


@pytest.fixture(scope="module")
def written() -> list[str]:
    """The files that we write by hand: not migrations, nor what `make lock` writes."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if Path(name).suffix in WRITTEN_BY_HAND]
    return [name for name in files if "/migrations/" not in name and not name.startswith("requirements")]


def test_no_file_is_longer_than_300_lines(written: list[str]) -> None:
    lines = {name: len((settings.BASE_DIR / name).read_text().splitlines()) for name in written}

    assert sorted(name for name, count in lines.items() if count > MOST_LINES) == sorted(STILL_LONGER)
