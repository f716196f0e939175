"""The roles, groups each of which may all that the one before it may: Viewer, Curator, Editor, Administrator.

The group "Editors" of earlier versions becomes Editor and keeps its members.
"""

from django.db import migrations

FORMER = "Editors"
SEEN = {
    "papers": [
        *("Paper", "PaperCategory", "Tweet", "Mention", "PaperMeasurement", "TweetMeasurement"),
        *("CollectionDay", "ReadBudget", "PaidRead", "SourceHealth", "SavedRules"),
    ],
    "digests": ["Digest", "Entry", "ShownTweet", "Dismissal", "Waiver", "PublicEvent"],
}
ROLES = {
    # Sees the desk.
    "Viewer": {(app, model): "view" for app, models in SEEN.items() for model in models},
    # Edits drafts; a published day's rows are out of reach (digests/admin/digests.py, digests/desk/).
    "Curator": {
        ("digests", "Digest"): "add change",
        ("digests", "Entry"): "add change delete",
        ("digests", "ShownTweet"): "add change delete",
    },
    # Publishes, and corrects what arXiv and X said.
    "Editor": {
        ("digests", "Digest"): "delete publish",
        ("papers", "Paper"): "add change",
        ("papers", "PaperCategory"): "add change",
        ("papers", "Tweet"): "add change",
        ("papers", "Mention"): "add change",
    },
    # Settings and users; may let somebody in again who was locked out.
    "Administrator": {
        ("papers", "SavedRules"): "add change delete",
        ("auth", "User"): "view add change delete",
        ("auth", "Group"): "view",
        ("axes", "AccessAttempt"): "view delete",
        ("axes", "AccessLog"): "view",
    },
}


def make_roles(apps, schema_editor):
    database = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(database)
    former = groups.filter(name=FORMER).first()
    if former and not groups.filter(name="Editor").exists():
        former.name = "Editor"
        former.save()
    rights = []
    for role, added in ROLES.items():
        rights += [right for key, actions in added.items() for right in _rights(apps, database, key, actions.split())]
        groups.get_or_create(name=role)[0].permissions.set(rights)


def _rights(apps, database, key, actions):
    """Django makes permissions only after all migrations; those that are here already it leaves alone."""
    model = apps.get_model(*key)._meta
    types = apps.get_model("contenttypes", "ContentType").objects.using(database)
    content_type, _ = types.get_or_create(app_label=model.app_label, model=model.model_name)
    own = dict(model.permissions)
    for action in actions:
        codename = f"{action}_{model.model_name}"
        yield apps.get_model("auth", "Permission").objects.using(database).get_or_create(
            content_type=content_type,
            codename=codename,
            defaults={"name": own.get(codename, f"Can {action} {model.verbose_name}")},
        )[0]


def drop_roles(apps, schema_editor):
    """Editor becomes Editors again, with the rights that it has now."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name="Editor").update(name=FORMER)
    groups.filter(name__in=[role for role in ROLES if role != "Editor"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0008_accessfailurelog"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("digests", "0003_desk"),
        ("papers", "0003_rules"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles)]
