"""PostgreSQL no longer asks, key by key, whether each misspelled word's right one is there."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0023_words_ascending")]

    operations = [
        migrations.AlterField(
            model_name="misspelledword",
            name="word",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to="papers.searchword"
            ),
        ),
    ]
