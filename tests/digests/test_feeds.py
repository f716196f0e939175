"""The RSS feed."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"


def channel_of(client: Client, **request: str) -> ElementTree.Element:
    response = client.get("/rss.xml", **request)  # type: ignore[arg-type]
    assert response.status_code == 200
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ElementTree.fromstring(response.content).find("channel")
    assert channel is not None
    return channel


def test_rss_describes_the_site_at_its_own_address(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"

    channel = channel_of(client)

    assert (channel.findtext("title"), channel.findtext("link")) == ("Hot Papers", "https://papers.example/")
    link = channel.find(ATOM_LINK)
    assert link is not None
    assert link.attrib == {"href": "https://papers.example/rss.xml", "rel": "self"}


def test_rss_item_carries_the_digest(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    digest = make_digest(date(2021, 5, 12), published_at=datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC))
    make_entry(digest, make_paper(arxiv_id="2105.00001", title="R\\'enyi  & <b>", authors=["Ada", "Bob"]))

    [item] = channel_of(client).findall("item")

    assert item.findtext("title") == "Hot Papers 2021-05-12"
    assert item.findtext("link") == "https://papers.example/posts/hot-papers-2021-05-12"
    assert item.findtext("guid") == "https://papers.example/posts/hot-papers-2021-05-12"
    assert item.findtext("pubDate") == "Thu, 13 May 2021 09:14:27 +0000"
    assert item.findtext("description") == (
        '<ol>\n<li><a href="https://papers.example/papers/2105.00001">Rényi &amp; &lt;b&gt;</a>, Ada, Bob</li>\n</ol>'
    )


def test_rss_holds_the_newest_twenty(client: Client) -> None:
    days = [date(2021, 5, 1) + timedelta(days=n) for n in range(22)]
    for day in days:
        make_digest(day)

    titles = [item.findtext("title") for item in channel_of(client).findall("item")]

    assert titles == [f"Hot Papers {day}" for day in reversed(days[2:])]


def test_rss_marks_sample_data(client: Client) -> None:
    make_digest(is_sample=True)

    [item] = channel_of(client).findall("item")

    assert "<strong>Sample data.</strong>" in (item.findtext("description") or "")


def test_rss_without_a_digest_is_valid(client: Client) -> None:
    assert channel_of(client).findall("item") == []


def test_rss_links_do_not_follow_the_host_that_asked(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    make_digest()

    [item] = channel_of(client, HTTP_HOST="localhost").findall("item")

    assert item.findtext("link") == "https://papers.example/posts/hot-papers-2021-05-12"
