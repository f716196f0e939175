"""What pages say about themselves to search engines and to those who show a link."""

import json
import re
import struct
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from lxml import html
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from digests.reader.citations import MOST_AUTHORS
from digests.reader.lists.listing import listed
from digests.reader.lists.selections import Selection
from digests.reader.metadata import Metadata, metadata_of_digest, metadata_of_list, metadata_of_paper, part_after
from papers.models import Paper
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper
from tests.texts import texts_now_of

HOSTILE = '</script><script>alert(1)</script> & "quoted" <!-- \u2028'


def head_of(meta: Metadata) -> html.HtmlElement:
    return html.fromstring(f"<html><head>{render_to_string('_meta.html', {'meta': meta})}</head><body></body></html>")


def data_of(head: html.HtmlElement) -> dict[str, object]:
    [block] = head.xpath("//script")
    assert block.get("type") == "application/ld+json"
    found: dict[str, object] = json.loads(block.text)
    return found


def test_paper_is_a_scholarly_article() -> None:
    paper = Paper(
        arxiv_id="2105.00001",
        title="R\\'enyi & Co",
        abstract="We  show.",
        authors=["Ada", 'J. M\\"uller'],
        listing_date=date(2021, 5, 12),
        submitted_at=datetime(2021, 5, 10, 12, tzinfo=UTC),
    )

    head = head_of(metadata_of_paper(paper, ["cs.LG"], texts_now_of(paper)))

    assert data_of(head) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": "Rényi & Co",
        "author": [{"@type": "Person", "name": "Ada"}, {"@type": "Person", "name": "J. Müller"}],
        "url": "http://127.0.0.1:8000/papers/2105.00001",
        "sameAs": "https://arxiv.org/abs/2105.00001",
        "identifier": "arXiv:2105.00001",
        "datePublished": "2021-05-10",
        "abstract": "We show.",
        "keywords": ["cs.LG"],
    }
    assert head.xpath("//link[@rel='canonical']/@href") == ["http://127.0.0.1:8000/papers/2105.00001"]
    assert head.xpath("//meta[@name='description']/@content") == ["We show."]
    graph = {one.get("property"): one.get("content") for one in head.xpath("//meta[@property]")}
    assert graph == {
        "og:site_name": "Hot Papers",
        "og:type": "article",
        "og:title": "Rényi & Co",
        "og:description": "We show.",
        "og:url": "http://127.0.0.1:8000/papers/2105.00001",
        "og:image": "http://127.0.0.1:8000/papers/2105.00001.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Rényi & Co, by Ada, J. Müller",
    }


def test_metadata_cannot_leave_its_place() -> None:
    paper = Paper(arxiv_id="2105.00001", title=HOSTILE, abstract=HOSTILE, authors=[HOSTILE], listing_date=date(2021, 5, 12))

    head = head_of(metadata_of_paper(paper, [HOSTILE], texts_now_of(paper)))

    assert str(data_of(head)["headline"]).startswith('</script><script>alert(1)</script> & "quoted"')
    assert str(head.xpath("//meta[@property='og:title']/@content")[0]).startswith("</script>")


def test_names_of_thousands_do_not_fill_the_head() -> None:
    names = [f"Author{n} Name{n}" for n in range(3000)]
    paper = Paper(arxiv_id="2105.00001", title="Large", authors=names, listing_date=date(2021, 5, 12))

    head = head_of(metadata_of_paper(paper, ["cs.LG"], texts_now_of(paper)))

    told = [{"@type": "Person", "name": name} for name in names[:MOST_AUTHORS]]
    assert data_of(head)["author"] == told
    assert head.xpath("//meta[@name='citation_author']/@content") == names[:MOST_AUTHORS]
    assert len(html.tostring(head)) < 40_000


def test_long_abstract_is_cut_in_the_description() -> None:
    paper = Paper(arxiv_id="2105.00001", title="T", abstract="word " * 100, listing_date=date(2021, 5, 12))

    [description] = head_of(metadata_of_paper(paper, [], texts_now_of(paper))).xpath("//meta[@name='description']/@content")

    assert (len(str(description)), str(description)[-1]) == (200, "…")


