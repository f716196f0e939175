"""Disks that are full: that of the mirror, and that of VAR_DIR."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.deployed.faults.suffering import ALERT_WITHIN_S, BACK_WITHIN_S, Faults
from tests.deployed.machine import until
from tests.deployed.rehearsal import say


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path | None]:
    """The folder on a small file system of its own, with the files that it had; yields what fills it. None where this machine
    lets nobody mount one."""
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        yield None
        return
    try:
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        yield folder / ".filler"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as full:
        while True:
            full.write(b"x" * 4096)


def full_mirror(on: Faults) -> None:
    """The mirror's disk is full: a small file system of its own."""
    mirror, told_before = on.on.mirror, on.alerts.count("The disk of")
    file = mirror / f"{on.day}---Hot-Papers.md"
    was = file.read_bytes()
    with small_disk(mirror, "1m") as filler:
        if filler is None:
            say("Disk full: left out, since this machine lets nobody mount a small disk")
            return
        # A small disk is below DISK_FREE_MIB from the start, so the alert is there as long as it is mounted.
        until(lambda: on.alerts.count("The disk of")[0] > told_before[0], ALERT_WITHIN_S, "the alert of the disk")
        fill(filler)
        say("The mirror's disk is full; the alert of it came")
        on.on.manage("withdraw_digest", on.day)
        on.on.manage("publish_digest", on.day, "--despite-findings")
        filler.unlink()
        took_s = until(lambda: file.exists() and file.read_bytes() == was, BACK_WITHIN_S, "the mirror after a full disk")
        on.works()
    until(on.all_run, BACK_WITHIN_S, "all is well after the full disk")
    until(lambda: on.alerts.count("The disk of")[1] > told_before[1], ALERT_WITHIN_S, "the end of the alert of the disk")
    on.row("the mirror's disk full, then free", f"{took_s:.0f} s", f"{took_s:.1f} s", "", "", "once, and its end")
