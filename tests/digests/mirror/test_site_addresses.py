"""Which addresses become files: those of the site alone, whatever an editor links to."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from digests.mirror import site_pages
from digests.mirror.targets import Kind, Target
from digests.models import Digest, Entry
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import files, update

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = [
    "/static//etc/passwd",
    "/static/%2Fetc/passwd",
    "/static/x/../../../etc/passwd",
    "/static/./readers/site.css",
    "/static/..",
]


def test_link_in_a_note_brings_no_file_of_this_machine(digests: list[Digest], tmp_path: Path, settings: Settings) -> None:
    site = Target("site", tmp_path / "site", Kind.HTML, "html")
    render_changed()
    index_changed()
    update(site)
    names = set(files(site.folder))
    Entry.objects.filter(digest=digests[0], position=1).update(note=" ".join(f"[x]({address})" for address in ELSEWHERE))
    render_changed()
    update(site)
    assert set(files(site.folder)) == names
    page = (site.folder / digests[0].get_absolute_url().lstrip("/") / "index.html").read_text()
    assert [page.count(f'href="{settings.SITE_URL}{address}"') for address in ELSEWHERE] == [1] * len(ELSEWHERE)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_address_names_a_file_of_this_machine(settings: Settings, address: str) -> None:
    settings.HASHED_STATIC = True
    assert site_pages.page(address, keeps_withdrawn=False) is None
