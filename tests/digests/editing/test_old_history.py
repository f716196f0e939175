"""Changes that earlier versions kept with django-reversion are taken over, and its tables go. The rows are those that they wrote."""

import json
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from digests.editing import history
from digests.editing.restoring import restore
from digests.editing.sentences import said
from digests.migrations._reversion import parsed
from digests.models import Digest, ListChange
from papers.models import Paper
from tests.factories import make_digest, make_paper, make_tweet

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = json.loads(Path(__file__).with_name("old_history.json").read_text())
MIGRATION = import_module("digests.migrations.0010_history_of_reversion")
SERIAL = {"sqlite": "integer PRIMARY KEY AUTOINCREMENT", "postgresql": "serial PRIMARY KEY"}


@pytest.fixture
def old() -> Digest:
    """A database of before: the day's list, and its changes in the tables of django-reversion."""
    digest = make_digest(papers=0, status="draft", published_at=None)
    ann = User.objects.create_user("ann", first_name="Ann")
    for number in (1, 3, 5):
        make_tweet(make_paper(arxiv_id=f"2105.0000{number}", title=f"Paper {number}"))
    papers = {key: Paper.objects.get(arxiv_id=f"2105.0000{2 * key - 1}").pk for key in (1, 2, 3)}
    with connection.cursor() as cursor:
        serial = SERIAL[connection.vendor]
        cursor.execute(
            f"CREATE TABLE reversion_revision (id {serial}, date_created {'datetime' if connection.vendor == 'sqlite' else 'timestamptz'}"
            " NOT NULL, comment text NOT NULL, user_id integer)"
        )
        cursor.execute(
            f"CREATE TABLE reversion_version (id {serial}, object_id varchar(191), format varchar(255), serialized_data text,"
            " object_repr text, content_type_id integer, revision_id integer REFERENCES reversion_revision (id), db varchar(191))"
        )
        for pk, at, comment, by in KEPT["revisions"]:
            cursor.execute("INSERT INTO reversion_revision VALUES (%s, %s, %s, %s)", [pk, at + "+00:00", comment, by and ann.pk])
        for revision, model, object_id, text in KEPT["versions"]:
            kind = ContentType.objects.get(app_label="digests", model=model).pk
            key = str(digest.pk) if model == "digest" else object_id
            cursor.execute(
                "INSERT INTO reversion_version (object_id, format, serialized_data, object_repr, content_type_id, revision_id, db)"
                " VALUES (%s, 'json', %s, '', %s, %s, 'default')",
                [key, _of_this_database(text, papers), kind, revision],
            )
    return digest


def _of_this_database(text: str, papers: dict[int, int]) -> str:
    [row] = json.loads(text)
    if "paper" in row["fields"]:
        row["fields"]["paper"] = papers[row["fields"]["paper"]]
    return json.dumps([row])


def take_over() -> None:
    with connection.schema_editor() as editor:
        MIGRATION.take_over(apps, editor)
    with connection.schema_editor() as editor:
        MIGRATION.drop_tables(apps, editor)


def test_old_changes_are_taken_over_whole_and_the_tables_go(old: Digest) -> None:
    take_over()

    found = history.changes(old)
    assert [(one.editor, said(one)) for one in reversed(found)] == [
        ("", "as it was before the first change"),
        ("Ann", "moved “Paper 5” to 1"),
        ("Ann", "edited the note on “Paper 1”"),
        ("Ann", "edited the title of “Paper 1”"),
        ("Ann", "undid: removed “Paper 3”"),
        ("Ann", "no longer scheduled; waits for an editor"),
        ("Ann", "edited the note on “Paper 1”"),
    ]
    assert [one.revision for one in reversed(found)] == [0, 1, 2, 3, 7, 10, 11]
    assert f"{found[-2].at:%Y-%m-%d %H:%M %Z}" == "2026-11-20 23:01 UTC"
    assert [paper.arxiv_id for paper in history.then(old, found[-1].pk).papers] == ["2105.00001", "2105.00003", "2105.00005"]
    last = history.then(old, found[0].pk)
    assert [(paper.title, paper.note) for paper in last.papers] == [("Paper 5", ""), ("Another title", "Worth reading twice")]
    assert last.intro == "A good day"
    assert not {"reversion_revision", "reversion_version"} & set(connection.introspection.table_names())


def test_old_lists_are_restored(old: Digest) -> None:
    take_over()

    restore(old.pk, history.changes(old)[-1], by=None)

    assert [entry.paper.title for entry in old.entries.order_by("position")] == ["Paper 1", "Paper 3", "Paper 5"]
    assert said(history.changes(old)[0]) == "restored the list of 20 Nov 2026, 23:00 UTC, as it was before the first change"


def test_changes_of_a_list_that_was_deleted_are_kept_by_its_day(old: Digest) -> None:
    old.delete()

    take_over()

    assert {(one.digest, one.day) for one in ListChange.objects.all()} == {(None, date(2026, 11, 20))}


def test_a_database_without_the_tables_is_left_alone(db: None) -> None:
    take_over()

    assert not ListChange.objects.exists()


@pytest.mark.parametrize(
    ("comment", "action", "paper", "details"),
    [
        ("2105.00001 taken out", "removed", "2105.00001", {}),
        ("cs/0101001 moved to 12", "moved", "cs/0101001", {"to": 12}),
        ("published", "published", None, {"is_scheduled": False}),
        ("published as scheduled", "published", None, {"is_scheduled": True}),
        ("to be published at 2026-11-24 09:00 UTC", "scheduled", None, {"at": "2026-11-24 09:00", "zone": "UTC"}),
        ("not published at its time: the check stops it", "stopped", None, {}),
        ("correction published: A word\nof two lines", "correction_published", None,
         {"note": "A word\nof two lines", "is_counts_alone": False}),
        ("correction published: counts refreshed", "correction_published", None, {"note": "", "is_counts_alone": True}),
        ("undone: note of 2105.00001", "undone", None,
         {"of": {"change": None, "action": "noted", "paper": "2105.00001", "at": None, "details": {}}}),
        ("restored: 2026-11-20 23:05 UTC, intro", "restored", None,
         {"of": {"change": None, "action": "intro", "paper": None, "at": "2026-11-20T23:05:00+00:00", "details": {}}}),
        ("somebody's own words", "other", None, {"said": "somebody's own words"}),
    ],
)  # fmt: skip
def test_old_words_become_typed(comment: str, action: str, paper: str | None, details: dict[str, Any]) -> None:
    assert parsed(comment) == (action, paper, details)
