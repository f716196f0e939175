"""`python -m bench [archive] [pages] [engagement] [search] [admin]`: all benchmarks or those named, each in its own process.

What follows the names from the first `-` on is for the benchmarks: `python -m bench admin --papers 100000`.
"""

import os
import subprocess
import sys
import tempfile

BENCHMARKS = ["archive", "pages", "engagement", "search", "admin", "stream"]
BY_NAME_ONLY = ["lighthouse"]


def main() -> int:
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
                "SECRET_KEY": "only-for-benchmarks",
                "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
            }
            failed |= subprocess.run([sys.executable, "-m", f"bench.{name}", *options], env=environment, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
