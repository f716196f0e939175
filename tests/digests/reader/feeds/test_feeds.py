"""The feeds: what they carry, and that they keep to their formats."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import Settings

from digests.models import Digest, PublicEvent
from papers.models import Tweet
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.feed_rules import ATOM, check_atom, check_json_feed, check_rss

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
    render_changed()

    [item] = channel_of(client).findall("item")

    assert item.findtext("title") == "Hot Papers 2021-05-12: Rényi & <b>"
    assert item.findtext("link") == "https://papers.example/posts/hot-papers-2021-05-12"
    assert item.findtext("guid") == "https://papers.example/posts/hot-papers-2021-05-12"
    assert item.findtext("pubDate") == "Thu, 13 May 2021 09:14:27 +0000"
    assert item.findtext("description") == (
        '<ol>\n<li><p><a href="https://papers.example/papers/2105.00001"><strong>Rényi &amp; &lt;b&gt;</strong></a><br>Ada, Bob</p>\n'
        '<p>X 12 reposts, 80 likes, as of <time datetime="2021-05-13T09:14:27Z">13 May 2021, 09:14 UTC</time></p>\n'
        "<p>We show that synthetic papers have synthetic abstracts.</p>\n"
        '<p><a href="https://arxiv.org/abs/2105.00001">abs</a> · <a href="https://arxiv.org/pdf/2105.00001">pdf</a></p></li>\n</ol>'
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


# All formats, by their rules


WEEKLY = ["/weekly.xml", "/weekly.atom", "/weekly.json"]
ADDRESSES = ["/rss.xml", "/feed.atom", "/feed.json", *WEEKLY, "/papers.atom", "/papers.json", "/papers.atom?order=hottest"]
CHECKS = {"rss": check_rss, "ato": check_atom, "jso": check_json_feed}


def check(client: Client, address: str) -> Any:
    """The parsed feed, after it was checked against the rules of its format."""
    response = client.get(address)
    assert response.status_code == 200
    name = address.partition("?")[0]
    return check_rss(response.content) if name.endswith(".xml") else CHECKS[name.partition(".")[2][:3]](response.content)


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_keeps_to_its_format_whatever_it_holds(client: Client, address: str) -> None:
    assert check(client, address) is not None  # without an item
    digest = make_digest(date(2021, 5, 12))
    hostile = ["</title><script>&amp;\x00\x0b\ufffe]]>", "R\\'enyi $a < b$ & <i>", "𝔘 مرحبا", " e "]
    for title in hostile:
        make_entry(
            digest,
            make_paper(
                title=title.replace("\x00", ""),
                abstract=title.replace("\x00", "\x01"),
                authors=[title.replace("\x00", ""), "\x02", ""],
            ),
        )
    make_entry(digest, make_paper(title="Nobody, nothing", abstract="", authors=[], categories=()))
    paper = make_paper(title="Twice")
    make_entry(digest, paper)
    make_entry(make_digest(date(2021, 5, 13)), paper)
    make_digest(date(2021, 5, 14))

    assert check(client, address) is not None


def test_atom_entry_carries_the_paper(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    digest = make_digest(date(2021, 5, 12), published_at=datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC))
    paper = make_paper(
        arxiv_id="2105.00001", title="R\\'enyi  & <b>", authors=["Ada", 'J. M\\"uller'], abstract="One.   Two & <i>."
    )
    make_entry(digest, paper)
    PublicEvent.objects.create(digest=digest, kind=PublicEvent.Kind.CORRECTED, at=datetime(2021, 5, 14, tzinfo=UTC))
    render_changed()

    feed = check(client, "/papers.atom?category=cs.LG")

    assert [link.attrib for link in feed.findall(ATOM_LINK)] == [
        {"href": "https://papers.example/papers?category=cs.LG", "rel": "alternate"},
        {"href": "https://papers.example/papers.atom?category=cs.LG", "rel": "self"},
    ]
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Rényi & <b>"
    assert entry.findtext(f"{ATOM}id") == "https://papers.example/papers/2105.00001"
    assert entry.findtext(f"{ATOM}published") == "2021-05-13T09:14:27+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2021-05-14T00:00:00+00:00"
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] == ["Ada", "J. Müller"]
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["cs.LG", "stat.ML"]
    summary = entry.findtext(f"{ATOM}summary")
    assert "<p>One.</p>\n<p>Two &amp; &lt;i&gt;.</p>" in summary
    assert "12 reposts" in summary
    assert 'datetime="2021-05-13T09:14:27Z"' in summary


def test_json_feed_item_carries_the_paper_and_ids_of_tweets(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    paper = make_paper(
        arxiv_id="2105.00001",
        title="A & B",
        authors=["Ada"],
        abstract="One.   Two, see https://github.com/ada/two.",
    )
    gone = make_tweet(paper, status_id="1392361237063311360", state=Tweet.State.DELETED)
    shown = make_tweet(paper, status_id="1392361237063311361", body_html="secret words")
    make_entry(make_digest(date(2021, 5, 12)), paper, shown, gone, shown)
    render_changed()

    [item] = check(client, "/papers.json")["items"]

    assert item == {
        "id": "https://papers.example/papers/2105.00001",
        "url": "https://papers.example/papers/2105.00001",
        "external_url": "https://arxiv.org/abs/2105.00001",
        "title": "A & B",
        "content_text": "One.\n\nTwo, see https://github.com/ada/two.",
        "date_published": "2021-05-12T20:00:00Z",
        "date_modified": "2021-05-12T20:00:00Z",
        "authors": [{"name": "Ada"}],
        "tags": ["cs.LG", "stat.ML"],
        "_hot_papers": {
            "arxiv_id": "2105.00001",
            "pdf": "https://arxiv.org/pdf/2105.00001",
            "code": ["https://github.com/ada/two"],
            "listing_day": "2021-05-12",
            "number": 1,
            "retweets": 12,
            "favorites": 80,
            "counts": {"x": {"retweets": 12, "favorites": 80}},
            "posts": ["https://twitter.com/example_lab/status/1392361237063311361"],
            "counts_read_at": "2021-05-13T09:14:27Z",
            "counts_are_inflated": False,
            "tweet_ids": ["1392361237063311361"],
            "is_sample": False,
        },
    }


def test_json_feed_of_days_carries_their_papers(client: Client) -> None:
    digest = make_digest(date(2021, 5, 12), papers=2)

    [item] = check(client, "/feed.json")["items"]

    papers = [entry.paper.arxiv_id for entry in digest.entries.all()]
    title = f"Hot Papers 2021-05-12: {digest.entries.all()[0].title}, and 1 more"
    assert (item["title"], item["_hot_papers"]) == (title, {"listing_day": "2021-05-12", "papers": papers})


def test_feed_of_papers_goes_on_where_it_ends(client: Client) -> None:
    digest = make_digest(date(2021, 5, 12))
    for _ in range(31):
        make_entry(digest, make_paper())

    first = check(client, "/papers.json?category=cs.LG")
    second = check(client, first["next_url"].removeprefix("http://127.0.0.1:8000"))
    older = [link.get("href") for link in check(client, "/papers.atom").findall(ATOM_LINK) if link.get("rel") == "next"]

    assert [len(first["items"]), len(second["items"]), "next_url" in second] == [30, 1, False]
    assert older == ["http://127.0.0.1:8000/papers.atom?after=2021-05-12.30"]


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
@pytest.mark.parametrize("address", [*ADDRESSES, "/papers.bib", "/sitemap.xml"])
def test_unchanged_feed_is_not_sent_again(client: Client, address: str) -> None:
    empty = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": empty}).status_code == 304

    digest = make_digest(date(2021, 5, 12), papers=1)
    etag = client.get(address)["ETag"]
    same = client.get(address, headers={"If-None-Match": etag})
    digest.status = Digest.Status.WITHDRAWN
    digest.save()
    withdrawn = client.get(address, headers={"If-None-Match": etag, "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})

    assert (same.status_code, withdrawn.status_code, withdrawn["ETag"] == empty) == (304, 200, True)


def test_feeds_set_no_cookie_and_answer_reading_methods_only(client: Client) -> None:
    for address in [*ADDRESSES, "/papers", "/papers.bib", "/robots.txt", "/sitemap.xml"]:
        assert (client.get(address).cookies, client.post(address).status_code) == ({}, 405)


@pytest.mark.parametrize(
    ("address", "selection"),
    [
        ("/posts/hot-papers-2021-05-12", "period=2021-05-12"),
        ("/archive/2021", "period=2021"),
        ("/archive/2021/05", "period=2021-05"),
        ("/categories/cs.LG", "category=cs.LG"),
        ("/authors/ada-example", "q=author%3A%22ada+example%22"),
        ("/search?q=synthetic+papers", "q=synthetic+papers"),
    ],
)
def test_page_links_the_feeds_of_what_it_shows(client: Client, address: str, selection: str) -> None:
    make_digest(date(2021, 5, 12), papers=1)
    index_changed()

    page = client.get(address).content.decode()

    for form in ("atom", "json", "bib"):
        assert page.count(f'href="/papers.{form}?{selection}"') == 2  # for programs, and for people
        assert "2105." in client.get(f"/papers.{form}?{selection}").content.decode()


def test_search_that_cannot_be_read_links_no_feed_of_its_own(client: Client) -> None:
    assert "/papers.atom" not in client.get("/search?q=since:x").content.decode()


def test_every_page_links_the_feeds(client: Client) -> None:
    make_digest(date(2021, 5, 12))

    for address in ("/", "/posts/hot-papers-2021-05-12", "/nothing"):
        page = client.get(address).content.decode()
        for feed in ("/rss.xml", "/feed.atom", "/feed.json"):
            assert f'href="{feed}"' in page
