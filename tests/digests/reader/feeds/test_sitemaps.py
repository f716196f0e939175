"""What search engines fetch, and the addresses that the old site had."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from lxml import etree
from pytest_django import DjangoAssertNumQueries, Settings

from digests.models import Digest, PublicEvent
from digests.reader.feeds import sitemaps
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"


def addresses(client: Client, path: str) -> list[tuple[str | None, str | None]]:
    """Each address and when it changed, of a map that is what https://www.sitemaps.org/schemas/sitemap/0.9/ describes."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    root = etree.fromstring(response.content)
    kind = {f"{SPACE}urlset": "url", f"{SPACE}sitemapindex": "sitemap"}[root.tag]
    assert {one.tag for one in root} == {f"{SPACE}{kind}"}
    for one in root:
        assert [child.tag for child in one] in ([f"{SPACE}loc"], [f"{SPACE}loc", f"{SPACE}lastmod"])
        assert re.fullmatch(r"https://papers\.example/[!-~]{0,2000}", one.findtext(f"{SPACE}loc", ""))
        assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", one.findtext(f"{SPACE}lastmod", "2021-05-12T20:00:00Z"))
    found = [(one.findtext(f"{SPACE}loc"), one.findtext(f"{SPACE}lastmod")) for one in root]
    assert len(set(found)) == len(found)
    return found


def test_sitemap_leads_to_each_month_that_has_a_list(client: Client) -> None:
    for day in (date(2019, 5, 12), date(2019, 5, 13), date(2021, 1, 4)):
        make_digest(day)
    make_digest(date(2023, 5, 12), status=Digest.Status.DRAFT)

    found = [address for address, _ in addresses(client, "/sitemap.xml")]

    assert found == [f"https://papers.example/sitemap-{name}.xml" for name in ("pages", "2021-01", "2019-05")]
    pages = ["", "papers", "archive", "rising", "days", "about"]
    pages += [f"hottest/{period}" for period in ("week", "month", "year", "ever")]
    pages += ["archive/2021", "archive/2019"]
    assert addresses(client, "/sitemap-pages.xml") == [(f"https://papers.example/{path}", None) for path in pages]


def test_sitemap_of_a_month_lists_its_days_their_papers_categories_and_authors(client: Client) -> None:
    digest = make_digest(date(2021, 5, 1))
    make_entry(digest, make_paper(arxiv_id="2105.00001", categories=("cs.LG",), authors=["Yann LeCun", "鈴木", "Yann Lecún"]))
    paper = make_paper(arxiv_id="cs/0112017", categories=("q-bio", "cs.LG"), authors=["Ada Example"])
    make_entry(digest, paper)
    newer = make_digest(date(2021, 5, 31))
    make_entry(newer, paper)
    PublicEvent.objects.create(digest=newer, kind=PublicEvent.Kind.CORRECTED, at=datetime(2022, 2, 3, 4, 5, 6, tzinfo=UTC))
    others = [make_paper(categories=("math.CO",), authors=["On Another List"]) for _ in range(3)]
    make_entry(make_digest(date(2021, 6, 1)), others[0])
    make_entry(make_digest(date(2021, 5, 4), status=Digest.Status.WITHDRAWN), others[1])
    index_changed()

    assert addresses(client, "/sitemap-2021-05.xml") == [
        ("https://papers.example/archive/2021/05", None),
        ("https://papers.example/posts/hot-papers-2021-05-01", "2021-05-01T20:00:00Z"),
        ("https://papers.example/posts/hot-papers-2021-05-31", "2022-02-03T04:05:06Z"),
        ("https://papers.example/papers/2105.00001", "2021-05-01T20:00:00Z"),
        ("https://papers.example/papers/cs/0112017", "2022-02-03T04:05:06Z"),
        ("https://papers.example/categories/cs.LG", None),
        ("https://papers.example/categories/q-bio", None),
        ("https://papers.example/authors/ada-example", None),
        ("https://papers.example/authors/yann-lecun", None),
        ("https://papers.example/authors/%E9%88%B4%E6%9C%A8", None),
    ]


