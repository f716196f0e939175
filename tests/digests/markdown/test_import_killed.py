"""An import whose processes are killed leaves whole posts, and says so."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from digests.markdown.files import read_posts
from digests.markdown.format import file_name
from digests.parallel import ProcessEnded
from tests.digests.markdown.importing_posts import changed, many_files
from tests.tables import migrated

pytestmark = pytest.mark.django_db


def test_import_says_so_when_the_process_that_reads_is_killed(tmp_path: Path) -> None:
    posts = read_posts(many_files(tmp_path, changed(abstract="More than a pipe holds. " * 10_000)))
    next(posts)
    (reader,) = multiprocessing.active_children()
    reader.kill()

    with pytest.raises(ProcessEnded, match="a process of this command was killed; run it again"):
        list(posts)


def test_process_that_reads_ends_with_the_import(tmp_path: Path) -> None:
    posts = read_posts(many_files(tmp_path))
    next(posts)
    posts.close()

    assert multiprocessing.active_children() == []


def test_import_killed_in_the_middle_leaves_whole_posts_and_is_completed_by_the_next(archive: Path, tmp_path: Path) -> None:
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
    for number in range(140):
        source = real[number % len(real)]
        day = date.fromordinal(date(2015, 1, 1).toordinal() + number)
        (posts / file_name(day)).write_bytes(source.read_bytes().replace(source.name[:10].encode(), str(day).encode()))
    running = subprocess.Popen(
        [*manage, "import_posts", str(posts)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while days_in(tmp_path / "killed.sqlite3") < 5:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    stored = days_in(tmp_path / "killed.sqlite3")
    assert 5 <= stored < 140
    check = subprocess.run(
        [*manage, "export_posts", "--out", str(tmp_path / "half")], env=environment, capture_output=True, text=True, check=True
    )
    assert f"{stored} new" in check.stdout
    shutil.copytree(tmp_path / "half", tmp_path / "compare")
    for file in (tmp_path / "compare").iterdir():
        expected = (posts / file.name).read_bytes().replace(b"\n---\n\n\n#", b"\n---\n\n#")
        assert file.read_bytes() == expected
    finished = subprocess.run([*manage, "import_posts", str(posts)], env=environment, capture_output=True, text=True, check=True)
    assert f"140 files: {140 - stored} new, {stored} unchanged, 0 changed, 0 kept" in finished.stdout


def days_in(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connected:
        return int(connected.execute("SELECT count(*) FROM digests_digest").fetchone()[0])
