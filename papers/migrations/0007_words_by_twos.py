"""All papers of a PostgreSQL are indexed anew, so that a phrase is looked up by its words by twos."""

from typing import Any

from django.db import migrations


def note_all(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("INSERT INTO papers_unindexedpaper (paper_id) SELECT id FROM papers_paper ON CONFLICT DO NOTHING")


class Migration(migrations.Migration):
    dependencies = [("papers", "0006_names_by_twos")]

    operations = [migrations.RunPython(note_all, migrations.RunPython.noop)]
