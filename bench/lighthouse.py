"""Lighthouse's scores of the pages that readers open most, on a phone: `make lighthouse`. Fails below 100.

A page with less is tried again, since other work of the machine lowers the score of its performance, and nothing raises it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ["HASHED_STATIC"] = "1"  # as `make run` serves
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from bench import serving  # noqa: E402
from digests.markdown import samples  # noqa: E402
from digests.models import Digest  # noqa: E402
from tests.browser.chromium import chromium_program  # noqa: E402

PROGRAM = settings.BASE_DIR / "var/node/node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BEST = 100
TRIES = 3
PAGES = ("home", "digest", "paper", "search", "papers", "category", "archive", "about")


def addresses() -> dict[str, str]:
    newest = Digest.objects.published().order_by("-date")[0]
    return {
        "home": "/",
        "digest": newest.get_absolute_url(),
        "paper": newest.papers.all()[0].get_absolute_url(),
        "search": "/search?q=learning",
        "papers": "/papers",
        "category": "/categories/cs.LG",
        "archive": "/archive",
        "about": "/about",
    }


def audit(url: str, report: Path, chromium: str) -> dict[str, object]:
    """Lighthouse's report of an address; its mobile preset is its default."""
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    command = [str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={flags}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting"]
    subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": chromium})
    return dict(json.loads(report.read_text()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench lighthouse", description=__doc__)
    parser.add_argument("--page", action="append", default=[], choices=PAGES, help="only this one; may be given again")
    pages = parser.parse_args().page or PAGES
    chromium = chromium_program()
    if not PROGRAM.exists() or not shutil.which("node") or chromium is None:
        print("Lighthouse, Node or Chromium is not installed: run `make lighthouse`, which installs them")
        return 1
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    samples.load(datetime.now(UTC))
    failed = 0
    print(f"{'':<9}{''.join(f'{category:>16}' for category in CATEGORIES)}")
    with serving.shipped() as server:
        paths = addresses()
        for name in pages:
            address, report = f"http://127.0.0.1:{server.port}{paths[name]}", settings.VAR_DIR / f"{name}.json"
            failed |= all(show(name, audit(address, report, chromium)) for _ in range(TRIES))
    return failed


def show(name: str, report: dict[str, object]) -> int:
    """Print the scores, and what lowered them. Returns 1 if a score is below 100."""
    categories: dict[str, dict[str, object]] = report["categories"]  # type: ignore[assignment]
    scores = [round(100 * float(categories[one]["score"] or 0)) for one in CATEGORIES]  # type: ignore[arg-type]
    print(f"{name:<9}{''.join(f'{score:>16}' for score in scores)}")
    audits: dict[str, dict[str, object]] = report["audits"]  # type: ignore[assignment]
    for category, score in zip(CATEGORIES, scores, strict=True):
        for reference in categories[category]["auditRefs"] if score < BEST else []:  # type: ignore[attr-defined]
            found = audits[reference["id"]]
            if reference["weight"] and found["score"] not in (None, 1):
                print(f"        {category}: {found['title']} {found.get('displayValue', '')}")
    return int(min(scores) < BEST)


if __name__ == "__main__":
    sys.exit(main())
