"""Every page of the old site's real posts in a real browser."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.encoding import iri_to_uri
from lxml import html
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from papers.models import Paper, PaperAuthor, PaperCategory
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.browser.kept_pages import WITHOUT_SERVICE_WORKER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]
COMMAND = re.compile(r"\\[a-zA-Z]+")
MACROS = {"\\algoname"}
"""Of authors who wrote their own command into an abstract, outside of formulas: nobody knows what it stands for."""
NO_PAGE = re.compile(r"\.(md|bib|ris|atom|json|xml|png|zip)\b")
# BibTeX is TeX, posts are as people wrote them, and of the few formulas that cannot be converted the source is shown.
LOOK = """() => {
    const main = document.querySelector("main")
    const apart = [...main.querySelectorAll("pre, code, blockquote")]
    return [
        document.documentElement.scrollWidth,
        apart.reduce((rest, one) => rest.replace(one.innerText, ""), main.innerText),
        [...document.querySelectorAll("a[href^='/'], a[href^='?']")].map((link) => link.pathname + link.search),
    ]
}"""


@dataclass(frozen=True)
class Site:
    url: str
    pages: set[str]
    """The days, their logs, months and hottest papers, all papers and categories: links must lead to each of them."""
    authors: dict[str, set[str]]
    """The names of each author's page."""

    @property
    def remarkable_authors(self) -> set[str]:
        """Those whose names are long, or of other than plain letters."""
        plain = re.compile("[A-Za-z .-]{1,21}")
        return {page for page, names in self.authors.items() if not all(map(plain.fullmatch, names))}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, archive: Path) -> Iterator[Site]:
    with django_db_blocker.unblock():
        call_command("import_posts", str(archive), stdout=io.StringIO())
        index_changed()
        render_changed()
        pages = {paper.get_absolute_url() for paper in Paper.objects.all()}
        pages |= {f"/categories/{code}" for code in PaperCategory.objects.values_list("code", flat=True)}
        for day in Digest.objects.published().values_list("date", flat=True):
            pages |= {f"/posts/hot-papers-{day}", f"/days/{day}", f"/archive/{day:%Y}", f"/archive/{day:%Y/%m}"}
            pages |= {f"/hottest/{day:%Y}", f"/hottest/{day:%Y-%m}"}
        authors = defaultdict(set)
        for key, name in PaperAuthor.objects.values_list("key", "name"):
            authors[iri_to_uri(f"/authors/{key}")].add(name)
        server = LiveServer("localhost")
        yield Site(server.url, pages, authors)
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.timeout(600)  # seconds; forty where nothing else runs
def test_every_page_of_the_archive_is_quiet_and_never_wider_than_a_phone(browser: Browser, site: Site) -> None:
    """All links are followed from home on, so these are all pages that a reader can come to: days and their logs, papers,
    categories, years, months, the hottest of each period, and what comes behind the first page of a list. But of a thousand
    authors, whose pages are all alike, only the remarkable ones: the test below looks at all of them without a browser.
    """
    context = browser.new_context(base_url=site.url, viewport={"width": 360, "height": 740})
    context.add_init_script(WITHOUT_SERVICE_WORKER)
    page = context.new_page()
    asked, said, wide, commands = set(), [], {}, {}
    page.on("request", lambda request: asked.add(request.url))
    page.on("console", lambda message: said.append((page.url, message.text)))
    page.on("pageerror", lambda error: said.append((page.url, str(error))))

    left_out = site.authors.keys() - site.remarkable_authors
    addresses, known = ["/"], {"/"}
    for address in addresses:  # it grows meanwhile
        page.goto(address)
        width, text, links = page.evaluate(LOOK)
        if width != 360:
            wide[address] = width
        if found := {*COMMAND.findall(text)} - MACROS:
            commands[address] = found
        new = {link for link in links if not NO_PAGE.search(link)} - known - left_out
        known |= new
        addresses += sorted(new)
    context.close()

    assert {address for address in asked if not address.startswith(f"{site.url}/")} == set()
    assert said == []
    assert wide == {}
    assert commands == {}
    assert (site.pages | site.remarkable_authors) - known == set()
    assert {"/papers", "/archive", "/rising", "/days", "/about", "/hottest/ever"} - known == set()
    assert len([address for address in addresses if re.search("[?&](before|after)=", address)]) > 5


def test_every_author_of_the_archive_has_a_page_that_loads_nothing_from_elsewhere_and_shows_no_command(
    site: Site, client: Client
) -> None:
    elsewhere, commands = {}, {}
    for address in site.authors:
        response = client.get(address)
        assert (address, response.status_code) == (address, 200)
        page: Any = html.document_fromstring(response.content)
        links = [link for element, _, link, _ in page.iterlinks() if element.tag != "a" and element.get("rel") != "canonical"]
        if found := [link for link in links if not re.match("/(?!/)", link)]:
            elsewhere[address] = found
        if found := COMMAND.findall(page.get_element_by_id("content").text_content()):
            commands[address] = found

    assert len(site.authors) > 900
    assert elsewhere == {}
    assert commands == {}
