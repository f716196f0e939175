"""Import and export of N posts, beside a bare loop that parses, or that writes and fsyncs, the same files."""

import argparse
import io
import os
import re
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from digests.markdown.format import file_name, parse  # noqa: E402

ROUNDS = 5
EXPORTS = 3
"""Exports in each round: the disk’s own time differs by a factor of four from one export to the next."""
FIRST_DAY = date(2010, 1, 1)


def copies(archive: Path, count: int, folder: Path, *, own_papers: bool) -> None:
    """Write the archive `count` times, each copy with its own days; with `own_papers`, also with its own papers and tweets."""
    originals = sorted(archive.glob("*.md"))
    for number in range(count):
        for place, original in enumerate(originals):
            text = original.read_bytes().decode()
            day = FIRST_DAY + timedelta(days=number * len(originals) + place)
            text = text.replace(original.name[:10], str(day))
            if own_papers:
                month = f"{number // 12 * 3:02}{number % 12 + 1:02}"
                text = re.sub(r"(arxiv\.org/(?:abs|pdf)/)[0-9]{4}\.", rf"\g<1>{month}.", text)
                text = re.sub(r"(/status/[0-9]+)[0-9]{2}\?", rf"\g<1>{number % 100:02}?", text)
            (folder / file_name(day)).write_bytes(text.encode())


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def quietly(*command: str) -> None:
    call_command(*command, verbosity=0, stdout=io.StringIO(), stderr=sys.stderr)


def bare_write(contents: dict[str, bytes], folder: Path) -> None:
    for name, data in contents.items():
        with (folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def report(what: str, count: int, ours: list[float], floor: list[float], limit: float) -> None:
    ratio = statistics.median(one / bare for one, bare in zip(ours, floor, strict=True))
    seconds, bare = statistics.median(ours), statistics.median(floor)
    verdict = "within" if ratio <= limit else "OVER"
    print(
        f"{what:<34}{count / seconds:>8,.0f} posts/s   floor {count / bare:>8,.0f} posts/s   "
        f"{ratio:>5.2f} x the floor's time, {verdict} {limit:g}"
    )


def measure(posts: Path, out: Path, floor: Path) -> tuple[list[float], list[float], list[float], list[float]]:
    """Seconds of imports, bare parses, exports and bare writes, taken in turn."""
    files = sorted(posts.iterdir())
    contents = {file.name: file.read_bytes() for file in files}
    imports, parses, exports, writes = [], [], [], []
    for _ in range(ROUNDS):
        quietly("flush", "--no-input")
        parses.append(timed(lambda: [parse(file.read_bytes().decode()) for file in files]))
        imports.append(timed(lambda: quietly("import_posts", str(posts))))
        for _ in range(EXPORTS):
            for folder in (out, floor):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            writes.append(timed(lambda: bare_write(contents, floor)))
            exports.append(timed(lambda: quietly("export_posts", "--out", str(out))))
    return imports, parses, exports, writes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=int(os.environ.get("BENCH_COPIES", "20")))
    options = parser.parse_args()
    archive = Path(os.environ.get("HOTPAPERS_SHARED", settings.BASE_DIR.parent / "shared")) / "archive"
    if not archive.is_dir():
        print(f"bench archive: skipped, no real posts at {archive}; set HOTPAPERS_SHARED")
        return 0
    quietly("migrate")
    for own_papers, kind in ((False, "the same papers again"), (True, "papers of their own")):
        with tempfile.TemporaryDirectory(prefix="hotpapers-bench-") as scratch:
            posts = Path(scratch, "posts")
            posts.mkdir()
            copies(archive, options.copies, posts, own_papers=own_papers)
            imports, parses, exports, writes = measure(posts, Path(scratch, "out"), Path(scratch, "floor"))
            count = len(list(posts.iterdir()))
            report(f"import, {kind}", count, imports, parses, 6)
            report(f"export, {kind}", count, exports, writes, 2)
    print(f"peak memory of the whole run       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>8,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
