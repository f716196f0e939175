"""The reader site as files: link-complete, the live pages' bytes but for links that stay live, and made anew by what they show."""

import gzip
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import brotli
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from digests.mirror import site_pages
from digests.mirror.manifest import Manifest
from digests.mirror.site_pages import LINK
from digests.mirror.targets import Kind, Target, Withdrawn
from digests.models import Digest, Entry, PublicEvent
from digests.publishing.status import make_public, publish, withdraw
from digests.reader.feeds import feeds, items, weeks
from papers.models import Paper, PaperMeasurement, Provenance, Tweet
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import changes, files, is_true, update, wrong
from tests.factories import make_digest, make_draft
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def digests() -> list[Digest]:
    made = [make_digest(date(2021, month, day), papers=2) for month, day in ((4, 29), (5, 11), (5, 12))]
    index_changed()
    render_changed()
    return made


def links_of(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*.html"):
        for address in re.findall(r'\s(?:href|src|action)="([^"]*)"', path.read_text()):
            yield str(path.relative_to(folder)), html.unescape(address)


def pages(target: Target) -> dict[str, bytes]:
    return {name: data for name, data in files(target.folder).items() if not name.endswith((".gz", ".br"))}


def expect_as_afresh(site: Target, tmp_path: Path) -> None:
    """The folder is what a new one would be."""
    afresh = Target("site", tmp_path / f"afresh-{len(list(tmp_path.iterdir()))}", Kind.HTML, "html")
    update(afresh)
    assert files(site.folder) == files(afresh.folder)
    assert is_true(site.folder)


def test_every_link_leads_to_a_file_or_to_the_live_site(site: Target, settings: Settings) -> None:
    missing, live = [], set()
    for page, address in links_of(site.folder):
        if address.startswith("/"):
            path = site.folder / unquote(address.partition("#")[0]).strip("/")
            if not (path.is_file() or (path / "index.html").is_file()):
                missing.append((page, address))
        elif address.startswith(settings.SITE_URL):
            live.add(re.split("[?/]", address.removeprefix(settings.SITE_URL))[1])
    assert missing == []
    assert {name for name in live if name.startswith("admin")} == set()
    assert {"search", "authors", "days"} <= live


def test_pages_are_those_of_the_live_site(site: Target, digests: list[Digest], client: Client) -> None:
    def unlinked(page: bytes) -> bytes:
        return LINK.sub(rb'\1"', page).replace(b"http://127.0.0.1:8000", b"")

    paper = Paper.objects.first()
    assert paper is not None
    for address in (
        "/",
        "/archive",
        "/archive/2021",
        "/archive/2021/05",
        "/about",
        digests[0].get_absolute_url(),
        paper.get_absolute_url(),
    ):
        ours = (site.folder / address.strip("/") / "index.html").read_bytes()
        live = client.get(address).content
        assert re.sub(rb'="[^"]*"', b"", ours) == re.sub(rb'="[^"]*"', b"", live), address
    for address in ("/rss.xml", "/feed.atom", "/sitemap.xml", "/robots.txt", f"{digests[0].get_absolute_url()}.md"):
        assert (site.folder / address.lstrip("/")).read_bytes() == client.get(address).content
    assert unlinked(b'<a href="/x">') == b'<a href="">'


def test_files_stand_compressed_beside_themselves(site: Target) -> None:
    page = site.folder / "posts/hot-papers-2021-05-12/index.html"
    assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == page.read_bytes()
    assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == page.read_bytes()


def test_nothing_comes_from_elsewhere_and_old_addresses_lead_on(site: Target, settings: Settings) -> None:
    for path in site.folder.rglob("*.html"):
        assert re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="(?!/static/)[^"]*"', path.read_text()) == []
    assert '<meta http-equiv="refresh" content="0; url=/">' in (site.folder / "tag/twitter/index.html").read_text()
    assert "/tag/twitter / 301\n" in (site.folder / "_redirects").read_text()
    assert "<h1>Nothing is published here</h1>" in (site.folder / "404.html").read_text()


