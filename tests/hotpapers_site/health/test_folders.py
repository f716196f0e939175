"""Folders that are elsewhere, closed or gone, as each process sees them."""

import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from digests.mirror.targets import Target
from hotpapers_site.health import readiness, troubles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.X_BEARER_TOKEN = "synthetic-token"


def test_a_mirror_of_another_machine_or_of_another_unit_is_no_trouble_of_this_process(
    running_product: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a web server without a mirror's disk become unready: nobody would be left to answer."""
    elsewhere, closed = tmp_path / "elsewhere", tmp_path / "closed"
    closed.mkdir()
    settings.MIRRORS = [Target("elsewhere", elsewhere), Target("closed", closed)]
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed and access(path, mode))
    assert [one.key for one in troubles.found()] == []
    assert not elsewhere.exists()
    settings.MIRRORS = [Target("blog", Path("/dev/null/mirror"))]
    assert readiness.checks()["disk"] == "ok"


def test_a_var_dir_that_is_gone_is_told(running_product: None, settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "gone"
    assert [one.key for one in troubles.found()] == ["folder VAR_DIR"]
    assert not settings.VAR_DIR.exists()
