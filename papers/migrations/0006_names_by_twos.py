"""All papers are indexed anew, so that a name of two words is found in one author and not in two."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("papers", "0005_admin_lists")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO papers_unindexedpaper (paper_id) SELECT id FROM papers_paper "
            "WHERE NOT EXISTS (SELECT 1 FROM papers_unindexedpaper WHERE paper_id = papers_paper.id)",
            migrations.RunSQL.noop,
        ),
    ]
