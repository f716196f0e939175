"""A folder target: its files are what readers see, unchanged ones are not touched, and nobody's edit is lost."""

import errno
import gc
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digests.markdown.composing import compose
from digests.markdown.format import render
from digests.mirror.disk import FolderError
from digests.mirror.manifest import ManifestError
from digests.mirror.targets import Target, Withdrawn
from digests.mirror.writing import FileState
from digests.models import Digest, Entry, ShownTweet
from digests.publishing.status import publish, withdraw
from papers.models import Paper, Tweet
from tests.digests.mirror.mirrored import changes, files, is_true, manifest, update, wrong
from tests.factories import make_digest, make_draft, make_entry
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = [date(2021, 5, 10), date(2021, 5, 11), date(2021, 5, 12)]
NAMES = [f"{day}---Hot-Papers.md" for day in DAYS]
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir() if path.is_file()}


def test_target_holds_each_published_day_and_says_so(digests: list[Digest], target: Target) -> None:
    make_digest(date(2021, 5, 13), is_sample=True)
    make_draft(date(2021, 5, 14))
    assert changes(target) == []
    assert files(target.folder) == {name: render(compose(digest)).encode() for name, digest in zip(NAMES, digests, strict=True)}
    told = manifest(target.folder)
    assert list(told) == NAMES
    assert (told[NAMES[0]]["digest"], told[NAMES[0]]["revision"], told[NAMES[0]]["profile"]) == ("2021-05-10", 0, "lumen-2020")
    assert is_true(target.folder)
    assert wrong(target) == []


def test_update_touches_the_changed_day_alone(digests: list[Digest], target: Target) -> None:
    before = stamps(target.folder)
    assert changes(target) == []
    assert stamps(target.folder) == before
    Entry.objects.filter(digest=digests[1], position=1).update(retweets=99)
    assert changes(target) == [("2021-05-11", "changed")]
    after = stamps(target.folder)
    assert sorted(name for name in before if before[name] != after[name]) == [NAMES[1], "mirror.json"]
    assert is_true(target.folder)


def test_update_asks_as_much_among_many_days_as_among_few(
    digests: list[Digest], target: Target, django_assert_num_queries: object
) -> None:
    for number in range(60):
        make_digest(date.fromordinal(date(2020, 1, 1).toordinal() + number), papers=1)
    update(target)
    settled()
    update(target)
    Digest.objects.filter(pk=digests[0].pk).update(revision=7)
    settled()
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert update(target).counts.total() == 1
    assert manifest(target.folder)[NAMES[0]]["revision"] == 7


def test_day_is_not_looked_at_when_another_with_its_paper_changes(digests: list[Digest], target: Target) -> None:
    """Its counts are its own; what arXiv says is not."""
    paper = digests[0].papers.all()[0]
    for digest in digests[1:]:
        make_entry(digest, paper)
    settled()
    update(target)
    Entry.objects.filter(digest=digests[0], paper=paper).update(retweets=99)
    settled()
    assert update(target).counts == {FileState.CHANGED: 1}
    Paper.objects.filter(pk=paper.pk).update(title="Corrected")
    settled()
    assert update(target).counts == {FileState.CHANGED: 3}


def test_post_that_is_gone_leaves_the_mirror(digests: list[Digest], target: Target) -> None:
    gone = ShownTweet.objects.filter(entry__digest=digests[0]).first()
    assert gone is not None
    Tweet.objects.filter(pk=gone.tweet_id).update(state="deleted", body_html="")
    assert changes(target) == [("2021-05-10", "changed")]
    assert files(target.folder)[NAMES[0]].count(b"<blockquote") == 1


def test_withdrawn_day_goes_and_comes_back(digests: list[Digest], target: Target) -> None:
    withdraw(digests[0], now=NOW)
    assert changes(target) == [("2021-05-10", "removed")]
    assert sorted(files(target.folder)) == NAMES[1:]
    publish(digests[0], now=NOW)
    assert changes(target) == [("2021-05-10", "new")]
    digests[1].delete()
    assert changes(target) == [("2021-05-11", "removed")]
    assert list(manifest(target.folder)) == [NAMES[0], NAMES[2]]


