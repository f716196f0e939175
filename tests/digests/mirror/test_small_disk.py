"""A disk that is really full, and one that is really read-only: told in one sentence, nothing half done, and caught up with."""

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from digests.mirror.targets import Target
from digests.models import Entry
from tests.digests.mirror.mirrored import changes, files, is_true, wrong
from tests.factories import make_digest
from tests.small_disk import small_disk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", kilobytes=128) as folder:
        yield folder


def test_full_disk_and_read_only_disk_are_told_and_caught_up_with(disk: Path) -> None:
    first, second = (make_digest(date(2021, 5, day), papers=2) for day in (11, 12))
    folder = disk / "notes"
    target = Target("notes", folder)

    def mirror() -> None:
        call_command("mirror", to=folder, profile="lumen-2020", verbosity=0)

    mirror()
    before = files(folder)
    Entry.objects.filter(digest=first).update(retweets=99)

    (disk / "filler").write_bytes(b"x" * 4096)
    with pytest.raises(OSError, match="No space left"), (disk / "filler").open("ab") as filler:
        while True:
            filler.write(b"x" * 4096)
            filler.flush()
    with pytest.raises(CommandError, match=r"the disk is full; make room, then run it again$"):
        mirror()
    assert (files(folder), is_true(folder)) == (before, True)
    (disk / "filler").unlink()

    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(CommandError, match=r"the file system is read-only; mount it writable, then run it again$"):
        mirror()
    assert (files(folder), is_true(folder)) == (before, True)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)

    assert changes(target) == [("2021-05-11", "changed")]
    assert wrong(target) == []
    assert second.revision == 0
