"""What each source gave for a day has a row of its own, which counts its attempts anew; a failed day can be acknowledged."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0008_rendered_texts")]

    operations = [
        migrations.RemoveField(
            model_name='collectionday',
            name='attempts',
        ),
        migrations.AddField(
            model_name='collectionday',
            name='acknowledged_at',
            field=models.DateTimeField(help_text='When a person took note that the day failed', null=True),
        ),
        migrations.AddField(
            model_name='collectionday',
            name='acknowledged_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='collectionday',
            name='acknowledged_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='collectionday',
            name='reason',
            field=models.CharField(blank=True, help_text='A few sentences: why the state is what it is, and what to do', max_length=2000),
        ),
        migrations.CreateModel(
            name='SourceDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('arxiv', 'arXiv'), ('x', 'X'), ('oembed', 'X oEmbed')], max_length=16)),
                ('attempts', models.PositiveIntegerField(default=0, help_text='Attempts in a row that were in vain')),
                ('message', models.CharField(blank=True, help_text='Why the last one failed; empty where it was answered', max_length=500)),
                ('failing_since', models.DateTimeField(help_text='When the first of the failed attempts in a row was', null=True)),
                ('is_refused', models.BooleanField(default=False, help_text='It fails until a person acts')),
                ('left_out', models.JSONField(default=list, help_text='Records that could not be read: name, and what each lacks')),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('day', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='papers.collectionday')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'source'), name='source_once_a_day')],
            },
        ),
    ]
