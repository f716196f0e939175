"""What readers see changes by an import only with a public word; names and links of files do no harm."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from digests.markdown.format import Post, PostPaper
from digests.models import Digest, PublicEvent
from papers.models import Paper
from papers.search.index import index_changed
from papers.search.words import author_key
from tests.digests.markdown.importing_posts import DAY, a_file, a_post, all_rows, changed, import_posts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def a_draft(*papers: PostPaper) -> Post:
    post = a_post(DAY, *papers)
    return Post(post.day, post.written_at, post.papers, draft=True)


def events() -> list[tuple[str, datetime, str]]:
    return list(PublicEvent.objects.order_by("pk").values_list("kind", "at", "note"))


def status() -> str:
    return Digest.objects.get(date=DAY).status


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("arguments", [(), ("--replace",)])
def test_changed_post_of_a_published_day_comes_with_a_public_event(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    import_posts(a_file(tmp_path, a_post()), *arguments)
    assert events() == []

    import_posts(a_file(tmp_path, a_post(DAY, changed(retweets=99999))), *arguments)
    assert events() == [("corrected", NOW, "The list was imported again from its post, which had changed.")]

    import_posts(a_file(tmp_path, a_post(DAY, changed(retweets=99999))), *arguments)
    assert len(events()) == 1


def test_draft_does_not_take_the_place_of_a_published_day(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_post()))
    before = all_rows()
    file = a_file(tmp_path, a_draft(changed(title="Other")))

    _, err = import_posts(file, "--replace", fails=True)

    assert err == f"{file}: {DAY} is published, and a draft can't replace it; withdraw the day first\n"
    assert all_rows() == before


def test_withdrawn_day_stays_withdrawn(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_post()))
    Digest.objects.update(status="withdrawn")

    import_posts(a_file(tmp_path, a_post(DAY, changed(title="Other"))), "--replace")

    assert (status(), events()) == ("withdrawn", [])


@time_machine.travel(NOW, tick=False)
def test_draft_becomes_public_with_its_event(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_draft()))
    import_posts(a_file(tmp_path, a_post()))

    assert (status(), events()) == ("published", [("published", NOW, "")])


def test_draft_shows_no_list(tmp_path: Path, client: Client) -> None:
    import_posts(a_file(tmp_path, a_draft()))

    assert status() == "draft"
    assert [client.get(path).status_code for path in (f"/{DAY}", f"/{DAY}.md", "/papers/2105.05233.bib")] == [404] * 3
    assert events() == []


def test_links_that_lead_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder, outside = tmp_path / "posts", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    secret = a_file(outside, a_post())
    inside = a_file(folder, a_post(DAY.replace(day=13)))
    (folder / "a.md").symlink_to(secret)
    (folder / "b").symlink_to(outside)
    (folder / "c.md").symlink_to(inside)
    (folder / "d.txt").symlink_to("../outside/" + secret.name)

    out, err = import_posts(folder, fails=True)

    why = "a symbolic link that leads out of the folder; import its target under its own name"
    assert err.splitlines() == [f"{folder / name}: {why}" for name in ("a.md", "b", "d.txt")]
    assert "2 files: 1 new, 1 unchanged" in out
    assert not Digest.objects.filter(date=DAY).exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb.md", r"a\nb.md"),
        ("\x1b[2Ja.md", r"\x1b[2Ja.md"),
        ("\u202ea.md", r"\u202ea.md"),
        (os.fsdecode(b"\xff.md"), r"\udcff.md"),
    ],
)
def test_names_with_codes_for_a_terminal_are_quoted(tmp_path: Path, name: str, shown: str) -> None:
    (tmp_path / name).write_text("no post\n")

    _, err = import_posts(tmp_path, fails=True)

    assert err == f"'{tmp_path}/{shown}': line 1: expected the line '---', found 'no post'\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---", b"\xef\xbb\xbf---"),
        (b"Out now", b"Out\x00now"),
        (b"Out now", b"Out\x1bnow"),
        (b"2021-05-12", b"2021-02-30"),
        (b"05/13/2021", b"13/13/2021"),
        (b"2021-05-12", b"99999-05-12"),
        (b"2021-05-12", b"9999-05-12"),
        (b"2021-05-12", b"2200-05-12"),
    ],
)
def test_odd_files_are_one_error_each_and_the_rest_goes_on(tmp_path: Path, before: bytes, after: bytes) -> None:
    good = a_file(tmp_path, a_post())
    odd = tmp_path / "odd.md"
    odd.write_bytes(good.read_bytes().replace(before, after, 1))

    out, err = import_posts(tmp_path, fails=True)

    assert err.startswith(f"{odd}: line ")
    assert err.count("\n") == 1
    assert "1 new" in out


def test_paper_of_a_draft_alone_is_not_public(tmp_path: Path, client: Client) -> None:
    import_posts(a_file(tmp_path, a_draft()))
    paper = Paper.objects.get()
    author = f"/authors/{author_key(paper.authors[0])}"
    index_changed()

    assert [client.get(address).status_code for address in (paper.get_absolute_url(), author)] == [404, 404]

    import_posts(a_file(tmp_path, a_post()))
    index_changed()
    assert [client.get(address).status_code for address in (paper.get_absolute_url(), author)] == [200, 200]
