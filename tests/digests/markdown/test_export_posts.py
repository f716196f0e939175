"""The Markdown mirror: whole files, exactly the published days, and nobody else's files."""

import fcntl
import io
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from digests.markdown.format import file_name
from digests.mirror import disk
from digests.mirror.folder import compare, write
from digests.mirror.writing import FileState
from digests.models import Digest, Entry, ShownTweet
from digests.parallel import ProcessEnded
from papers.models import Tweet
from tests.factories import make_digest
from tests.small_disk import small_disk
from tests.tables import migrated

pytestmark = pytest.mark.django_db

DAYS = [date(2021, 5, day) for day in (10, 11, 12)]
NAMES = [f"{day}---Hot-Papers.md" for day in DAYS]


def export_posts(*arguments: object) -> str:
    out = io.StringIO()
    call_command("export_posts", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def digests() -> list[Digest]:
    return [make_digest(day, papers=2) for day in DAYS]


def test_export_writes_each_published_day(digests: list[Digest], tmp_path: Path) -> None:
    assert export_posts("--out", tmp_path / "new" / "folder") == "3 new, 0 changed, 0 unchanged, 0 removed\n"
    assert sorted(file.name for file in (tmp_path / "new" / "folder").iterdir()) == NAMES
    assert export_posts("--out", tmp_path / "new" / "folder") == "0 new, 0 changed, 3 unchanged, 0 removed\n"


def test_export_leaves_unchanged_files_alone(digests: list[Digest], tmp_path: Path) -> None:
    export_posts("--out", tmp_path)
    before = {file.name: file.stat().st_ino for file in tmp_path.iterdir()}
    Entry.objects.filter(digest=digests[1], position=1).update(retweets=99)
    assert list(write(tmp_path)) == [(NAMES[0], FileState.SAME), (NAMES[1], FileState.CHANGED), (NAMES[2], FileState.SAME)]
    after = {file.name: file.stat().st_ino for file in tmp_path.iterdir()}
    assert [name for name in NAMES if before[name] != after[name]] == [NAMES[1]]


def test_export_keeps_to_the_days_asked_for(digests: list[Digest], tmp_path: Path) -> None:
    export_posts("--out", tmp_path, "--since", "2021-05-11", "--until", "2021-05-11")
    assert [file.name for file in tmp_path.iterdir()] == [NAMES[1]]


def test_export_names_the_day_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="invalid day '2021-02-30': write it as YYYY-MM-DD"):
        call_command("export_posts", "--out", str(tmp_path), "--since=2021-02-30")


def test_export_names_the_folder_that_stands_in_a_file_s_place(digests: list[Digest], tmp_path: Path) -> None:
    (tmp_path / NAMES[1]).mkdir()
    with pytest.raises(CommandError, match=f"^{re.escape(str(tmp_path / NAMES[1]))}: a folder stands where a file should be"):
        export_posts("--out", tmp_path)
    assert (tmp_path / NAMES[0]).is_file()


def test_export_to_a_full_disk_says_what_to_do_and_the_next_one_succeeds(digests: list[Digest], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=4) as place:
        out = place / "out"
        with pytest.raises(CommandError, match=r"^.*: the disk is full; make room, then run it again$"):
            export_posts("--out", out)
        subprocess.run(["mount", "-o", "remount,size=1m", str(place)], check=True)
        export_posts("--out", out)
        assert sorted(file.name for file in out.iterdir()) == NAMES


def test_export_holds_neither_drafts_nor_withdrawn_days_nor_samples(digests: list[Digest], tmp_path: Path) -> None:
    export_posts("--out", tmp_path)
    (tmp_path / "1999-01-01---Hot-Papers.md").write_text("somebody else's")
    Digest.objects.filter(pk=digests[0].pk).update(status="withdrawn")
    Digest.objects.filter(pk=digests[1].pk).update(is_sample=True)
    make_digest(date(2021, 5, 13), status="draft", published_at=None)
    (tmp_path / "2021-05-13---Hot-Papers.md").write_text("somebody else's, of a day that was never published here")
    assert export_posts("--out", tmp_path) == "0 new, 0 changed, 1 unchanged, 1 removed\n"
    left = ["1999-01-01---Hot-Papers.md", NAMES[1], NAMES[2], "2021-05-13---Hot-Papers.md"]
    assert sorted(file.name for file in tmp_path.iterdir()) == left


def test_export_leaves_out_tweets_that_are_gone(digests: list[Digest], tmp_path: Path) -> None:
    gone = ShownTweet.objects.filter(entry__digest=digests[0]).first()
    assert gone is not None
    Tweet.objects.filter(pk=gone.tweet_id).update(state="deleted", body_html="")
    export_posts("--out", tmp_path)
    assert [(tmp_path / name).read_text().count("<blockquote") for name in NAMES] == [1, 2, 2]


