"""Nothing outside a network's own package knows its name: what a network is and does is asked of the registry."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from papers.networks.registry import KINDS

OURS = ("papers/", "digests/", "hotpapers_site/", "templates/", "static/")
THEIR_PLACES = (
    "papers/networks/registry.py",
    "hotpapers_site/settings.py",
    "hotpapers_site/values.py",
    "digests/markdown/sample_networks.py",
    "digests/desk/keys.py",
)
"""A network's line, its settings and what they may hold, the sample posts; and keys of a keyboard, of which one is `x`."""


def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    return [
        name
        for name in listed.stdout.split("\0")
        if name.startswith(OURS)
        and name.endswith((".py", ".html", ".js"))
        and name not in THEIR_PLACES
        and not re.search(r"/migrations/|/vendor/|^papers/management/commands/follow_|^papers/networks/[a-z]+/", name)
    ]


def named_in(source: str) -> Iterator[str]:
    """Networks that Python source names: by their name as a text, by an import of their package, by a setting of theirs."""
    tree = ast.parse(source)
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if text in KINDS and id(node) not in pieces:
                yield text
            case ast.ImportFrom(module=str(module)) if found := re.match(r"papers\.networks\.(\w+)", module):
                if found[1] in KINDS:
                    yield found[1]
            case ast.Attribute(value=ast.Name(id="settings"), attr=name) if (
                found := re.match(r"([A-Z]+)_[A-Z_]+$", name)
            ) and found[1].lower() in KINDS:
                yield found[1].lower()


@pytest.mark.parametrize("name", files())
def test_no_file_knows_a_network_by_name(name: str) -> None:
    source = Path(settings.BASE_DIR / name).read_text()
    if name.endswith(".py"):
        assert list(named_in(source)) == []
    else:
        names = "|".join(KINDS)
        assert re.findall(rf"==\s*['\"](?:{names})['\"]|['\"](?:{names})['\"]\s*==", source) == []


def test_names_are_found_however_they_are_written() -> None:
    source = """
from papers.networks.bluesky.client import Bluesky
if tweet.network == "hackernews" or settings.X_BEARER_TOKEN:
    kept["x"]
"""
    assert sorted(named_in(source)) == ["bluesky", "hackernews", "x", "x"]
