"""`python -m bench [archive] [pages] [engagement] [search]`: the benchmarks, all or those named, each in its own process."""

import os
import subprocess
import sys
import tempfile

BENCHMARKS = ["archive", "pages", "engagement", "search"]
BY_NAME_ONLY = ["lighthouse"]


def main() -> int:
    names = [word for word in sys.argv[1:] if not word.startswith("-")] or BENCHMARKS
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
            failed |= subprocess.run([sys.executable, "-m", f"bench.{name}"], env=environment, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
