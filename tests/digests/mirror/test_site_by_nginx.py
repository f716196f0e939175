"""The site as files behind a plain nginx: a crawler finds no broken link and no external request, and the live pages' text."""

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client

from digests.mirror.targets import Kind, Target
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.conftest import absent
from tests.digests.mirror.mirrored import update
from tests.factories import make_digest
from tests.product import until
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
CONF = """daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {site}; gzip_static on; error_page 404 /404.html;
    location / {{ try_files $uri $uri/index.html =404; }} }}
}}
"""
REQUESTED = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*>")
NOT_ASKED_FOR = ("canonical", "alternate", "search")
"""What a `link` may lead to that no browser asks for."""


def answers(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    if not shutil.which("nginx"):
        absent("no nginx")
    for day in (11, 12, 13):
        make_digest(date(2021, 5, day), papers=2)
    index_changed()
    render_changed()
    update(Target("site", tmp_path / "site", Kind.HTML, "html"))
    port = free_port()
    (tmp_path / "nginx").mkdir()
    tmp_path.chmod(0o755)
    (tmp_path / "nginx.conf").write_text(CONF.format(folder=tmp_path / "nginx", site=tmp_path / "site", port=port))
    server = subprocess.Popen(["nginx", "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        assert until(lambda: answers(address), 30)
        yield address
    finally:
        server.terminate()
        server.wait()


def text_of(page: str) -> str:
    """What readers see of it."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page.partition("<body")[2], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_crawler_finds_no_broken_link_and_the_live_text(served: str, client: Client) -> None:
    seen, waiting, broken, external, pages = {"/"}, ["/"], [], [], 0
    with httpx.Client(base_url=served) as asking:
        while waiting:
            address = waiting.pop()
            answer = asking.get(address)
            if answer.status_code != 200:
                broken.append(address)
                continue
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            for tag in REQUESTED.findall(answer.text):
                relation = re.search(r'\srel="([^"]*)"', tag)
                found = re.search(r'\s(?:src|href)="([^"]*)"', tag)
                if found and urlsplit(found[1]).netloc and not (relation and relation[1] in NOT_ASKED_FOR):
                    external.append((address, found[1]))
            for link in re.findall(r'\s(?:href|src)="([^"#]*)', answer.text):
                to = html.unescape(link)
                if to.startswith("/") and to not in seen:
                    seen.add(to)
                    waiting.append(to)
            if "http-equiv" not in answer.text:
                pages += 1
                assert text_of(answer.text) == text_of(client.get(address).content.decode()), address
    assert (broken, external) == ([], [])
    assert pages > 20
