"""A finding about a post names its network, too; those that editors ignored stay ignored."""

import re

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_networks(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    waivers = apps.get_model("digests", "Waiver").objects
    for waiver in waivers.filter(finding__startswith="direction:"):
        name, paper, id = waiver.finding.split(":", 2)
        network = "x" if re.fullmatch("[0-9]+", id) else "bluesky"
        waiver.finding = f"{name}:{paper}:{network}:{id}"
        waiver.save(update_fields=["finding"])


class Migration(migrations.Migration):
    dependencies = [("digests", "0012_words")]

    operations = [
        migrations.AlterField(
            model_name="waiver",
            name="finding",
            field=models.CharField(max_length=400, help_text="Its key, as digests/publishing/checking.py makes it"),
        ),
        migrations.RunPython(name_networks, migrations.RunPython.noop),
    ]
