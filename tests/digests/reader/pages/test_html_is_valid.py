"""Every kind of readers' page is valid HTML, by the Nu checker (https://validator.github.io/validator/)."""

import json
import shutil
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.test import Client

from digests.reader.pages import about
from papers import clock
from tests.conftest import absent
from tests.digests.reader.reader_pages import EMPTY, GONE, NOT_FOUND, NOT_UNDERSTOOD, READ_AT, addresses

CHECKER = Path(settings.BASE_DIR, "var/node/node_modules/vnu-jar/build/dist/vnu.jar")


@pytest.mark.slow
@pytest.mark.django_db
def test_pages_are_valid_html(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not shutil.which("java") or not CHECKER.exists():
        absent("no Java or no Nu checker; run `make system-test-tools`")
    monkeypatch.setattr(clock, "now", lambda: READ_AT)
    pages = {f"empty-{number}.html": (address, client.get(address)) for number, address in enumerate(EMPTY)}
    others = [*addresses(), NOT_FOUND, GONE, NOT_UNDERSTOOD]
    pages |= {f"{number}.html": (address, client.get(address)) for number, address in enumerate(others)}
    client.raise_request_exception = False
    monkeypatch.setattr(about, "rules", Mock(side_effect=RuntimeError("A fault of ours")))
    pages["broken.html"] = ("a fault of ours", client.get("/about"))
    for name, (_, response) in pages.items():
        (tmp_path / name).write_bytes(response.content)

    command = ["java", "-Xss1024k", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", "--stdout", str(tmp_path)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)

    # Which language a page is in the checker guesses from its words, and invented posts in four languages mislead it.
    messages = [one for one in json.loads(finished.stdout)["messages"] if "appears to be written in" not in one["message"]]
    found = {(pages[Path(message["url"]).name][0], message["message"], message.get("extract", "")) for message in messages}
    assert pages["broken.html"][1].status_code == 500
    assert {response["Content-Type"].partition(";")[0] for _, response in pages.values()} == {"text/html"}
    assert sorted(found) == []
