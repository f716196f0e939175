"""The product speaks plainly: wordings that readers and editors stumbled over do not come back."""

import re
import subprocess

import pytest
from django.conf import settings

SPOKEN = [
    *("templates", "static", "digests", "papers", "hotpapers_site", "deploy", "docs"),
    *("Makefile", ".env.example", "README.md", "SECURITY.md", "manage.py"),
]
"""Where the product speaks; what it once said may be named in its tests, its history and the reasons of its decisions."""
ELSEWHERE = re.compile(r"/vendor/|/migrations/|^docs/decisions/|\.(svg|png|webp|woff2|ico)$")
RIDDLES = [
    *("How its counts went", "What people wrote", "To cite it", "Copy the line", "on no published list", "By today’s knowledge"),
    *("By today's knowledge", "List made on", "Those that were on a list", "No paper has all of this"),
    *("This selection was not understood", "whether you like it dark", "What this site knows of you", "Changed by two"),
    *("choose what is to stand", "Theirs stands", "Do it all the same", "Give it up", "Not so<", '"Not so"', "nor waved through"),
    *("waved through", "has no second one", "no tweet of it can be seen", "That time is over", "is no time zone"),
    *("The desk knows no", "is begun, with", "Stay here", "it goes on in", "requests go on in", "An admin account is made"),
    *("put a blank", "It is fine", "Nothing to mend", "Take it out", "Take out", "taken out", "be it nothing"),
    *("their change is none", "nobody's of ours", "is no link", "is no arXiv", "needs a person", "posts that link it"),
    *("is no URL", "this is a fault in Hot Papers", "Load the page again", "Look again"),
]


@pytest.fixture(scope="module")
def spoken() -> dict[str, str]:
    """The text of each file in which the product speaks, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z", *SPOKEN], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name and not ELSEWHERE.search(name)]
    return {name: (settings.BASE_DIR / name).read_text() for name in names if (settings.BASE_DIR / name).is_file()}


def test_no_riddle_is_said(spoken: dict[str, str]) -> None:
    said = [f"{name}: {riddle}" for name, text in spoken.items() for riddle in RIDDLES if riddle in text]

    assert len(spoken) > 300
    assert said == []


def test_editors_read_of_posts(spoken: dict[str, str]) -> None:
    """Code speaks of tweets, people of posts."""
    pages = {
        name: re.sub(r"{[{%].*?[%}]}|<[^>]*>", "", text, flags=re.DOTALL) for name, text in spoken.items() if ".html" in name
    }

    assert [name for name, text in pages.items() if re.search(r"\btweets?\b", text, re.IGNORECASE)] == []
