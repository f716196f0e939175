"""Three published days, and a target in a folder that holds them."""

from datetime import date
from pathlib import Path

import pytest

from digests.mirror.targets import Target
from digests.models import Digest
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
