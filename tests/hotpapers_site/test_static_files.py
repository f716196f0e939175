"""Static files as a site in production serves them."""

import contextlib
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings


@pytest.mark.django_db
def test_collected_files_are_compressed_and_kept_for_ever(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", verbosity=0, interactive=False)
    client = Client()

    styles = re.findall(r'href="(/static/readers/site[^"]+)"', client.get("/").content.decode())

    assert [re.sub("[0-9a-f]{12}", "HASH", style) for style in styles] == ["/static/readers/site.HASH.css"]
    with contextlib.closing(client.get(styles[0], headers={"Accept-Encoding": "gzip"})) as response:
        assert response["Content-Encoding"] == "gzip"
        assert response["Cache-Control"] == "max-age=315360000, public, immutable"
