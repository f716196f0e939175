"""What search engines fetch, and the addresses that the old site had."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from lxml import etree
from pytest_django import DjangoAssertNumQueries, Settings

from digests.models import Digest, PublicEvent
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"


def addresses(client: Client, path: str) -> list[tuple[str | None, str | None]]:
    """Each address and when it changed."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    root = etree.fromstring(response.content)
    return [(one.findtext(f"{SPACE}loc"), one.findtext(f"{SPACE}lastmod")) for one in root]


def test_sitemap_leads_to_each_year(client: Client) -> None:
    for year in (2019, 2021):
        make_digest(date(year, 5, 12))
    make_digest(date(2023, 5, 12), status=Digest.Status.DRAFT)

    found = [address for address, _ in addresses(client, "/sitemap.xml")]

    names = ["pages", "2021", "2020", "2019"]
    assert found == [f"https://papers.example/sitemap-{name}.xml" for name in names]
    pages = [
        "",
        "papers",
        "archive",
        "rising",
        "days",
        "about",
        *(f"hottest/{period}" for period in ("week", "month", "year", "ever")),
    ]
    assert [address for address, _ in addresses(client, "/sitemap-pages.xml")] == [
        f"https://papers.example/{path}" for path in pages
    ]


def test_sitemap_of_a_year_lists_its_days_and_papers(client: Client) -> None:
    digest = make_digest(date(2021, 5, 12))
    make_entry(digest, make_paper(arxiv_id="2105.00001"))
    paper = make_paper(arxiv_id="cs/0112017")
    make_entry(digest, paper)
    newer = make_digest(date(2021, 12, 31))
    make_entry(newer, paper)
    PublicEvent.objects.create(digest=newer, kind=PublicEvent.Kind.CORRECTED, at=datetime(2022, 2, 3, 4, 5, 6, tzinfo=UTC))
    make_digest(date(2022, 1, 1), papers=1)
    make_digest(date(2021, 6, 1), papers=1, status=Digest.Status.WITHDRAWN)

    assert addresses(client, "/sitemap-2021.xml") == [
        ("https://papers.example/archive/2021", None),
        ("https://papers.example/archive/2021/05", None),
        ("https://papers.example/archive/2021/12", None),
        ("https://papers.example/posts/hot-papers-2021-05-12", "2021-05-12T20:00:00Z"),
        ("https://papers.example/posts/hot-papers-2021-12-31", "2022-02-03T04:05:06Z"),
        ("https://papers.example/papers/2105.00001", "2021-05-12T20:00:00Z"),
        ("https://papers.example/papers/cs/0112017", "2022-02-03T04:05:06Z"),
    ]


@pytest.mark.parametrize("year", ["2020", "0000", "20211"])
def test_sitemap_of_a_year_without_a_list_is_not_found(client: Client, year: str) -> None:
    make_digest(date(2021, 5, 12))

    assert client.get(f"/sitemap-{year}.xml").status_code == 404


@pytest.mark.parametrize("days", [1, 8])
def test_sitemap_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int
) -> None:
    for n in range(days):
        make_digest(date(2021, 5, 1 + n), papers=2)

    for address, queries in (("/sitemap.xml", 2), ("/sitemap-2021.xml", 2), ("/sitemap-pages.xml", 0)):
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
