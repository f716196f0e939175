"""`python -m bench [NAME…]`: all benchmarks or those named, each in its own process.

What follows the names from the first `-` on is for the benchmarks: `python -m bench admin --papers 100000`. `--help` lists them
all, and starts none.
"""

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = ["archive", "mirror", "pages", "engagement", "search", "admin", "desk", "stream", "matches", "memory"]
BY_NAME_ONLY = ["thinning", "busy", "workers", "growth", "lighthouse", "relevance"]
USAGE = """usage: python -m bench [NAME…] [OPTION…]

Runs the benchmarks named, or all but those marked *, each in a process of its own.

{benchmarks}

options of engagement, search, admin, growth and thinning:
  --tweets N, --papers N (search, admin, growth), --readings N (thinning)
                                           how many rows; takes long with the many that are the default
  --database sqlite|postgresql             on this one only
option of busy:
  --minutes N                              of each, idle and busy; the default is 10
option of workers:
  --workers N                              measure also with N, beside one and two
option of lighthouse:
  --page NAME                              only this page; may be given again
option of archive and mirror:
  --copies N                               of each of the real posts
"""


def usage() -> str:
    """The benchmarks with their first sentences, read from their files: to import one sets Django up."""
    lines = []
    for name in BENCHMARKS + BY_NAME_ONLY:
        says = ast.get_docstring(ast.parse(Path(__file__).with_name(f"{name}.py").read_text())) or ""
        lines.append(f"  {name + '*' * (name in BY_NAME_ONLY):12}{says.splitlines()[0]}")
    return USAGE.format(benchmarks="\n".join(lines))


def main() -> int:
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(usage(), end="")
        return 0
    first = next((n for n, word in enumerate(sys.argv) if n and word.startswith("-")), len(sys.argv))
    names, options = sys.argv[1:first] or BENCHMARKS, sys.argv[first:]
    unknown = set(names) - {*BENCHMARKS, *BY_NAME_ONLY}
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS + BY_NAME_ONLY)}", file=sys.stderr)
        return 2
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="hotpapers-bench-") as folder:
            environment = os.environ | {
                "VAR_DIR": folder,
                "SECRET_KEY": "only-for-benchmarks-which-need-no-secret",
                "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
            }
            environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as where it is installed, a command does not compile its code
            failed |= subprocess.run([sys.executable, "-m", f"bench.{name}", *options], env=environment, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
