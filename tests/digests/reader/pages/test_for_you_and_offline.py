"""What lets readers stay: their own page, the app, icons."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve

from tests.digests.reader.reader_pages import addresses

pytestmark = pytest.mark.django_db


def test_page_for_the_reader_says_what_it_needs_without_scripts(client: Client) -> None:
    page = client.get("/for-you").content.decode()

    assert "This page needs JavaScript, because what you save and follow is stored in your browser only." in page
    assert '<meta name="robots" content="noindex">' in page
    assert client.get("/for-you").cookies == {}


def test_manifest_is_complete_and_its_addresses_are_there(client: Client) -> None:
    response = client.get("/manifest.webmanifest")
    manifest = json.loads(response.content)

    assert response["Content-Type"] == "application/manifest+json"
    assert [(icon["src"], icon["sizes"], icon["purpose"]) for icon in manifest["icons"]] == [
        ("/static/icon-192.png", "192x192", "any"),
        ("/static/icon-512.png", "512x512", "any"),
        ("/static/icon-maskable-512.png", "512x512", "maskable"),
    ]
    for address in (
        manifest["start_url"],
        *(one["url"] for one in manifest["shortcuts"]),
        *(one["src"] for one in manifest["icons"]),
    ):
        assert resolve(address) if not address.startswith("/static/") else finders.find(address.removeprefix("/static/"))
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/").content.decode()


def test_service_worker_names_its_assets_and_its_version(client: Client) -> None:
    response = client.get("/service-worker.js")
    script = response.content.decode()

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert re.match('const VERSION = "[0-9a-f]{12}";\n', script)
    for address in json.loads(script.split("const ASSETS = ")[1].split(";\n")[0]):
        assert address in ("/for-you", "/offline") or finders.find(address.removeprefix("/static/")), address
    # What the page loads is there offline, too.
    page = client.get("/for-you").content.decode()
    for address in re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page):
        assert f'"{address}"' in script


@pytest.mark.parametrize(("address", "kind"), [("/favicon.ico", "image/x-icon"), ("/apple-touch-icon.png", "image/png")])
def test_icons_are_where_browsers_look(client: Client, address: str, kind: str) -> None:
    response = client.get(address)

    assert (response.status_code, response["Content-Type"]) == (200, kind)


def test_pages_of_selections_can_be_followed(client: Client) -> None:
    addresses()
    for address, feed in (
        ("/authors/ada-example", "/papers.atom?q=author%3A%22ada+example%22"),
        ("/categories/cs.LG", "/papers.atom?category=cs.LG"),
        ("/papers?category=cs.LG&order=hottest", "/papers.atom?category=cs.LG&amp;order=hottest"),
        ("/search?q=synthetic+papers", "/papers.atom?q=synthetic+papers"),
    ):
        assert f'data-follow="{feed}"' in client.get(address).content.decode(), address


def test_no_two_pages_have_the_same_title_or_description(client: Client) -> None:
    found = [client.get(address) for address in addresses() if not address.startswith("/search?q=%22")]
    pages = [one.content.decode() for one in found]

    for pattern in ("<title>(.*?)</title>", '<meta name="description" content="(.*?)">'):
        texts = [re.findall(pattern, page, re.DOTALL)[0] for page in pages]
        twice = {text for text in texts if texts.count(text) > 1}
        assert twice == set(), twice