def test_every_address_of_the_sitemaps_is_a_page_for_search_engines(client: Client) -> None:
    odd = [
        "---",
        "",
        "ᴬda",
        "Жанна Д’Арк",
        "김 민준",
        "n" * 40 + " " + "m" * 40 + " " + "o" * 17 + " x",
        "{\\O}rsted",
        "a.b/c?d#e",
    ]
    make_entry(make_digest(date(2021, 5, 12)), make_paper(authors=odd, categories=("cs.LG", "cond-mat.mtrl-sci")))
    make_digest(date(2020, 2, 3), papers=2)
    make_digest(date(2018, 12, 31), papers=1, is_sample=True)
    index_changed()

    maps = [address for address, _ in addresses(client, "/sitemap.xml")]
    listed = [address for one in maps for address, _ in addresses(client, str(one).removeprefix("https://papers.example"))]
    pages = {address: client.get(str(address).removeprefix("https://papers.example")) for address in listed}

    assert len([address for address in pages if "/authors/" in str(address)]) == 6 + 2
    assert {address: page.status_code for address, page in pages.items() if page.status_code != 200} == {}
    for address, page in pages.items():
        assert f'<link rel="canonical" href="{address}">' in page.content.decode()
        assert 'name="robots"' not in page.content.decode()


def test_sitemap_has_no_more_addresses_than_are_allowed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_entry(make_digest(date(2021, 5, 12)), make_paper(authors=[f"Author {n}" for n in range(9)]))
    index_changed()
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 7)

    found = [address for address, _ in addresses(client, "/sitemap-2021-05.xml")]

    assert len(found) == 7
    assert found[-1] == "https://papers.example/authors/author-1"


@pytest.mark.parametrize("month", ["2021-06", "2020-05", "0000-05", "2021-13", "2021", "20211-05"])
def test_sitemap_of_a_month_without_a_list_is_not_found(client: Client, month: str) -> None:
    make_digest(date(2021, 5, 12))

    assert client.get(f"/sitemap-{month}.xml").status_code == 404


@pytest.mark.parametrize("days", [1, 8])
def test_sitemap_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int
) -> None:
    for n in range(days):
        make_digest(date(2021, 5, 1 + n), papers=2)
    index_changed()

    for address, queries in (("/sitemap.xml", 1), ("/sitemap-2021-05.xml", 4), ("/sitemap-pages.xml", 1)):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_robots_are_told_what_is_closed(client: Client) -> None:
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /papers?\nDisallow: /papers.\nSitemap: https://papers.example/sitemap.xml\n"
    )


@pytest.mark.parametrize(
    ("old", "status"),
    [
        *((f"/{path}{slash}", 301) for path in ("category/ar-xiv", "tags", "categories") for slash in ("", "/")),
        *((f"/tag/{tag}/", 301) for tag in ("ar-xiv", "twitter", "machine-learning", "computer-science")),
        ("/page/2/", 302),
        ("/page/2", 302),
        ("/category/ar-xiv/page/3", 302),
        ("/tag/machine-learning/page/2/", 302),
    ],
)
def test_old_address_leads_to_the_days(client: Client, old: str, status: int) -> None:
    response = client.get(old)

    assert (response.status_code, response["Location"]) == (status, "/")


@pytest.mark.parametrize("address", ["/tag/nothing/", "/category/cs.LG/", "/page/x", "/page/", "/tag/ar-xiv/page/2/3"])
def test_address_that_no_site_had_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_old_addresses_of_posts_and_feed_work(client: Client) -> None:
    make_digest(date(2021, 5, 12))

    for address in ("/posts/hot-papers-2021-05-12", "/posts/hot-papers-2021-05-12/", "/rss.xml"):
        assert client.get(address).status_code == 200
