"""What `make test` and `make bench` rely on."""

import re
import subprocess
import sys

from django.conf import settings

from bench.__main__ import BENCHMARKS, BY_NAME_ONLY
from tests.choosing import DEPEND_ON_NONE, DEPEND_ON_THE_DATABASE, START_PROGRAMS


def test_folders_and_files_that_are_named_exist() -> None:
    named = (*DEPEND_ON_THE_DATABASE, *DEPEND_ON_NONE, *START_PROGRAMS)
    assert [place for place in named if not (settings.BASE_DIR / place).exists()] == []


def test_help_of_the_benchmarks_lists_them_and_starts_none() -> None:
    command = [sys.executable, "-m", "bench", "search", "--help"]
    listed = subprocess.run(command, cwd=settings.BASE_DIR, env={"PATH": ""}, capture_output=True, text=True, check=True)
    names = {line.split()[0].rstrip("*") for line in listed.stdout.splitlines() if re.match("  [a-z]", line)}
    assert (names, listed.stderr) == ({*BENCHMARKS, *BY_NAME_ONLY}, "")
