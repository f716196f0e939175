"""Every page of the old site's real posts in a real browser."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from digests.models import Digest
from papers.models import Paper

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]
COMMAND = re.compile(r"\\[a-zA-Z]+")
MACROS = {"\\algoname"}
"""Of authors who wrote their own command into an abstract, outside of formulas: nobody knows what it stands for."""


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, archive: Path) -> Iterator[tuple[str, list[str]]]:
    """The site's address, and those of its days and papers."""
    with django_db_blocker.unblock():
        call_command("import_posts", str(archive), stdout=io.StringIO())
        days = [digest.get_absolute_url() for digest in Digest.objects.published()]
        papers = [paper.get_absolute_url() for paper in Paper.objects.all()]
        server = LiveServer("localhost")
        yield server.url, ["/", "/archive", *days, *papers]
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.timeout(600)  # seconds; twenty where nothing else runs
def test_every_page_of_the_archive_is_quiet_and_never_wider_than_a_phone(browser: Browser, site: tuple[str, list[str]]) -> None:
    url, addresses = site
    context = browser.new_context(base_url=url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked, said, wide, commands = set(), [], {}, {}
    page.on("request", lambda request: asked.add(request.url))
    page.on("console", lambda message: said.append((page.url, message.text)))
    page.on("pageerror", lambda error: said.append((page.url, str(error))))

    for address in addresses:
        page.goto(address)
        width, text = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('main').innerText]")
        if width != 360:
            wide[address] = width
        # BibTeX is TeX, posts are as people wrote them, and of the few formulas that cannot be converted the source is shown.
        shown = page.evaluate(
            "(text) => [...document.querySelectorAll('pre, code, blockquote')].reduce((rest, one) => rest.replace(one.innerText, ''), text)",
            text,
        )
        if found := {*COMMAND.findall(shown)} - MACROS:
            commands[address] = found
    context.close()

    assert len(addresses) > 200
    assert {address for address in asked if not address.startswith(f"{url}/")} == set()
    assert said == []
    assert wide == {}
    assert commands == {}
