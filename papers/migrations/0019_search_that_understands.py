"""Posts, words and other spellings in the search index; all papers are indexed anew."""

import django.db.models.deletion
from django.db import migrations, models

from papers.search.schema import create_post_index, drop_post_index


class Migration(migrations.Migration):
    dependencies = [("papers", "0018_erasures")]

    operations = [
        migrations.CreateModel(
            name="IndexedPost",
            fields=[("tweet_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="UnindexedPost",
            fields=[("tweet_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(help_text="Plain: without case and accents", max_length=40, unique=True)),
                ("papers", models.PositiveIntegerField(default=0, help_text="How many papers came with it in their title")),
                ("names", models.PositiveIntegerField(default=0, help_text="How many came with it in an author's name")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=~models.Q(word=""), name="search_word_has_letters")],
            },
        ),
        migrations.CreateModel(
            name="MisspelledWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.BigIntegerField(
                        help_text="A checksum of the word's beginning without one of its letters, or whole"
                    ),
                ),
                (
                    "word",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="papers.searchword"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "word"), name="misspelled_word_key_once")],
            },
        ),
        migrations.AlterField(
            model_name="indexedpaper",
            name="standing",
            field=models.BigIntegerField(help_text="Hotness, day and paper in one number", unique=True),
        ),
        migrations.RunPython(create_post_index, drop_post_index),
        migrations.RunSQL(
            "INSERT INTO papers_unindexedpaper (paper_id) SELECT id FROM papers_paper "
            "WHERE NOT EXISTS (SELECT 1 FROM papers_unindexedpaper WHERE paper_id = papers_paper.id)",
            migrations.RunSQL.noop,
        ),
    ]
