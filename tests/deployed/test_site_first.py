"""nginx with the shipped configuration answers with the mirror's files first, and asks the application for the rest."""

import gzip
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django.test import Client

from digests.reader.feeds.old_addresses import OLD_ADDRESSES
from tests.conftest import absent
from tests.deployed.shipped_nginx import asked_through_nginx
from tests.product import until

PAGE = "<!doctype html><p>A file." + " It is long." * 200
FILES = {
    "index.html": "home",
    "posts/hot-papers-2021-05-12/index.html": PAGE,
    "posts/hot-papers-2021-05-12.md": "A post.",
    "papers/2105.00001.bib": "@misc{}",
    "feed.atom": "<feed/>",
    "manifest.webmanifest": "{}",
    "static/style.0123456789ab.css": "p {}",
    "static/plain.css": "p {}",
    "hottest/index.html": "leads on",
    **{f"{address}/index.html": "leads on" for address in OLD_ADDRESSES},
}


class Application(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def answer(self) -> None:
        said = f"{self.command} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "nginx/site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    page = tmp_path / "nginx/site/posts/hot-papers-2021-05-12/index.html.gz"
    page.write_bytes(gzip.compress(PAGE.encode()))
    return tmp_path / "nginx/site"


@pytest.fixture
def reader(site: Path) -> Iterator[httpx.Client]:
    if not shutil.which("nginx"):
        absent("no nginx")
    application = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    try:
        with asked_through_nginx(site.parent, [application.server_port]) as client:
            yield client
    finally:
        application.shutdown()
        application.server_close()


def test_files_come_first_and_compressed(reader: httpx.Client) -> None:
    for coding in ("gzip", "identity"):
        page = reader.get("/posts/hot-papers-2021-05-12", headers={"Accept-Encoding": coding})
        assert (page.text, page.headers.get("Content-Encoding", "identity")) == (PAGE, coding)
        assert page.headers["Vary"] == "Accept-Encoding"
        known = {"Accept-Encoding": coding, "If-None-Match": page.headers["ETag"]}
        assert reader.get("/posts/hot-papers-2021-05-12", headers=known).status_code == 304


def test_application_is_asked_for_what_is_no_file(reader: httpx.Client) -> None:
    old = ["/hottest", *(f"/{address}" for address in OLD_ADDRESSES)]
    for address in ("/?before=2021-05-12", "/posts/hot-papers-2021-05-12?x", "/search", "/posts/hot-papers-2021-05-13", *old):
        assert reader.get(address).text == f"GET {address}"
    assert reader.get("/", headers={"Cookie": "theme=dark; sessionid=secret"}).text == "GET /"
    assert reader.get("/", headers={"Cookie": "theme=dark"}).text == "home"
    posted = reader.post("/posts/hot-papers-2021-05-12", content=b"x")
    assert posted.text == "POST /posts/hot-papers-2021-05-12"
    assert posted.headers.get_list("X-Frame-Options") == ["SAMEORIGIN"]  # what the application says stands alone


def test_page_that_changed_or_went_is_seen_at_once(reader: httpx.Client, site: Path) -> None:
    address, page = "/posts/hot-papers-2021-05-12", site / "posts/hot-papers-2021-05-12/index.html"
    assert reader.get(address, headers={"Accept-Encoding": "identity"}).text == PAGE
    (site / "new").write_text("Changed.")
    (site / "new").replace(page)
    page.with_name("index.html.gz").unlink()
    assert until(lambda: reader.get(address).text == "Changed.", 30)
    page.unlink()
    assert until(lambda: reader.get(address).text == f"GET {address}", 30)


@pytest.mark.django_db(transaction=True)  # within one, no page is for everybody
def test_files_have_the_headers_of_the_applications_pages(reader: httpx.Client, client: Client) -> None:
    ours = client.get("/about")
    file = reader.get("/posts/hot-papers-2021-05-12")
    for name in (
        "Cache-Control",
        "Content-Type",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        "Vary",
        "X-Content-Type-Options",
        "X-Frame-Options",
    ):
        assert file.headers[name] == ours[name], name
    assert directives(file.headers["Content-Security-Policy"]) == directives(ours["Content-Security-Policy"])


def directives(policy: str) -> dict[str, set[str]]:
    """Without the sites that a setting names."""
    split = (one.split() for one in policy.split(";"))
    return {name: set(values) for name, *values in split if name != "frame-src"}


def test_kinds_of_files_are_named_and_last(reader: httpx.Client) -> None:
    kinds = {name: reader.get(f"/{name}").headers["Content-Type"] for name in FILES if "." in name and "html" not in name}
    assert kinds == {
        "posts/hot-papers-2021-05-12.md": "text/markdown; charset=utf-8",
        "papers/2105.00001.bib": "application/x-bibtex; charset=utf-8",
        "feed.atom": "application/atom+xml",
        "manifest.webmanifest": "application/manifest+json",
        "static/style.0123456789ab.css": "text/css; charset=utf-8",
        "static/plain.css": "text/css; charset=utf-8",
    }
    kept = [reader.get(f"/static/{name}").headers["Cache-Control"] for name in ("style.0123456789ab.css", "plain.css")]
    assert kept == ["public, max-age=315360000, immutable", "public, max-age=60"]
