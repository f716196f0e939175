"""Killed at any moment, the next run ends in the same bytes, and whoever reads meanwhile sees whole files and a true manifest."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from digests.markdown.format import file_name
from tests.digests.mirror.mirrored import files, is_true
from tests.tables import migrated

KILLS = int(os.environ.get("MIRROR_KILLS", "2"))
"""How often each kind of target is killed. `make test-mirror` does so 50 times."""
FROM_NOTHING = max(1, KILLS // 3)
"""Kills while the first files are made; the others are at any step of a change."""
NEVER = 1 << 60
"""A step that does not come."""
pytestmark = [pytest.mark.slow(seconds=60), pytest.mark.timeout(1200)]
SHORT = ("2020-10-12", "2020-12-07", "2022-01-13")
"""Days of few papers, one of them of none: most of the time goes into the pages of papers."""
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
CHANGE = """UPDATE digests_entry SET retweets = ?
WHERE digest_id IN (SELECT id FROM digests_digest WHERE strftime('%d', date) <= '20')"""


@pytest.fixture(scope="module")
def imported(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of its own with 21 days."""
    folder = tmp_path_factory.mktemp("imported")
    posts, database = folder / "posts", folder / "imported.sqlite3"
    posts.mkdir()
    for number, source in enumerate([archive / file_name(date.fromisoformat(day)) for day in SHORT] * 7):
        day = date.fromordinal(date(2015, 1, 1).toordinal() + number)
        (posts / file_name(day)).write_bytes(source.read_bytes().replace(source.name[:10].encode(), str(day).encode()))
    migrated(database)
    for command in (["import_posts", str(posts)], ["render_texts"]):
        subprocess.run([*MANAGE, *command], env=on(database, folder), check=True, capture_output=True)
    return database


@pytest.fixture
def environment(imported: Path, tmp_path: Path) -> dict[str, str]:
    """With a copy of that database."""
    return on(Path(shutil.copy(imported, tmp_path / "killed.sqlite3")), tmp_path)


def on(database: Path, folder: Path) -> dict[str, str]:
    return os.environ | {
        "VAR_DIR": str(folder / "var"),
        "SECRET_KEY": "only-for-tests-which-need-no-secret-at-all",
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }


class Reader(threading.Thread):
    """Reads the manifest and the files that it names, again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.ends, self.lies = folder, threading.Event(), list[str]()

    def run(self) -> None:
        while not self.ends.is_set():
            try:
                before = (self.folder / "mirror.json").read_bytes()
            except FileNotFoundError:
                continue
            for name, entry in json.loads(before)["files"].items():
                path = self.folder / name
                data = path.read_bytes() if path.exists() else None
                if (data is None or sha256(data).hexdigest() != entry["sha256"]) and (
                    self.folder / "mirror.json"
                ).read_bytes() == before:
                    self.lies.append(name)
            time.sleep(0.02)


def is_at_work(folder: Path) -> bool:
    """Whether a run has begun to write."""
    waiting = folder / ".mirror"
    return waiting.is_dir() and any(path.name not in ("state", "written") for path in waiting.iterdir())


@pytest.mark.parametrize("kind", ["folder", "git", "html"])
def test_killed_at_random_moments_ends_in_the_same_bytes(environment: dict[str, str], tmp_path: Path, kind: str) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "init", "--bare", "--quiet", "--initial-branch=main", str(bare)], check=True)
    mirrored = {
        "MIRRORS": "killed,whole",
        "MIRROR_KILLED_KIND": kind,
        "MIRROR_WHOLE_KIND": "html" if kind == "html" else "folder",
    }
    mirrored |= {"MIRROR_KILLED_DIR": str(tmp_path / "killed"), "MIRROR_WHOLE_DIR": str(tmp_path / "whole")}
    if kind == "git":
        mirrored["MIRROR_KILLED_REMOTE"] = str(bare)
    environment |= mirrored
    folder, choose = tmp_path / "killed", random.Random(7)
    folder.mkdir()
    reader = Reader(folder)
    reader.start()

    def change(number: int) -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / "killed.sqlite3")) as database, database:
            assert database.execute(CHANGE, [number]).rowcount > 0

    def begin(step: int) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.digests.mirror.killed_at", str(step), "mirror", "killed"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    for number in range(FROM_NOTHING):  # at some time while the first files are made
        change(number)
        running = begin(0)
        while running.poll() is None and not is_at_work(folder):
            time.sleep(0.002)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(choose.uniform(0.0, 0.3))
        running.kill()
        running.communicate()
        assert not (folder / "mirror.json").exists() or is_true(folder)
    for number in (KILLS, KILLS + 1):  # the files that are still to be made, then what a change takes
        change(number)
        told, _ = begin(NEVER).communicate()
    steps, killed = int(told.splitlines()[-1]), 0
    for number in range(FROM_NOTHING, KILLS):  # at some step of a change
        change(number)
        running = begin(choose.randint(1, steps))
        running.communicate()
        killed += running.returncode == -signal.SIGKILL
        assert is_true(folder)
    done = subprocess.run([*MANAGE, "mirror"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "version is kept" in done.stderr) == (0, False)
    assert killed > 0
    reader.ends.set()
    reader.join()
    assert reader.lies == []
    assert {name: data for name, data in files(folder).items() if not name.startswith(".")} == files(tmp_path / "whole")
    if kind == "git":
        shown = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True)
        pushed = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
        there = subprocess.run(["git", "rev-parse", "main"], cwd=bare, capture_output=True, text=True, check=True)
        assert (shown.stdout, pushed.stdout) == ("", there.stdout)
