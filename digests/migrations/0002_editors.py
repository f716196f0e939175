"""The group "Editors": people who correct papers, tweets and digests, and publish. Rights over users and settings are not theirs."""

from django.db import migrations

GROUP = "Editors"
RIGHTS = {
    ("papers", "Paper"): "view add change",
    ("papers", "PaperCategory"): "view add change",
    ("papers", "Tweet"): "view add change",
    ("papers", "Mention"): "view add change",
    ("papers", "PaperMeasurement"): "view",
    ("papers", "TweetMeasurement"): "view",
    ("papers", "CollectionDay"): "view",
    ("papers", "ReadBudget"): "view",
    ("papers", "PaidRead"): "view",
    ("papers", "SourceHealth"): "view",
    ("digests", "Digest"): "view add change delete publish",
    ("digests", "Entry"): "view add change delete",
    ("digests", "ShownTweet"): "view add change delete",
}


def make_editors(apps, schema_editor):
    database = schema_editor.connection.alias
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.using(database).get_or_create(name=GROUP)
    permissions = []
    # Django makes permissions only after all migrations; those that are here already it leaves alone.
    for (app, name), actions in RIGHTS.items():
        model = apps.get_model(app, name)._meta
        content_type, _ = ContentType.objects.using(database).get_or_create(app_label=app, model=model.model_name)
        own = dict(model.permissions)
        for action in actions.split():
            codename = f"{action}_{model.model_name}"
            permission, _ = Permission.objects.using(database).get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": own.get(codename, f"Can {action} {model.verbose_name}")},
            )
            permissions.append(permission)
    group.permissions.set(permissions)


def drop_editors(apps, schema_editor):
    apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias).filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("digests", "0001_initial"),
        ("papers", "0002_collection"),
    ]
    operations = [migrations.RunPython(make_editors, drop_editors)]
