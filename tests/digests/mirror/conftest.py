"""Three published days, and targets that hold them: a folder of posts, and the site as files."""

from datetime import date
from pathlib import Path

import pytest

from digests.mirror.targets import Kind, Target
from digests.models import Digest
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import update
from tests.factories import make_digest


@pytest.fixture
def digests() -> list[Digest]:
    return [make_digest(date(2021, 5, day), papers=2) for day in (10, 11, 12)]


@pytest.fixture
def target(digests: list[Digest], tmp_path: Path) -> Target:
    made = Target("notes", tmp_path / "notes")
    update(made)
    return made


@pytest.fixture
def site(digests: list[Digest], tmp_path: Path) -> Target:
    index_changed()
    render_changed()
    made = Target("site", tmp_path / "site", Kind.HTML, "html")
    update(made)
    return made
