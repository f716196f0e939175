"""An editor's change of one thing of a day that is not published changes its file, once published, in one place."""

import difflib
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from digests.models import Digest, Entry
from tests.editors import values

pytestmark = pytest.mark.django_db
DAYS = ("2020-09-18", "2021-05-12")


@pytest.fixture
def folder(archive: Path, tmp_path: Path) -> Path:
    """Two real posts, imported from here and to be written again to here."""
    folder = tmp_path / "posts"
    folder.mkdir()
    for day in DAYS:
        shutil.copy(archive / f"{day}---Hot-Papers.md", folder)
    call_command("import_posts", str(folder), verbosity=0)
    return folder


def edit(client: Client, record: Any, **changes: str) -> None:
    """Submit the record's own page with these changes (`-` in a name is written `__`), while no day is published."""
    Digest.objects.update(status="draft")
    meta = record._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    named = {name.replace("__", "-"): value for name, value in changes.items()}
    response = client.post(address, values(client, address, f"{meta.model_name}_form") | named)
    assert response.status_code == 302, response.context["errors"]
    Digest.objects.update(status="published")


def changed_lines(folder: Path) -> dict[str, list[str]]:
    """Export, and tell which lines of which files went (-) and came (+)."""
    before = {path.name: path.read_text().split("\n") for path in folder.iterdir()}
    call_command("export_posts", "--out", str(folder), verbosity=0)
    after = {path.name: path.read_text().split("\n") for path in folder.iterdir()}
    assert sorted(after) == sorted(before)
    return {
        name[:10]: [line for line in difflib.ndiff(before[name], after[name]) if line[0] in "+-"]
        for name in sorted(after)
        if after[name] != before[name]
    }


def test_pages_saved_untouched_change_no_file(folder: Path, editor: Client) -> None:
    for digest in Digest.objects.all():
        edit(editor, digest)
    for entry in Entry.objects.select_related("paper").prefetch_related("tweets"):
        edit(editor, entry)
        edit(editor, entry.paper)
        for tweet in entry.tweets.all():
            edit(editor, tweet)

    assert changed_lines(folder) == {}


def test_one_count_changes_one_line(folder: Path, editor: Client) -> None:
    entry = Entry.objects.get(digest__date="2021-05-12", position=3)
    moment = f"({entry.read_at:%m/%d/%Y %H:%M:%S})"

    edit(editor, entry.digest, entries__2__retweets="123456")

    assert changed_lines(folder) == {
        "2021-05-12": [
            f"- - retweets: {entry.retweets}, favorites: {entry.favorites} {moment}",
            f"+ - retweets: 123456, favorites: {entry.favorites} {moment}",
        ]
    }


def test_one_title_changes_one_line(folder: Path, editor: Client) -> None:
    paper = Entry.objects.get(digest__date="2021-05-12", position=2).paper
    before = paper.title

    edit(editor, paper, title="A *mended*  title: with $x^2$")

    assert changed_lines(folder) == {"2021-05-12": [f"- # 2. {before}", "+ # 2. A *mended*  title: with $x^2$"]}


def test_one_title_of_a_day_changes_one_line(folder: Path, editor: Client) -> None:
    entry = Entry.objects.get(digest__date="2021-05-12", position=2)

    edit(editor, entry, title_on_this_day="Of this day")

    assert changed_lines(folder) == {"2021-05-12": [f"- # 2. {entry.paper.title}", "+ # 2. Of this day"]}


def test_one_move_changes_the_order_and_nothing_else(folder: Path, editor: Client) -> None:
    path = folder / "2020-09-18---Hot-Papers.md"
    head, *papers = path.read_text().split("\n# ")
    bodies = [paper.partition(". ")[2] for paper in papers]
    # The last paper comes first. Each stays as it is, to the byte, but for its number.
    expected = [f"{number}. {body}" for number, body in enumerate([bodies[-1], *bodies[:-1]], 1)]
    digest = Digest.objects.get(date="2020-09-18")

    edit(editor, digest, **{f"entries__{len(bodies) - 1}__position": "1"})

    assert list(changed_lines(folder)) == ["2020-09-18"]
    assert path.read_text() == "\n# ".join([head, *expected])
