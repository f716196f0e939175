"""The first version of a history, and the rights to posts, are called what editors read elsewhere."""

from django.db import migrations, models


def name_posts(apps, schema_editor):
    _name(apps, schema_editor, "post")


def name_tweets(apps, schema_editor):
    _name(apps, schema_editor, "tweet")


def _name(apps, schema_editor, name):
    """Django names a right once, when it is made: for these that was before posts had their name."""
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    for action in ("add", "change", "delete", "view"):
        one = permissions.filter(content_type__app_label="papers", codename=f"{action}_tweet")
        one.update(name=f"Can {action} {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('digests', '0025_ignored_findings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='listchange',
            name='action',
            field=models.CharField(choices=[('before', 'as it was before the first change'), ('proposed', 'proposed again after new counts'), ('imported', 'imported again'), ('added', 'added'), ('removed', 'removed'), ('moved', 'moved'), ('added_several', 'several added'), ('removed_several', 'several removed'), ('moved_several', 'several moved to the top'), ('accepted_all', 'suggestions accepted'), ('threshold', 'threshold applied'), ('pinned', 'pinned'), ('unpinned', 'unpinned'), ('noted', 'note edited'), ('titled', 'title edited'), ('intro', 'intro edited'), ('tweets_chosen', 'posts chosen'), ('tweet_added', 'post added'), ('tweet_direction', 'direction of a post changed'), ('form', 'edited in the admin’s form'), ('published', 'published'), ('withdrawn', 'withdrawn'), ('scheduled', 'scheduled'), ('unscheduled', 'unscheduled'), ('stopped', 'not published on time'), ('review_wanted', 'ready for review'), ('review_taken_back', 'taken back from review'), ('changes_wanted', 'changes wanted'), ('correction_begun', 'correction started'), ('correction_published', 'correction published'), ('correction_dropped', 'correction discarded'), ('restored', 'restored'), ('undone', 'undone'), ('other', 'other')], max_length=24),
        ),
        migrations.RunPython(name_posts, name_tweets),
    ]
