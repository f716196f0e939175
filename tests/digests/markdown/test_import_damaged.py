"""Damaged files are reported, and the rest is imported."""

import errno
import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from django.db import DataError, OperationalError

from digests.markdown.files import PostFile, UnreadablePost, read_posts
from digests.markdown.format import render
from digests.markdown.importing import Outcome, store
from digests.models import Digest
from tests.digests.markdown.importing_posts import DAY, a_file, a_post, changed, import_posts, many_files

pytestmark = pytest.mark.django_db


def damaged_files(folder: Path) -> dict[str, str]:
    """Files that hold no post, and what is said of each."""
    good = render(a_post(date(2021, 6, 1))).encode()
    contents = {
        "truncated.md": (good[:-80], "line 30: expected a line end after the last line, found the end of the file"),
        "headless.md": (good[good.index(b"# 1.") :], "line 1: expected the line '---', found '# 1. A  Title'"),
        "script.md": (good.replace(b"Out now", b"<script>alert(1)</script>"), "line 29: expected a blank line or a tweet"),
        "onclick.md": (
            good.replace(b"Out now", b'<a href="https://t.co/a" onclick="x">a</a>'),
            "line 29: expected a blank line or a tweet",
        ),
        "count.md": (good.replace(b"retweets: 12", b"retweets: twelve"), "line 22: expected '- retweets: N, favorites: N"),
        "crlf.md": (
            good.replace(b"\n", b"\r\n"),
            "line 1: expected text in UTF-8 without control characters, lines ended by \\n",
        ),
        "latin-1.md": (good.replace(b"Ada", "Adé".encode("latin-1")), "line 20: expected UTF-8, found the byte 0xe9"),
        "empty.md": (b"", "line 1: expected the line '---', found the end of the file"),
        "2021-06-02---Hot-Papers.md": (
            good,
            "expected the post of 2021-06-02, as the file's name says, found that of 2021-06-01",
        ),
    }
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    with (folder / "nothing.md").open("wb") as file:
        file.truncate(50_000_000)
    (folder / "dangling.md").symlink_to(folder / "not-there")
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    return {name: message for name, (_, message) in contents.items()} | {
        "nothing.md": "expected a post of at most 5 MB, found 50,000,000 bytes",
        "dangling.md": "cannot be read: No such file or directory",
        "pipe.md": "expected a file or a folder, found a pipe or a device",
    }


def test_folder_that_cannot_be_listed_is_reported_and_the_rest_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    a_file(tmp_path, a_post())
    scandir = os.scandir

    def refusing(path: str) -> object:
        if os.fspath(path) == str(closed):
            raise PermissionError(errno.EACCES, "Permission denied", str(closed))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    out, errors = import_posts(tmp_path, fails=True)
    assert "1 file: 1 new" in out
    assert errors.startswith(f"{closed}: the folder cannot be read: Permission denied")


def test_damaged_files_are_reported_one_by_one_and_the_rest_imported(tmp_path: Path) -> None:
    messages = damaged_files(tmp_path)
    a_file(tmp_path, a_post())
    a_file(tmp_path, a_post(DAY, changed(title="Other")), "second-of-the-day.md")
    out, err = import_posts(tmp_path, tmp_path / "nowhere", fails=True)
    lines = err.strip().split("\n")
    for name, message in messages.items():
        assert [line for line in lines if line.startswith(f"{tmp_path / name}: {message}")] != [], name
    first = tmp_path / "2021-05-12---Hot-Papers.md"
    assert f"{tmp_path}/second-of-the-day.md: expected one post per day; another one of 2021-05-12 is in {first}" in lines
    assert f"{tmp_path}/nowhere: no such file or folder" in lines
    assert len(lines) == len(messages) + 2
    assert f"1 new, 0 unchanged, 0 changed, 0 kept, 0 repaired, 0 normalised, {len(messages) + 2} failed" in out
    assert [str(digest.date) for digest in Digest.objects.all()] == ["2021-05-12"]


def test_names_that_the_system_refuses_are_reported(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    _, err = import_posts(tmp_path / "loop", tmp_path / ("x" * 300), fails=True)
    assert err.splitlines() == [
        f"{tmp_path}/loop: cannot be read: Too many levels of symbolic links",
        f"{tmp_path}/{'x' * 300}: cannot be read: File name too long",
    ]


def test_post_that_the_database_refuses_is_reported_and_the_rest_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reading: PostFile, **options: bool) -> Outcome:
        if reading.post.day == DAY:
            raise DataError("value too long\nDETAIL: a row")
        return store(reading, **options)

    monkeypatch.setattr("digests.management.commands.import_posts.store", refuse)
    first, second = a_file(tmp_path, a_post()), a_file(tmp_path, a_post(date(2021, 5, 13)))
    _, err = import_posts(first, second, fails=True)
    assert err == f"{first}: the database rejects it: value too long\n"
    assert [digest.date for digest in Digest.objects.all()] == [date(2021, 5, 13)]


def test_database_that_is_away_ends_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reading: PostFile, **options: bool) -> Outcome:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_WRITE"
        raise OperationalError("disk I/O error") from error

    monkeypatch.setattr("digests.management.commands.import_posts.store", fail)
    with pytest.raises(OperationalError, match="disk I/O error"):
        import_posts(a_file(tmp_path, a_post()))


def test_many_posts_come_in_their_order_with_the_damaged_among_them(tmp_path: Path) -> None:
    files = many_files(tmp_path)
    files[3].write_text("no post")
    posts = list(read_posts(files))

    assert [one.path for one in posts if isinstance(one, PostFile)] == files[:3] + files[4:]
    assert isinstance(posts[3], UnreadablePost)
    assert str(posts[3]).startswith("line 1: expected")