def test_check_compares_and_writes_nothing(digests: list[Digest], tmp_path: Path) -> None:
    export_posts("--out", tmp_path)
    assert export_posts("--out", tmp_path, "--check") == "3 files are up to date, 0 are not\n"
    (tmp_path / NAMES[0]).unlink()
    (tmp_path / NAMES[1]).write_text("other")
    (tmp_path / "1999-01-01---Hot-Papers.md").write_text("surplus")
    assert list(compare(tmp_path)) == [
        (NAMES[0], FileState.NEW),
        (NAMES[1], FileState.CHANGED),
        (NAMES[2], FileState.SAME),
        ("1999-01-01---Hot-Papers.md", FileState.REMOVED),
    ]
    with pytest.raises(CommandError, match="The folder differs"):
        export_posts("--out", tmp_path, "--check")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1999-01-01---Hot-Papers.md", *NAMES[1:]]
    assert list(compare(tmp_path, since=DAYS[2])) == [(NAMES[2], FileState.SAME)]


def test_check_of_a_folder_that_is_not_there_says_what_is_missing(digests: list[Digest], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="The folder differs"):
        export_posts("--out", tmp_path / "nowhere", "--check")
    assert not (tmp_path / "nowhere").exists()


def test_export_to_a_file_or_beside_another_export_is_refused(
    digests: list[Digest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "LOCK_WAIT_S", 0.1)
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file is a file; give a folder"):
        export_posts("--out", tmp_path / "file")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(CommandError, match="another run is writing to"):
        export_posts("--out", tmp_path)
    os.close(descriptor)
    export_posts("--out", tmp_path)


def test_export_takes_the_same_queries_for_few_and_many_papers(django_assert_num_queries, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for first, size in ((DAYS[0], 1), (DAYS[1], 20)):
        make_digest(first, papers=size)
        with django_assert_num_queries(5):
            assert len(list(write(tmp_path / str(size), since=first))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("days", [14, 120])  # by one process, and by several
def test_export_killed_at_any_moment_leaves_only_whole_files(archive: Path, tmp_path: Path, days: int) -> None:
    environment = os.environ | {
        "VAR_DIR": str(tmp_path / "var"),
        "SECRET_KEY": "only-for-tests-which-need-no-secret-at-all",
        "DATABASE_URL": f"sqlite:///{tmp_path}/killed.sqlite3",
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    migrated(tmp_path / "killed.sqlite3")
    posts = tmp_path / "posts"
    posts.mkdir()
    real = sorted(archive.glob("*.md"))
    for number in range(days):
        source = real[number % len(real)]
        day = date.fromordinal(date(2015, 1, 1).toordinal() + number)
        text = source.read_bytes().replace(source.name[:10].encode(), str(day).encode())
        (posts / file_name(day)).write_bytes(text.replace(b"\n---\n\n\n#", b"\n---\n\n#"))
    subprocess.run([*manage, "import_posts", str(posts)], env=environment, check=True, capture_output=True)
    out = tmp_path / "out"
    slowed = (  # each file waits a little for its place, so that the kill falls between two files
        "import os, time, sys; real = os.replace\n"
        "def slow(source, target): time.sleep(0.05); real(source, target)\n"
        "os.replace = slow\n"
        "import django; django.setup(); from digests.management.commands import export_posts; export_posts.MANY = 100\n"
        "from django.core.management import execute_from_command_line as run; run(sys.argv)"
    )
    command = [sys.executable, "-c", slowed, "export_posts", "--out", str(out)]
    environment |= {"DJANGO_SETTINGS_MODULE": "hotpapers_site.settings", "PYTHONPATH": str(settings.BASE_DIR)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while not (out.is_dir() and list(out.glob("*.md"))):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    whole = list(out.glob("[0-9]*.md"))
    assert 0 < len(whole) < days
    for file in whole:
        assert file.read_bytes() == (posts / file.name).read_bytes()
    subprocess.run([*manage, "export_posts", "--out", str(out)], env=environment, check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == {file.name: file.read_bytes() for file in posts.iterdir()}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_export_says_so_when_one_of_its_processes_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        make_digest(date.fromordinal(DAYS[0].toordinal() + number), papers=1)
    monkeypatch.setattr("digests.mirror.folder.make_durable", lambda folder, paths: time.sleep(0.02 * len(paths)))
    files = write(tmp_path, processes=2)
    next(files)
    for process in multiprocessing.active_children():
        process.kill()
    with pytest.raises(ProcessEnded, match="was killed; run it again"):
        list(files)
    monkeypatch.undo()
    assert len(list(write(tmp_path, processes=2))) == 60
    assert multiprocessing.active_children() == []
