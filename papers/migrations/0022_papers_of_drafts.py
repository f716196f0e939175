"""Papers that are known from drafts alone leave the search index: they are noted as changed."""

from typing import Any

from django.db import migrations


def note(apps: Any, schema_editor: Any) -> None:
    of_drafts = apps.get_model("papers", "Paper").objects.filter(listing_source="post", is_settled=False)
    unindexed = apps.get_model("papers", "UnindexedPaper")
    notes = (unindexed(paper_id=pk) for pk in of_drafts.values_list("pk", flat=True).iterator())
    unindexed.objects.bulk_create(notes, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("papers", "0021_due_by_network")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
