"""What was swept of a day stands with the network that it was swept from, and no longer with the day."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

SWEPT = "x"
"""The only network whose days were swept until now."""
STATE = ("tweets_found", "swept_until", "sweep_token", "sweep_end", "tweets_done_at", "changed_at")


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    days, of_networks = (apps.get_model("papers", name).objects for name in ("CollectionDay", "NetworkDay"))
    begun = days.filter(Q(swept_until__isnull=False) | Q(sweep_end__isnull=False) | Q(tweets_done_at__isnull=False))
    for day, found, until, token, end, done_at, changed_at in begun.values_list("date", *STATE).iterator():
        state = {"found": found, "collected_until": until, "sweep_token": token, "sweep_end": end, "done_at": done_at}
        of_networks.update_or_create(date=day, network=SWEPT, defaults={**state, "collected_at": changed_at})


def move_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    days, of_networks = (apps.get_model("papers", name).objects for name in ("CollectionDay", "NetworkDay"))
    for state in of_networks.filter(network=SWEPT).iterator():
        days.filter(date=state.date).update(
            tweets_found=state.found, swept_until=state.collected_until, tweets_done_at=state.done_at,
            sweep_token=state.sweep_token, sweep_end=state.sweep_end,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("papers", "0015_thinned_until")]

    operations = [
        migrations.AddField(
            model_name='mention',
            name='is_by_hand',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='An editor said so, whatever the post links'),
        ),
        migrations.AddField(
            model_name='networkday',
            name='done_at',
            field=models.DateTimeField(help_text="When a sweep had reached the day's end", null=True),
        ),
        migrations.AddField(
            model_name='networkday',
            name='sweep_end',
            field=models.DateTimeField(editable=False, help_text='The end of that sweep', null=True),
        ),
        migrations.AddField(
            model_name='networkday',
            name='sweep_token',
            field=models.TextField(blank=True, editable=False, help_text='Where an unfinished sweep goes on'),
        ),
        migrations.RunPython(move, move_back),
        migrations.RemoveField(
            model_name='collectionday',
            name='sweep_end',
        ),
        migrations.RemoveField(
            model_name='collectionday',
            name='sweep_token',
        ),
        migrations.RemoveField(
            model_name='collectionday',
            name='swept_until',
        ),
        migrations.AlterField(
            model_name='collectionday',
            name='tweets_done_at',
            field=models.DateTimeField(help_text='When the day had been searched to its end', null=True, verbose_name='posts done at'),
        ),
        migrations.AlterField(
            model_name='collectionday',
            name='tweets_found',
            field=models.PositiveIntegerField(default=0, help_text='On all networks', verbose_name='posts found'),
        ),
        migrations.AlterField(
            model_name='sourceday',
            name='source',
            field=models.CharField(help_text="One of Service, or a network's name", max_length=16),
        ),
        migrations.AlterField(
            model_name='tweet',
            name='posted_at',
            field=models.DateTimeField(db_index=True, editable=False, help_text='From the id where that tells it'),
        ),
        migrations.AlterField(
            model_name='tweet',
            name='retweets',
            field=models.PositiveIntegerField(editable=False, help_text="Of the old site's network; null before the first reading", null=True),
        ),
        migrations.AlterField(
            model_name='tweet',
            name='status_id',
            field=models.CharField(help_text="The network's own, as in the post's address", max_length=255, verbose_name='id'),
        ),
    ]
