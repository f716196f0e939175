"""Mirrors of N posts: a full folder beside `cp -r` with fsync, one changed day, the site as files beside Eleventy."""

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

from bench import site_files  # noqa: E402
from bench.archive import copies, quietly, timed  # noqa: E402
from digests.models import Digest, Entry  # noqa: E402
from papers.rendered.waiting import render_changed  # noqa: E402

ROUNDS = 5
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
ELEVENTY = settings.BASE_DIR / "var/mirror-generators/node_modules/@11ty/eleventy/cmd.cjs"
"""As `make test-mirror` installs it."""


def run(*arguments: object) -> float:
    """Run our command; the seconds of processor time that it and its processes took."""
    return taken([*MANAGE, *map(str, arguments)])


def taken(command: list[str], folder: Path | None = None) -> float:
    """Run any command in the folder; the seconds of processor time that it and its processes took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copied(source: Path, target: Path) -> None:
    """The seconds that `cp -r` and an fsync of each file take."""
    target.mkdir()
    for file in source.iterdir():
        if file.is_file():
            with (target / file.name).open("wb") as copy:
                copy.write(file.read_bytes())
                copy.flush()
                os.fsync(copy.fileno())


def report(what: str, seconds: float, floor: float, words: str, limit: str) -> None:
    print(f"{what:<44}{seconds:>8.3f} s   {words} {floor:>8.3f} s   {seconds / floor:>5.2f} x   {limit}")


def changed_day(target: list[object], *, is_newest: bool = False) -> float:
    """Processor seconds of a run after one day changed, beyond those of the command's start: the least of each, taken in turn,
    because other loads only add to them."""
    days = Entry.objects.order_by("-digest__date" if is_newest else "digest__date").values("digest")[:1]
    runs, starts = [], []
    for number in range(ROUNDS):
        Entry.objects.filter(position=1, digest=days).update(retweets=1_000_000 + number)
        runs.append(run("mirror", *target))
        starts.append(run("mirror", "--help"))
    return min(runs) - min(starts)


def say_changed_day(what: str, seconds: float) -> None:
    print(f"{what:<44}{seconds:>8.3f} s   of the processor beyond the command's start, at most 0.1")


def measure(scratch: Path, count: int) -> float:
    """Print the folder's figures with so many posts; the seconds for one changed day."""
    folder, floor = scratch / f"out{count}", scratch / f"floor{count}"
    target: list[object] = ["--to", folder, "--profile", "lumen-2020"]
    full, bare = [], []
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        full.append(timed(lambda: run("mirror", *target)))
        shutil.rmtree(floor, ignore_errors=True)
        bare.append(timed(lambda: copied(folder, floor)))
    report(f"full folder, {count:,} posts", statistics.median(full), statistics.median(bare), "cp -r, fsync", "at most 3")
    run("mirror", *target)
    one = changed_day(target)
    say_changed_day(f"one changed day of {count:,}", one)
    return one


def measure_site(scratch: Path) -> None:
    """Print the figures of the site as files, and of Eleventy with the same posts: before it and after it."""
    site: list[object] = ["--to", scratch / "site", "--profile", "html"]
    theirs = eleventy(scratch)
    seconds = run("mirror", *site)
    theirs += eleventy(scratch)
    found = [path for path in (scratch / "site").rglob("*") if path.is_file() and path.suffix not in (".gz", ".br")]
    pages = sum(path.suffix == ".html" for path in found)
    say_site("the site", seconds, pages, len(found))
    if theirs:
        built = len(list((scratch / "built").rglob("*.html")))
        least = min(theirs)
        say_site("Eleventy, the same posts", least, built, built)
        a_page, a_file = (seconds / number / (least / built) for number in (pages, len(found)))
        print(f"ours / Eleventy: {a_page:.2f} x a page, {a_file:.2f} x a file, {seconds / least:.0f} x the site; at most 1")
    else:
        print("Eleventy: skipped, it is not installed; `make test-mirror` does so")
    say_changed_day("the oldest day of the site changed", changed_day(site))
    say_changed_day("the newest day of the site changed", changed_day(site, is_newest=True))
    if absent := [program for program in ("wrk", "nginx") if not shutil.which(program)]:
        print(f"the site by nginx: skipped, {' and '.join(absent)} not installed; `apt-get install wrk nginx`")
    else:
        site_files.measure(scratch / "site", Digest.objects.published()[0].get_absolute_url())


def eleventy(scratch: Path) -> list[float]:
    """The processor seconds that it takes for the same posts; none if it is not installed."""
    if not ELEVENTY.is_file():
        return []
    posts, built = scratch / "eleventy", scratch / "built"
    run("mirror", "--to", posts, "--profile", "eleventy")
    shutil.rmtree(built, ignore_errors=True)
    return [taken(["node", str(ELEVENTY), f"--input={posts}", f"--output={built}", "--quiet"], posts)]


def say_site(what: str, seconds: float, pages: int, files: int) -> None:
    told, page, file = f"{what}, {pages:,} pages of {files:,} files", 1000 * seconds / pages, 1000 * seconds / files
    print(f"{told:<56}{seconds:>8.1f} s of the processor, {page:.1f} ms a page, {file:.1f} ms a file")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=int(os.environ.get("BENCH_COPIES", "20")))
    parser.add_argument("--times", type=int, default=10, help="how many times as many posts are compared")
    options = parser.parse_args()
    archive = Path(os.environ.get("HOTPAPERS_SHARED", settings.BASE_DIR.parent / "shared")) / "archive"
    if not archive.is_dir():
        print(f"bench mirror: skipped, no real posts at {archive}; set HOTPAPERS_SHARED")
        return 0
    quietly("migrate")
    with tempfile.TemporaryDirectory(prefix="hotpapers-bench-") as folder:
        scratch, times = Path(folder), []
        scratch.chmod(0o755)  # for nginx
        for number in (options.copies, options.copies * options.times):
            posts = scratch / f"posts{number}"
            posts.mkdir()
            copies(archive, number, posts, own_papers=False)
            quietly("import_posts", str(posts))
            render_changed()
            times.append(measure(scratch, len(list(posts.iterdir()))))
        more = f"one changed day, {options.times} times as many posts"
        print(f"{more:<44}{times[1] / times[0]:>8.2f} x   at most 1.2")
        quietly("flush", "--no-input")
        posts = scratch / "posts-of-their-own"
        posts.mkdir()
        copies(archive, options.copies, posts, own_papers=True)  # as on a real site, where hardly a paper is listed twice
        quietly("import_posts", str(posts))
        render_changed()
        measure_site(scratch)
    print(f"peak memory of one run             {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:>8,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
