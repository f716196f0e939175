"""Mirrors of N posts: a full folder beside `cp -r` with fsync, one changed day beside the start of the process, and the site."""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402

from bench.archive import copies, quietly, timed  # noqa: E402
from digests.models import Entry  # noqa: E402
from papers.rendered.waiting import render_changed  # noqa: E402

ROUNDS = 5
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


def run(*arguments: object) -> None:
    subprocess.run([*MANAGE, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def copied(source: Path, target: Path) -> None:
    """What `cp -r` and an fsync of each file take."""
    target.mkdir()
    for file in source.iterdir():
        if file.is_file():
            with (target / file.name).open("wb") as copy:
                copy.write(file.read_bytes())
                copy.flush()
                os.fsync(copy.fileno())


def report(what: str, seconds: float, floor: float, words: str, limit: str) -> None:
    print(f"{what:<44}{seconds:>8.3f} s   {words} {floor:>8.3f} s   {seconds / floor:>5.2f} x   {limit}")


def beyond(what: str, seconds: float, start: float) -> None:
    print(f"{what:<44}{seconds:>8.3f} s   the command's start {start:>8.3f} s   {seconds - start:>+7.3f} s   at most 0.1")


def changed_day(target: list[object], number: int) -> float:
    Entry.objects.filter(position=1, digest=Entry.objects.order_by("digest__date").values("digest")[:1]).update(retweets=number)
    return timed(lambda: run("mirror", *target))


def measure(scratch: Path, count: int) -> float:
    """Print the folder's figures with so many posts; the seconds of a run after one changed day."""
    folder, floor = scratch / f"out{count}", scratch / f"floor{count}"
    target: list[object] = ["--to", folder, "--profile", "lumen-2020"]
    full, bare = [], []
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)
        full.append(timed(lambda: run("mirror", *target)))
        shutil.rmtree(floor, ignore_errors=True)
        bare.append(timed(lambda: copied(folder, floor)))
    report(f"full folder, {count:,} posts", statistics.median(full), statistics.median(bare), "cp -r, fsync", "at most 3")
    run("mirror", *target)
    start = statistics.median(timed(lambda: run("mirror", "--help")) for _ in range(ROUNDS))
    one = statistics.median(changed_day(target, number) for number in range(ROUNDS))
    beyond(f"one changed day of {count:,}", one, start)
    return one


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=int(os.environ.get("BENCH_COPIES", "20")))
    options = parser.parse_args()
    archive = Path(os.environ.get("HOTPAPERS_SHARED", settings.BASE_DIR.parent / "shared")) / "archive"
    if not archive.is_dir():
        print(f"bench mirror: skipped, no real posts at {archive}; set HOTPAPERS_SHARED")
        return 0
    quietly("migrate")
    with tempfile.TemporaryDirectory(prefix="hotpapers-bench-") as folder:
        scratch, times = Path(folder), []
        for number in (options.copies, options.copies * 10):
            posts = scratch / f"posts{number}"
            posts.mkdir()
            copies(archive, number, posts, own_papers=False)
            quietly("import_posts", str(posts))
            render_changed()
            times.append(measure(scratch, len(list(posts.iterdir()))))
        print(f"{'one changed day, ten times as many posts':<44}{times[1] / times[0]:>8.2f} x   at most 1.2")
        quietly("flush", "--no-input")
        quietly("import_posts", str(scratch / f"posts{options.copies}"))
        render_changed()
        site: list[object] = ["--to", scratch / "site", "--profile", "html"]
        seconds = timed(lambda: run("mirror", *site))
        pages = len(list((scratch / "site").rglob("*.html")))
        print(f"{f'the site, {pages:,} pages':<44}{seconds:>8.3f} s   {pages / seconds:,.0f} pages/s")
        one = statistics.median(changed_day(site, number) for number in range(ROUNDS))
        start = statistics.median(timed(lambda: run("mirror", "--help")) for _ in range(ROUNDS))
        beyond("one changed day of the site", one, start)
    print(f"peak memory of one run             {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:>8,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
