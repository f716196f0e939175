"""What people do in a mirror's folder: nothing of theirs is lost, and no day of ours."""

import os
import shutil
import socket
from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digests.markdown.composing import compose
from digests.markdown.format import render
from digests.mirror.disk import OURS, FolderError
from digests.mirror.targets import Kind, Target, Withdrawn
from digests.mirror.writing import Writer
from digests.models import Digest, Entry
from digests.publishing.status import withdraw
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import changes, files, is_true, update, wrong
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = [date(2021, 5, day) for day in (10, 11, 12)]
NAMES = [f"{day}---Hot-Papers.md" for day in DAYS]
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


def text_of(digest: Digest) -> bytes:
    return render(compose(digest)).encode()


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("Mine.")


def link_nowhere(path: Path) -> None:
    path.symlink_to("/nowhere/at-all")


def link_to_a_folder(path: Path) -> None:
    path.symlink_to(path.parent.parent)


def link_to_a_copy(path: Path) -> None:
    copy = path.parent.parent / "copy.md"
    copy.write_bytes((path.parent.parent / "before.md").read_bytes())
    path.symlink_to(copy)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with chdir(path.parent), socket.socket(socket.AF_UNIX) as made:  # whose names are short
        made.bind(path.name)


def link_in_a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [make_pipe, make_socket, link_in_a_circle, link_to_a_device])
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_what_cannot_be_read_to_its_end_is_kept_and_told(
    digests: list[Digest], target: Target, put: Callable[[Path], None], is_withdrawn: bool
) -> None:
    place, kept = target.folder / NAMES[1], target.folder / f"{NAMES[1]}.theirs"
    place.unlink()
    put(place)
    before = place.lstat()
    assert wrong(target) == [(NAMES[1], "new")]
    if is_withdrawn:
        withdraw(digests[1], now=NOW)
    assert len(update(target).theirs) == 1
    assert kept.lstat().st_mode == before.st_mode
    assert os.path.lexists(place) != is_withdrawn
    assert is_withdrawn or place.read_bytes() == text_of(digests[1])
    assert wrong(target) == []


@pytest.mark.parametrize("put", [make_folder, link_nowhere, link_to_a_folder, link_to_a_copy])
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_whatever_stands_in_a_files_place_is_kept_and_told(
    digests: list[Digest], target: Target, put: Callable[[Path], None], is_withdrawn: bool
) -> None:
    place, kept = target.folder / NAMES[1], target.folder / f"{NAMES[1]}.theirs"
    place.rename(target.folder.parent / "before.md")
    put(place)
    leads_to = place.readlink() if place.is_symlink() else None
    if is_withdrawn:
        withdraw(digests[1], now=NOW)
    report = update(target)
    assert [one.split(" was changed")[0] for one in report.theirs] == [str(place)]
    assert (kept.readlink() == leads_to) if leads_to else ((kept / "notes.txt").read_text() == "Mine.")
    assert (place.exists() or place.is_symlink()) != is_withdrawn
    assert is_withdrawn or (place.read_bytes() == text_of(digests[1]) and not place.is_symlink())
    assert update(target).theirs == []
    assert wrong(target) == []


def test_folder_that_a_link_leads_to_is_not_emptied(target: Target, tmp_path: Path) -> None:
    (target.folder / OURS).rename(tmp_path / "elsewhere")
    (target.folder / OURS).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "notes.txt").write_text("Mine.")
    with pytest.raises(FolderError, match=r"/\.mirror: a file or a link stands where a folder should be; move it away"):
        update(target)
    assert (tmp_path / "elsewhere" / "notes.txt").read_text() == "Mine."


def test_the_same_edit_is_kept_once_however_often_it_comes_back(target: Target) -> None:
    """As of a build command that formats each file."""
    for _ in range(3):
        with (target.folder / NAMES[1]).open("a") as file:
            file.write("\n")
        settled()
        [told] = update(target).theirs
        assert f"kept as {NAMES[1]}.theirs." in told
    assert len([path for path in target.folder.iterdir() if ".theirs" in path.name]) == 1


def test_file_that_a_failed_run_was_to_bring_back_is_brought_by_the_next(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(target.folder)
    for name in NAMES[:2]:
        (target.folder / name).unlink()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error", NAMES[0])

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_put", fail)
        with pytest.raises(FolderError):
            update(target)
    assert is_true(target.folder)
    assert changes(target) == [("2021-05-10", "new"), ("2021-05-11", "new")]
    assert files(target.folder) == before


def test_page_that_a_failed_run_was_to_bring_back_is_brought_by_the_next(
    digests: list[Digest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_changed()
    render_changed()
    site = Target("site", tmp_path / "site", Kind.HTML, "html")
    update(site)
    before = files(site.folder)
    (site.folder / "about/index.html").unlink()
    (site.folder / "about/index.html.gz").unlink()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error", "about/index.html")

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_put", fail)
        with pytest.raises(FolderError):
            update(site)
    update(site)
    assert files(site.folder) == before


def test_folder_that_is_taken_back_to_an_older_state_is_brought_up_to_date(digests: list[Digest], target: Target) -> None:
    """As by `git checkout` or from a backup: files and manifest are older ones that agree."""
    older = target.folder.with_name("older")
    shutil.copytree(target.folder, older, ignore=shutil.ignore_patterns(".mirror"))
    Entry.objects.filter(digest=digests[1]).update(retweets=99)
    withdraw(digests[2], now=NOW)
    assert changes(target) == [("2021-05-11", "changed"), ("2021-05-12", "removed")]
    settled()
    shutil.copytree(older, target.folder, dirs_exist_ok=True)
    assert changes(target) == [("2021-05-11", "changed"), ("2021-05-12", "removed")]
    assert wrong(target) == []


@pytest.mark.parametrize("edit", ["a sum", "a line"])
def test_manifest_that_somebody_edited_well_is_made_right(digests: list[Digest], target: Target, edit: str) -> None:
    path = target.folder / "mirror.json"
    data = path.read_text()
    lines = data.splitlines(keepends=True)
    path.write_text(data.replace('"sha256": "', '"sha256": "0', 1) if edit == "a sum" else "".join(lines[:1] + lines[2:]))
    settled()
    update(target)
    assert path.read_text() == data


def test_withdrawn_day_goes_also_when_its_line_was_taken_out_of_the_manifest(digests: list[Digest], target: Target) -> None:
    path = target.folder / "mirror.json"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]))
    withdraw(digests[0], now=NOW)
    update(target)
    assert not (target.folder / NAMES[0]).exists()


@pytest.mark.parametrize("profile", ["lumen-2020", "html"])
def test_tombstone_goes_with_the_digest_that_somebody_deletes(digests: list[Digest], tmp_path: Path, profile: str) -> None:
    index_changed()
    render_changed()
    kind = Kind.HTML if profile == "html" else Kind.FOLDER
    target = Target("kept", tmp_path / "kept", kind, profile, withdrawn=Withdrawn.TOMBSTONE)
    withdraw(digests[1], now=NOW)
    update(target)
    assert "2021-05-11" in " ".join(files(target.folder))
    digests[1].delete()
    update(target)
    assert "2021-05-11" not in " ".join(files(target.folder))
    assert wrong(target) == []
