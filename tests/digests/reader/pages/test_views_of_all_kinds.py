"""All kinds of readers' pages over one archive: they answer, they link each other, they keep nothing of a reader."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.digests.reader.reader_pages import GONE, NOT_FOUND, addresses

pytestmark = pytest.mark.django_db


def test_every_page_answers_and_takes_ten_queries_at_most_a_search_forty(client: Client) -> None:
    for address in addresses():
        most = 40 if address.startswith("/search?") else 10
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert (address, response.status_code, len(queries) <= most) == (address, 200, True)
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")


def test_every_link_of_every_page_leads_somewhere(client: Client) -> None:
    known = {address: client.get(address).content.decode() for address in addresses()}
    links = {
        link.split("#")[0].replace("&amp;", "&")
        for page in known.values()
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', page)
        if not link.startswith("/static/")
    }

    broken = {link: status for link in links - {""} if (status := client.get(link).status_code) not in (200, 301, 302)}

    assert broken == {}


def test_no_page_holds_a_style_or_a_script_of_its_own(client: Client) -> None:
    for address in [*addresses(), GONE, NOT_FOUND]:
        page = client.get(address).content.decode()
        scripts = re.findall(r"<script(?! type=\"application/ld\+json\")[^>]*>", page)
        assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=", page) == []
        assert [script for script in scripts if 'src="/static/' not in script] == []
