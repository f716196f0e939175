"""What other networks give to an entry's score stands beside its retweets and favorites, so that the hottest are found by it."""

import django.db.models.expressions
import django.db.models.functions.comparison
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WEIGHTS = {"likes": 1, "reposts": 1, "quotes": 1, "points": 1, "upvotes": 1}
"""Of the networks that there were, as they were by default."""


def weigh(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("digests", "Entry").objects
    for entry in entries.exclude(counts={}).only("counts").iterator():
        counted = (one for counts in entry.counts.values() for one in counts.items())
        extra = sum(WEIGHTS.get(name, 0) * number for name, number in counted)
        entries.filter(pk=entry.pk).update(extra_points=extra)


class Migration(migrations.Migration):

    dependencies = [
        ('digests', '0014_mirrors'),
        ('papers', '0017_history_of_networks'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='entry',
            name='entry_hottest',
        ),
        migrations.AddField(
            model_name='entry',
            name='extra_points',
            field=models.IntegerField(default=0, editable=False, help_text='The score then, without retweets and favorites; may be negative'),
        ),
        migrations.RunPython(weigh, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(models.F('provenance'), models.OrderBy(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast('retweets', models.BigIntegerField()), '+', models.F('favorites')), '+', models.F('extra_points')), descending=True), models.OrderBy(models.F('id'), descending=True), name='entry_hottest'),
        ),
    ]
