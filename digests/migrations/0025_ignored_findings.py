"""A waiver is called what editors see: an ignored finding."""

from django.db import migrations, models


def rename_permissions(apps, schema_editor):
    """Roles and people keep the right to see them; the content type follows the model by itself."""
    _rename(apps, schema_editor, "waiver", "ignoredfinding", "ignored finding")


def restore_permissions(apps, schema_editor):
    _rename(apps, schema_editor, "ignoredfinding", "waiver", "waiver")


def _rename(apps, schema_editor, before, after, name):
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    for action in ("add", "change", "delete", "view"):
        one = permissions.filter(content_type__app_label="digests", codename=f"{action}_{before}")
        one.update(codename=f"{action}_{after}", name=f"Can {action} {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("digests", "0024_presence_of_windows"),
    ]
    operations = [
        migrations.RemoveConstraint("waiver", "waiver_once"),
        migrations.RenameModel("Waiver", "IgnoredFinding"),
        migrations.AlterField(
            "ignoredfinding",
            "digest",
            models.ForeignKey(
                db_index=False, on_delete=models.deletion.CASCADE, related_name="ignored_findings", to="digests.digest"
            ),
        ),
        migrations.AddConstraint(
            "ignoredfinding", models.UniqueConstraint(fields=("digest", "finding"), name="ignored_finding_once")
        ),
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
