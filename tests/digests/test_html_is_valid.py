"""Every kind of readers' page is valid HTML, by the Nu checker (https://validator.github.io/validator/)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from tests.conftest import absent
from tests.digests.reader_pages import GONE, NOT_FOUND, NOT_UNDERSTOOD, addresses

CHECKER = Path(settings.BASE_DIR, "var/node/node_modules/vnu-jar/build/dist/vnu.jar")


@pytest.mark.slow
@pytest.mark.django_db
def test_pages_are_valid_html(client: Client, rf: RequestFactory, tmp_path: Path) -> None:
    if not shutil.which("java") or not CHECKER.exists():
        absent("no Java or no Nu checker; run `make system-test-tools`")
    pages = {}
    for number, address in enumerate([*addresses(), "/search?q=word", "/search?q=%22", NOT_FOUND, GONE, NOT_UNDERSTOOD]):
        response = client.get(address)
        if response["Content-Type"].startswith("text/html"):
            file = tmp_path / f"{number}.html"
            file.write_bytes(response.content)
            pages[file.name] = address
    (tmp_path / "broken.html").write_bytes(server_error(rf.get("/")).content)
    pages["broken.html"] = "an error of ours"

    command = ["java", "-Xss1024k", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", "--stdout", str(tmp_path)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)

    messages = json.loads(finished.stdout)["messages"]
    found = {(pages[Path(message["url"]).name], message["message"], message.get("extract", "")) for message in messages}
    assert len(pages) > 10
    assert sorted(found) == []
