"""`make run` on an empty machine, without any key, against a world in which people talk today: how soon it is alive."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from papers.access.connections import calendar
from papers.collecting.days import newest_announced
from tests.hotpapers_site.serving.test_serve import environment
from tests.processes import processes_naming
from tests.servers import free_port
from tests.standins.running import Services, services
from tests.tables import migrated

WITHIN_S = 240
PAPERS = 160


def serve(folder: Path, log: Path, bases: dict[str, str]) -> tuple["subprocess.Popen[bytes]", str]:
    port = free_port()
    # What make would install is there: the tests run in it.
    command = ["make", f"--old-file={sys.prefix}/.base", "run", f"PORT={port}", f"VENV={sys.prefix}"]
    variables = {name: value for name, value in environment(folder).items() if name != "X_BEARER_TOKEN"} | bases
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, stdout=output, stderr=output, cwd=settings.BASE_DIR, start_new_session=True
        )
    return process, f"http://127.0.0.1:{port}"


def wait_for(sentence: str, log: Path, process: "subprocess.Popen[bytes]", within_s: float = WITHIN_S) -> str:
    """What was said by the moment at which the sentence (a pattern) is."""
    deadline = time.monotonic() + within_s
    while not re.search(sentence, said := log.read_text()):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)
    return said


@dataclass(frozen=True)
class FirstStart:
    newest: date
    address: str
    output: str
    lasted_s: float
    made: Services
    static: Path
    """Where it collected the static files."""


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """From an empty machine to a draft on the desk."""
    newest = newest_announced(datetime.now(UTC))
    first = newest
    while newest - first < timedelta(days=6):
        first = calendar().previous_listing_day(first)
    days = sum(calendar().is_listing_day(first + timedelta(days=n)) for n in range((newest - first).days + 1))
    folder = tmp_path_factory.mktemp("first")
    with services(lambda: datetime.now(UTC), first_day=first, days=days, papers_a_day=PAPERS, tweets_a_day=2000) as made:
        began = time.monotonic()
        process, address = serve(folder / "var", folder / "log", made.keyless())
        try:
            on_the_desk = rf"A draft of {newest:%A, %-d %b %Y} is on the desk, with [1-9][0-9,]* hot papers?"
            output = wait_for(on_the_desk, folder / "log", process)
            lasted_s = time.monotonic() - began
        finally:
            stop_quietly(process, folder / "var")
    return FirstStart(newest, address, output, lasted_s, made, folder / "var" / "static")


@pytest.mark.slow(seconds=60)
@pytest.mark.timeout(400)
def test_an_empty_machine_without_a_key_has_a_draft_on_the_desk_within_minutes(
    first_start: FirstStart, capsys: pytest.CaptureFixture[str]
) -> None:
    newest, output = first_start.newest, first_start.output
    with capsys.disabled():
        print(f"\nFrom the first line to a draft on the desk: {first_start.lasted_s:.0f} s.")
    whose = "today's papers" if newest == datetime.now(UTC).date() else f"the papers of {newest:%-d %b %Y}"
    assert re.search(rf"^Collecting {whose}: [0-9]+ of [0-9,]+\.$", output, re.M), output
    assert f"{first_start.address}/admin/desk/{newest}/" in output
    assert output.count("X_BEARER_TOKEN is not set") == 1
    assert "Traceback" not in output
    assert first_start.made.x.requests == []


@pytest.mark.slow(seconds=15)
@pytest.mark.timeout(400)
def test_where_nothing_can_be_reached_one_sentence_says_so_once_and_the_sample_data_is_there(
    first_start: FirstStart, tmp_path: Path
) -> None:
    nowhere, log = f"http://127.0.0.1:{free_port()}", tmp_path / "log"
    # Tables and static files are made in the other test.
    migrated(tmp_path / "var" / "db.sqlite3")
    shutil.copytree(first_start.static, tmp_path / "var" / "static")
    bases = dict.fromkeys(
        [
            *(f"ARXIV_{name}_BASE" for name in ("API", "RSS", "WEB")),
            *("BLUESKY_API_BASE", "HACKERNEWS_API_BASE", "HACKERNEWS_ITEM_BASE", "HUGGINGFACE_API_BASE"),
        ],
        nowhere,
    )
    bases |= {"BLUESKY_STREAM": nowhere.replace("http", "ws"), "NETWORKS": "x,bluesky,hackernews,huggingface"}
    process, address = serve(tmp_path / "var", log, bases)
    try:
        wait_for("Nothing can be reached", log, process)
        pages = {
            path: httpx.get(address + path, trust_env=False, verify=False, timeout=60).text
            for path in ("/", "/feed.atom", "/sitemap.xml")
        }
        time.sleep(10)
    finally:
        stop_quietly(process, tmp_path / "var")
    output = log.read_text()
    assert re.search(r"^Loaded 4 sample days, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.", output, re.M)
    assert "Sample data" in pages["/"]
    troubled = [line for line in output.splitlines() if "reach" in line or "unavailable" in line or "not available" in line]
    assert troubled == [
        "Nothing can be reached (arXiv, Bluesky, Hacker News, Hugging Face), so is this machine online? Hot Papers keeps trying; "
        "what is here already, sample data included, can be used meanwhile."
    ]
    assert "Traceback" not in output
    # Links follow the port.
    assert f'<link rel="canonical" href="{address}/">' in pages["/"]
    assert f'href="{address}/feed.atom"' in pages["/feed.atom"]
    assert f"<loc>{address}/" in pages["/sitemap.xml"]


def stop_quietly(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: make and what it runs
        process.wait(60)
    assert processes_naming(str(folder)) == []
    assert not (folder / "redis.sock").exists()