@pytest.mark.django_db
def test_digest_is_a_collection_of_its_papers() -> None:
    digest = make_digest(date(2021, 5, 12))
    for title in ("First", "Second"):
        make_entry(digest, make_paper(title=title))

    meta = metadata_of_digest(digest, list(digest.entries.all()), texts_now_of(*digest.papers.all()))

    assert meta.description == "The arXiv papers people talked about on 12 May 2021: First; Second"
    assert meta.data is not None
    items = meta.data["mainEntity"]["itemListElement"]
    assert [(one["position"], one["item"]["headline"]) for one in items] == [(1, "First"), (2, "Second")]
    assert (meta.data["@type"], meta.data["datePublished"]) == ("CollectionPage", "2021-05-12T20:00:00+00:00")


@pytest.mark.django_db
def test_list_is_a_collection_with_one_address() -> None:
    make_digest(date(2021, 5, 12), papers=3)
    selection = Selection.of(category="cs.LG")

    first = listed(selection, limit=2)
    texts = texts_now_of(*Paper.objects.all())
    second = metadata_of_list(listed(selection, first.next_after, limit=2), texts)

    assert metadata_of_list(first, texts).canonical == "http://127.0.0.1:8000/papers?category=cs.LG"
    assert second.canonical == "http://127.0.0.1:8000/papers?category=cs.LG&after=2021-05-12.2"
    assert second.data is not None
    assert len(second.data["mainEntity"]["itemListElement"]) == 1


@pytest.mark.django_db
def test_page_without_papers_is_a_page(client: Client) -> None:
    assert '"itemListElement": []' in client.get("/papers").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/archive", "All days"),
        ("/archive/2021", "Hot papers of 2021"),
        ("/archive/2021/05", "Hot papers of May 2021"),
        ("/about", "How the ranking works"),
        ("/days", "Day log"),
        ("/days?before=2021-05-13", "Day log before 2021-05-13"),
        ("/days/2021-05-12", "Log of 12 May 2021"),
        ("/search", "Search"),
        ("/search?q=graph+nets", "Search for “graph nets”"),
    ],
)
def test_page_names_itself_once(client: Client, address: str, title: str) -> None:
    make_digest(date(2021, 5, 12), papers=1)

    head = html.fromstring(client.get(address).content.decode())

    assert head.xpath("//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{address}"]
    assert head.xpath("//meta[@property='og:title']/@content") == [title]
    assert head.xpath("count(//meta[@name='description'])") == 1
    assert head.xpath("//meta[@name='robots']/@content") == (["noindex"] if "q=" in address else [])


def test_image_is_what_its_metadata_say() -> None:
    image = (settings.BASE_DIR / "static/og.png").read_bytes()

    assert struct.unpack(">II", image[16:24]) == (1200, 630)
    assert len(image) < 40_000


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_policy_lets_data_be(browser: Browser, live_server: LiveServer) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(title=HOSTILE))
    page = browser.new_page(viewport={"width": 360, "height": 700})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{live_server.url}/papers")

    block = page.locator("script[type='application/ld+json']").text_content()
    assert json.loads(block or "")["@type"] == "CollectionPage"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert said == []
    page.close()


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("", ""),
        ("2021-05-12.4", "after 12 May 2021, no. 4"),
        ("network.1234.56", "after score 1,234, 56"),
        ("2021-13-12.4", "after 2021-13-12.4"),
        ("83012", "after 83012"),
    ],
)
def test_further_pages_say_after_what_they_begin(place: str, part: str) -> None:
    assert part_after(place) == part


@pytest.mark.django_db
def test_pages_of_one_search_have_titles_of_their_own(client: Client) -> None:
    make_digest(papers=3)
    index_changed()
    addresses = [f"/search?q=ada{more}" for more in ("", "&order=newest", "&order=hottest", "&in=posts", "&after=9000")]

    pages = [client.get(address).content.decode() for address in addresses]

    assert len({re.findall("<title>(.*?)</title>", page)[0] for page in pages}) == len(pages)
    assert len({re.findall('<meta name="description" content="(.*?)"', page)[0] for page in pages}) == len(pages)