def test_site_that_began_without_a_day_follows_its_first(tmp_path: Path) -> None:
    site = Target("site", tmp_path / "site", Kind.HTML, "html")
    update(site)
    publish(make_draft(date(2021, 5, 12), papers=1), now=NOW)
    index_changed()
    render_changed()
    update(site)
    expect_as_afresh(site, tmp_path)


def test_new_day_is_made_with_all_that_lead_to_it(site: Target, digests: list[Digest], tmp_path: Path) -> None:
    assert changes(site) == []
    draft = make_draft(date(2021, 6, 1), papers=2)
    index_changed()
    render_changed()
    publish(draft, now=NOW)
    new = {name for name, state in update(site).changed if state == "new" and name.endswith(".html")}
    arxiv_ids = set(draft.papers.values_list("arxiv_id", flat=True))
    assert new >= {
        "posts/hot-papers-2021-06-01/index.html",
        "archive/2021/06/index.html",
        *(f"papers/{one}/index.html" for one in arxiv_ids),
    }
    expect_as_afresh(site, tmp_path)


def test_correction_and_withdrawal_reach_every_page(site: Target, digests: list[Digest], tmp_path: Path) -> None:
    Entry.objects.filter(digest=digests[1], position=1).update(retweets=4321)
    make_public(digests[1], PublicEvent(kind="corrected", at=NOW, note="A name."))
    render_changed()
    changed = {name for name, _ in update(site).changed}
    assert "posts/hot-papers-2021-05-11/index.html" in changed
    assert "posts/hot-papers-2021-04-29/index.html" not in changed
    expect_as_afresh(site, tmp_path)
    withdraw(digests[0], now=NOW)
    update(site)
    assert not (site.folder / "posts/hot-papers-2021-04-29").exists()
    assert not (site.folder / "archive/2021/04").exists()
    assert wrong(site) == []


def test_withdrawn_day_says_so_where_that_is_wanted(digests: list[Digest], tmp_path: Path) -> None:
    kept = Target("kept", tmp_path / "kept", Kind.HTML, "html", withdrawn=Withdrawn.TOMBSTONE)
    update(kept)
    withdraw(digests[2], now=NOW, note="A mix-up.")
    render_changed()
    update(kept)
    assert "was withdrawn" in (kept.folder / "posts/hot-papers-2021-05-12/index.html").read_text()


def test_counts_of_a_paper_change_its_pages_alone(site: Target, digests: list[Digest], tmp_path: Path) -> None:
    paper = digests[1].papers.first()
    assert paper is not None
    Paper.objects.filter(pk=paper.pk).update(comment="12 pages")
    render_changed()
    changed = {name for name, _ in update(site).changed if name.endswith(".html")}
    assert changed == {f"papers/{paper.arxiv_id}/index.html"}
    expect_as_afresh(site, tmp_path)


def test_page_that_a_person_changed_is_kept_beside_and_mended(site: Target) -> None:
    page = site.folder / "about/index.html"
    page.write_text("Theirs.")
    page.with_name("index.html.gz").unlink()
    report = update(site)
    assert len(report.theirs) == 1
    assert page.with_name("index.html.theirs").read_text() == "Theirs."
    assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == page.read_bytes()
    assert wrong(site) == []


