"""A backup on odd places, and beside a site that runs: each is told in one sentence with what to do, and leaves nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from hotpapers_site.health import heartbeats
from hotpapers_site.health.heartbeats import Process
from tests.factories import make_digest
from tests.small_disk import small_disk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FULL = "the disk is full; make room, then run it again"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Too small for the tables alone."""
    with small_disk(tmp_path / "disk", kilobytes=256) as folder:
        yield folder


def told(*command: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*command)
    return str(error.value)


def test_full_disk_is_told_by_backup_and_restore(
    disk: Path, tmp_path: Path, settings: Settings, request: pytest.FixtureRequest
) -> None:
    assert told("backup", str(disk)) == f"No backup was made: {disk}: {FULL}"
    assert list(disk.iterdir()) == []
    request.getfixturevalue("tables_by_copy")
    call_command("backup", str(tmp_path / "whole.tar.gz"), verbosity=0)
    settings.VAR_DIR = disk
    make_digest()
    assert told("restore", str(tmp_path / "whole.tar.gz"), "--check") == f"{disk}: {FULL}"
    assert list(disk.iterdir()) == []


@pytest.mark.usefixtures("tables_by_copy")
def test_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    stands = "a file, or a link that leads nowhere, stands where a folder should be; move it away, then run it again"
    assert told("backup", str(tmp_path / "file")) == f"No backup was made: {tmp_path}/file: {stands}"
    for folder in (tmp_path / "file", tmp_path / "missing"):
        assert told("backup", str(folder / "one.tar.gz")) == f"There is no folder {folder}. Make it first, or choose another one."
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.usefixtures("tables_by_copy")
def test_database_of_a_running_site_is_neither_replaced_nor_moved(tmp_path: Path) -> None:
    file = str(tmp_path / "whole.tar.gz")
    call_command("backup", file, verbosity=0)
    for number in range(5):
        heartbeats.beat(Process("worker", "mirror", "vm", number))
    running = "worker of mirror 0 on vm, worker of mirror 1 on vm, worker of mirror 2 on vm and 2 more"
    sentence = f"The site still runs on this database ({running}). Stop it first; if it was killed, wait a minute."
    assert told("restore", file, "--replace") == sentence
    assert told("move_database", "--to", f"sqlite:///{tmp_path}/other.sqlite3") == sentence
    assert list(tmp_path.iterdir()) == [Path(file)]
    for number in range(5):
        heartbeats.end(Process("worker", "mirror", "vm", number))
    call_command("restore", file, "--replace", verbosity=0)