@pytest.mark.parametrize("profile", ["lumen-2020", "hugo"])
def test_withdrawn_day_leaves_a_tombstone_where_that_is_wanted(digests: list[Digest], tmp_path: Path, profile: str) -> None:
    kept = Target("kept", tmp_path / "kept", profile=profile, withdrawn=Withdrawn.TOMBSTONE)
    update(kept)
    withdraw(digests[0], now=NOW, note="Wrong {{ counts }}.")
    assert [state for _, state in changes(kept)] == ["changed"]
    name = sorted(files(kept.folder))[0]
    text = files(kept.folder)[name].decode()
    assert "This list was withdrawn" in text
    assert "2105." not in text and "{{" not in text
    afresh = Target("afresh", tmp_path / "afresh", profile=profile, withdrawn=Withdrawn.TOMBSTONE)
    update(afresh)
    assert files(afresh.folder) == files(kept.folder)


def test_file_that_a_person_changed_is_kept_beside(digests: list[Digest], target: Target) -> None:
    (target.folder / NAMES[0]).write_text("A person's words.")
    report = update(target)
    assert report.theirs == [
        f"{target.folder / NAMES[0]} was changed by someone else; their version is kept as {NAMES[0]}.theirs. "
        "Compare the two, then remove it."
    ]
    assert (target.folder / f"{NAMES[0]}.theirs").read_text() == "A person's words."
    assert files(target.folder)[NAMES[0]] == render(compose(digests[0])).encode()
    assert update(target).theirs == []

    (target.folder / NAMES[0]).write_text("Other words.")
    withdraw(digests[0], now=NOW)
    assert len(update(target).theirs) == 1
    assert (target.folder / f"{NAMES[0]}.theirs.2").read_text() == "Other words."
    assert not (target.folder / NAMES[0]).exists()


def test_run_leaves_what_the_start_made_out_of_the_collectors_sight(target: Target) -> None:
    """Otherwise a command's end looks through all of it, which takes longer than a changed day."""
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        update(target)
        assert gc.get_freeze_count() > before / 2
    finally:
        gc.unfreeze()


def test_file_that_was_deleted_comes_back(target: Target) -> None:
    (target.folder / NAMES[2]).unlink()
    assert wrong(target) == [(NAMES[2], "new")]
    assert changes(target) == [("2021-05-12", "new")]


def test_file_that_was_deleted_comes_back_also_when_another_came(target: Target) -> None:
    (target.folder / NAMES[2]).rename(target.folder / "README.md")
    assert changes(target) == [("2021-05-12", "new")]


def test_file_of_someone_else_stays(digests: list[Digest], target: Target) -> None:
    (target.folder / "README.md").write_text("Somebody's.")
    update(target, rebuild=True)
    assert (target.folder / "README.md").read_text() == "Somebody's."
    assert wrong(target) == []


def test_folder_of_an_older_version_is_taken_over(digests: list[Digest], tmp_path: Path) -> None:
    for name, digest in zip(NAMES, digests, strict=True):
        (tmp_path / name).write_bytes(render(compose(digest)).encode())
    Digest.objects.filter(pk=digests[0].pk).update(status="withdrawn")
    target = Target("folder", tmp_path)
    before = stamps(tmp_path)
    report = update(target)
    assert [state for _, state in report.changed] == ["removed"]
    assert {name: stamp for name, stamp in stamps(tmp_path).items() if name in NAMES[1:]} == {
        name: before[name] for name in NAMES[1:]
    }
    assert (tmp_path / f"{NAMES[0]}.theirs").exists()  # whose it is nobody knows