def test_changed_day_makes_only_the_pages_that_show_it(
    site: Target, digests: list[Digest], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def page(address: str, **options: bool) -> site_pages.Page | None:
        asked.append(address)
        return made(address, **options)

    made = site_pages.page
    settled()
    update(site)
    monkeypatch.setattr(site_pages, "page", page)
    Entry.objects.filter(digest=digests[0], position=1).update(retweets=4321)
    settled()
    changed = {name for name, _ in update(site).changed}
    paper = digests[0].entries.get(position=1).paper
    others = [one for one in asked if "05" in one and not one.startswith(f"/papers/{paper.arxiv_id}")]
    assert others == []
    assert [one for one in asked if one.startswith("/papers/")] == [f"/papers/{paper.arxiv_id}"]  # not picture and citations
    assert {"/archive/2021/04", "/sitemap-2021-04.xml", "/rising", "/hottest/week"} & set(asked) == set()  # none shows its counts
    assert "posts/hot-papers-2021-04-29/index.html" in changed
    assert "hottest/2021-04/index.html" in changed


def test_feeds_change_with_the_posts_of_their_days_and_not_with_readings(
    site: Target, digests: list[Digest], tmp_path: Path
) -> None:
    """A feed tells the counts that the day printed."""
    feeds_of_days = {"rss.xml", "feed.atom", "papers.atom", "weekly.json", "posts/hot-papers-2021-05-12.md"}
    entry = digests[2].entries.get(position=1)
    PaperMeasurement.objects.create(paper=entry.paper, read_at=NOW, retweets=9, favorites=9, provenance=Provenance.NETWORK)
    settled()
    changed = {name for name, _ in update(site).changed}
    assert "posts/hot-papers-2021-05-12/index.html" in changed
    assert changed & {*feeds_of_days, "papers/index.html", "hottest/week/index.html"} == set()
    Tweet.objects.filter(shown__entry=entry).update(state="deleted", body_html="")
    assert feeds_of_days - {name for name, _ in update(site).changed} == set()
    expect_as_afresh(site, tmp_path)


def test_feeds_in_three_forms_are_composed_once(
    site: Target, digests: list[Digest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    composed = Counter[str]()

    def counted(make: Callable[..., object]) -> Callable[..., object]:
        def making(*given: object) -> object:
            composed[make.__name__] += 1
            return make(*given)

        return making

    for make in (items.day_items, weeks.week_items):
        monkeypatch.setattr(feeds, make.__name__, counted(make))
    for retweets in (4321, 4322):
        Entry.objects.filter(digest=digests[2], position=1).update(retweets=retweets)
        assert {"rss.xml", "feed.atom", "feed.json", "weekly.xml"} <= {name for name, _ in update(site).changed}
    assert composed == {"day_items": 2, "week_items": 2}  # once a run
    monkeypatch.undo()
    expect_as_afresh(site, tmp_path)


def test_withdrawn_day_goes_without_a_look_at_the_others(
    site: Target, digests: list[Digest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settled()
    update(site)
    monkeypatch.setattr(site_pages, "map_of_site", pytest.fail)
    withdraw(digests[2], now=NOW)
    settled()
    update(site)
    monkeypatch.undo()
    assert not (site.folder / "posts/hot-papers-2021-05-12").exists()
    expect_as_afresh(site, tmp_path)


def test_all_that_pages_need_stands_under_its_own_name(site: Target, digests: list[Digest], settings: Settings) -> None:
    paper = digests[0].papers.get(entries__position=1).arxiv_id
    names = {
        "manifest.webmanifest", "service-worker.js", "favicon.ico", "apple-touch-icon.png", "opensearch.xml", "rss.xml",
        "feed.atom", "feed.json", "weekly.xml", "weekly.json", "papers.ris", "papers.csl.json", "posts/hot-papers-2021-05-12.png",
        "posts/hot-papers-2021-05-12.md",
        *(f"papers/{paper}.{form}" for form in ("png", "bib", "ris", "csl.json")),
    }  # fmt: skip
    assert names - set(files(site.folder)) == set()
    for name in ("manifest.webmanifest", "service-worker.js"):
        for address in re.findall(r'"(/static/[^"]+)"', (site.folder / name).read_text()):
            assert (site.folder / address.lstrip("/")).is_file(), address
    for page in site.folder.rglob("*.html"):
        for address in re.findall(rf'content="{settings.SITE_URL}(/[^"]*\.png)"', page.read_text()):
            assert (site.folder / address.lstrip("/")).is_file(), address


def test_file_comes_where_an_older_version_had_a_folder(site: Target) -> None:
    told = Manifest.parse((site.folder / "mirror.json").read_bytes())
    (site.folder / "papers.ris").rename(site.folder / "old")
    (site.folder / "papers.ris").mkdir()
    (site.folder / "old").rename(site.folder / "papers.ris/index.html")
    told.set("papers.ris/index.html", told.get("papers.ris"))
    told.set("papers.ris", None)
    (site.folder / "mirror.json").write_bytes(told.write())
    assert changes(site, rebuild=True) == [("papers.ris", "removed"), ("papers.ris", "new")]
    assert wrong(site) == []
