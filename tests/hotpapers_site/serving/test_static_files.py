"""Static files are collected when one has changed, and not otherwise."""

import os
from pathlib import Path

from pytest_django import Settings

from hotpapers_site.serving import static_files


def test_they_are_collected_only_when_one_has_changed(settings: Settings, tmp_path: Path) -> None:
    ours, root = tmp_path / "ours", tmp_path / "root"
    ours.mkdir()
    (ours / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT, settings.HASHED_STATIC = [ours], root, True
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }

    assert (static_files.collect_changed(), static_files.collect_changed()) == (True, False)
    before = {path.name for path in root.glob("a.*.css")}
    (ours / "a.css").write_text("b{}")
    later = (root / "staticfiles.json").stat().st_mtime + 1
    os.utime(ours / "a.css", (later, later))
    assert static_files.collect_changed()
    after = {path.name for path in root.glob("a.*.css")}
    assert len(before) == len(after) == 1
    assert before != after

    settings.HASHED_STATIC = False
    os.utime(ours / "a.css", (later + 10, later + 10))
    assert not static_files.collect_changed()
