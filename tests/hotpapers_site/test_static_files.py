"""Static files as a site in production serves them."""

import contextlib
import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from digests.reader.styles import PARTS, WHOLE


@pytest.mark.django_db
def test_collected_files_are_compressed_and_kept_for_ever(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "hotpapers_site.serving.collected_files.CollectedFiles"}}
    settings.WHITENOISE_USE_FINDERS, settings.HASHED_STATIC = False, True
    call_command("collectstatic", verbosity=0, interactive=False)
    client = Client()

    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").content.decode())

    assert [re.sub("[0-9a-f]{12}", "HASH", style) for style in styles] == ["/static/readers/all.HASH.css"]
    parts = [(tmp_path / part).read_text() for part in PARTS]
    assert (tmp_path / WHOLE).read_text() == "\n".join(parts)
    fonts = re.findall(r"url\(\W*fonts/([^\")]+)", (tmp_path / styles[0].removeprefix("/static/")).read_text())
    assert [re.sub("[.][0-9a-f]{12}", "", font) for font in fonts] == [
        "source-serif-4-latin.woff2",
        "source-serif-4-latin-ext.woff2",
        "math.woff2",
        "math-letters.woff2",
        "math-more.woff2",
    ]
    assert all(re.search("[.][0-9a-f]{12}[.]woff2$", font) for font in fonts)
    for path in ("desk.js", next(tmp_path.glob("admin/desk.*.js")).name):  # its modules ask for each other without the hash
        whole = (tmp_path / "admin" / path).read_bytes()
        assert gzip.decompress((tmp_path / "admin" / f"{path}.gz").read_bytes()) == whole
        assert brotli.decompress((tmp_path / "admin" / f"{path}.br").read_bytes()) == whole
    with contextlib.closing(client.get(styles[0], headers={"Accept-Encoding": "gzip"})) as response:
        assert response["Content-Encoding"] == "gzip"
        assert response["Cache-Control"] == "max-age=315360000, public, immutable"
