"""A page that raises an error costs the site as files only itself."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from digests.mirror import site as mirrored_site
from digests.mirror import site_pages
from digests.mirror.targets import Kind, Target
from digests.models import Digest, Entry, MirrorHealth
from tests.digests.mirror.mirrored import files, is_true, update

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = (
    "The page {} could not be made (ValueError: no such thing), so its file stays as it was. The next run tries again; if that "
    "goes on, report what the log says."
)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Addresses of pages that raise an error."""
    found = set[str]()
    made = site_pages.made

    def raising(address: str, **options: bool) -> object:
        if address in found:
            raise ValueError("no such thing")
        return made(address, **options)

    monkeypatch.setattr(site_pages, "made", raising)
    return found


def afresh(tmp_path: Path) -> Path:
    target = Target("site", tmp_path / "afresh", Kind.HTML, "html")
    update(target)
    return target.folder


def test_page_that_raises_keeps_its_file_and_is_made_by_the_next_run(
    digests: list[Digest], site: Target, broken: set[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = files(site.folder)
    address = digests[2].get_absolute_url()
    broken.add(address)
    Entry.objects.filter(digest=digests[2], position=1).update(retweets=99)

    report = update(site)

    page = f"{address[1:]}/index.html"
    assert report.unmade == [SENTENCE.format(address)]
    assert "could not be made" in caplog.text
    after = files(site.folder)
    assert [after[name] for name in (page, f"{page}.gz")] == [before[name] for name in (page, f"{page}.gz")]
    assert after["rss.xml"] != before["rss.xml"]  # the other pages went on
    assert (set(after), is_true(site.folder)) == (set(before), True)
    assert update(site).unmade == [SENTENCE.format(address)]
    broken.clear()
    assert (update(site).unmade, update(site).changed) == ([], [])
    assert files(site.folder) == files(afresh(tmp_path))


@pytest.mark.parametrize("processes", [1, 2])
def test_rebuild_removes_nothing_that_only_a_page_that_raises_leads_to(
    digests: list[Digest], site: Target, broken: set[str], tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirrored_site, "SHARE", 5)
    before = set(files(site.folder))
    paper = digests[1].papers.get(entries__position=1)
    broken.add(paper.get_absolute_url())  # which alone leads to the paper's citations
    gone = "posts/hot-papers-2021-05-10/index.html"
    Digest.objects.filter(pk=digests[0].pk).update(status=Digest.Status.WITHDRAWN)

    report = update(site, rebuild=True, processes=processes)

    after = set(files(site.folder))
    assert report.unmade == [SENTENCE.format(paper.get_absolute_url())]
    assert f"papers/{paper.arxiv_id}.bib" in after
    assert (gone in before, gone in after) == (True, False)
    broken.clear()
    update(site)
    assert files(site.folder) == files(afresh(tmp_path))


def test_command_tells_each_page_that_raises_and_exits_with_1(
    digests: list[Digest], site: Target, broken: set[str], settings: Settings
) -> None:
    settings.MIRRORS = [site]
    address = digests[2].get_absolute_url()
    broken.add(address)
    for option in ("--rebuild", "--check"):
        with pytest.raises(CommandError) as error:
            call_command("mirror", option, verbosity=0)
        assert (str(error.value), error.value.returncode) == (SENTENCE.format(address), 1)
    row = MirrorHealth.objects.get()
    assert (row.state, row.message, row.good_at) == ("refused", SENTENCE.format(address), None)
    broken.clear()
    call_command("mirror", verbosity=0)
    row.refresh_from_db()
    assert (row.state, row.message) == ("ok", "")
