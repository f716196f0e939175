from django.db import migrations

NOTE = """INSERT INTO papers_unrenderedrow ("table", row_id) SELECT '{table}', id FROM {table} WHERE {column} <> ''"""
TEXTS = [("digests_digest", "intro"), ("digests_publicevent", "note"), ("digests_entry", "note")]


class Migration(migrations.Migration):
    """The editors' texts that are here already are rendered."""

    dependencies = [("digests", "0007_held"), ("papers", "0008_rendered_texts")]

    operations = [
        *(migrations.RunSQL(NOTE.format(table=table, column=column), migrations.RunSQL.noop) for table, column in TEXTS),
        migrations.RunSQL(
            """INSERT INTO papers_unrenderedrow ("table", row_id)
            SELECT 'digests_entry', id FROM digests_entry WHERE printed_otherwise IS NOT NULL""",
            migrations.RunSQL.noop,
        ),
    ]
