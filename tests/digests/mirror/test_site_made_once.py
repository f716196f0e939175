"""The site as files is made by several processes, and what pages share is made once."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.mirror import site as mirrored_site
from digests.mirror import site_pages
from digests.mirror.targets import Kind, Target
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import files, update
from tests.factories import make_digest

LINK = re.compile(rb'(?:href|src|action|data-suggest)="[^"]*"')
"""Some stay on the live site."""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed() -> list[str]:
    """The arXiv ids of papers on published lists."""
    made = [make_digest(date(2021, 5, day), papers=2) for day in (11, 12)]
    index_changed()
    render_changed()
    return [paper.arxiv_id for digest in made for paper in digest.papers.all()]


def test_processes_share_all_pages_pictures_and_citations(
    listed: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone, shared = (Target(name, tmp_path / name, Kind.HTML, "html") for name in ("alone", "shared"))
    update(alone)
    asked: list[str] = []

    def page(address: str, **options: bool) -> site_pages.Page | None:
        asked.append(address)  # of this process
        return made(address, **options)

    made = site_pages.page
    monkeypatch.setattr(site_pages, "page", page)
    monkeypatch.setattr(mirrored_site, "SHARE", 5)
    update(shared, processes=2)
    assert [address for address in asked if address.startswith(("/papers/", "/posts/"))] == []
    assert files(shared.folder) == files(alone.folder)


def test_citations_of_a_paper_are_looked_up_once(
    listed: list[str], tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = mirrored_site.Site(Target("site", tmp_path, Kind.HTML, "html"))
    addresses = [f"/papers/{listed[0]}.{form}" for form in ("bib", "ris", "csl.json")]
    with django_assert_num_queries(3):
        pages = list(made._crawl(addresses, set()))
    assert sorted(page.address for page in pages) == sorted(addresses)


@pytest.mark.parametrize("papers", [1, 10])
def test_pages_of_papers_take_a_constant_number_of_queries_together(
    tmp_path: Path, client: Client, django_assert_num_queries: DjangoAssertNumQueries, papers: int
) -> None:
    """As many as a page alone, but for two more for the second day on which arXiv listed them, and two for their month."""
    digests = [make_digest(date(2021, 5, 11) + timedelta(days=day), papers=papers) for day in range(2)]
    render_changed()
    addresses = [paper.get_absolute_url() for digest in digests for paper in digest.papers.all()]
    made = mirrored_site.Site(Target("site", tmp_path, Kind.HTML, "html"))
    with django_assert_num_queries(15):
        pages = list(made._pages(addresses))
    with django_assert_num_queries(3):
        pictures = list(made._pages([f"{address}.png" for address in addresses]))
    assert [picture.data for picture in pictures] == [client.get(f"{address}.png").content for address in addresses]
    assert [page.address for page in pages] == addresses
    for page in pages:
        live = client.get(page.address).content
        assert LINK.sub(b"", page.data) == LINK.sub(b"", live), page.address