def test_another_profile_replaces_all_files(target: Target) -> None:
    other = Target("notes", target.folder, profile="hugo")
    update(other)
    assert sorted(files(target.folder)) == [f"hot-papers-{day}.html" for day in DAYS]
    assert wrong(other) == []


def test_since_looks_at_each_file_from_that_day_on(target: Target) -> None:
    for name in NAMES:
        (target.folder / name).write_text("Changed.")
    assert changes(target, since=DAYS[1]) == [("2021-05-11", "changed"), ("2021-05-12", "changed")]
    assert [name for name, _ in wrong(target)] == [NAMES[0]]


def test_manifest_of_another_writer_is_not_overwritten(target: Target) -> None:
    (target.folder / "mirror.json").write_text("{}")
    with pytest.raises(ManifestError, match="move it away"):
        update(target)
    (target.folder / "mirror.json").unlink()
    assert changes(target) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"sha256"', '"sha257"'),
        ('"digest": "2021-05-10"', '"digest": "../etc"'),
        ('{"sha256"', '["sha256"'),
        ('"changing": {}', '"changing": []'),
        ('"options": {', '"options": [], "other": {'),
        ('"2021-05-12---', '"2021-05-02---'),
        ("mirror", "\udcff"),
    ],
)
def test_manifest_that_somebody_edited_is_refused_in_words(target: Target, before: str, after: str) -> None:
    """Half a line, lines in another order, other types: one sentence, and the folder stays as it is."""
    path = target.folder / "mirror.json"
    path.write_bytes(path.read_text().replace(before, after, 1).encode(errors="surrogateescape"))
    found = files(target.folder)
    for act in (lambda: update(target, rebuild=True), lambda: wrong(target)):
        with pytest.raises(ManifestError, match=r"mirror\.json is not one that .*; move it away, .* \(it is in .*/notes\)"):
            act()
    assert files(target.folder) == found


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full; make room"), (errno.EROFS, "the file system is read-only; mount it writable")],
)
def test_disk_that_refuses_is_told_and_recovered_from(
    digests: list[Digest], target: Target, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    Entry.objects.filter(digest=digests[1]).update(retweets=99)

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number), str(target.folder))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(FolderError, match=words):
            update(target)
    assert is_true(target.folder)
    assert changes(target) == [("2021-05-11", "changed")]
    assert wrong(target) == []


@pytest.mark.parametrize(
    "name", ["", "../notes.txt", "/etc/hosts", "a/../../notes.txt", ".git/config", "..\\\\notes.txt", "\\u002e./notes.txt"]
)
def test_manifest_that_names_files_elsewhere_is_refused(target: Target, tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("Mine.")
    data = (target.folder / "mirror.json").read_text()
    line = next(one for one in data.splitlines() if one.startswith('"2021-05-10'))
    (target.folder / "mirror.json").write_text(data.replace(line, f'"{name}"{line[line.index(":") :]}'))
    with pytest.raises(ManifestError, match="not one that this site wrote"):
        update(target, rebuild=True)
    assert (tmp_path / "notes.txt").read_text() == "Mine."


def test_huge_file_in_the_place_of_ours_is_kept_and_never_read(digests: list[Digest], target: Target) -> None:
    for name in NAMES[:2]:
        os.truncate(target.folder / name, 200 << 30)  # 200 GiB, of which the disk keeps nothing
    Digest.objects.filter(pk=digests[1].pk).update(status=Digest.Status.WITHDRAWN)
    assert wrong(target) == [(NAMES[0], "changed"), (NAMES[1], "removed")]
    report = update(target)
    assert report.changed == [(NAMES[0], FileState.CHANGED), (NAMES[1], FileState.REMOVED)]
    assert [sentence.partition(" was changed")[0] for sentence in report.theirs] == [str(target.folder / n) for n in NAMES[:2]]
    assert (target.folder / f"{NAMES[0]}.theirs").stat().st_size == 200 << 30
    assert (is_true(target.folder), wrong(target)) == (True, [])
