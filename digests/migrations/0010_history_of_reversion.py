"""The changes of lists that django-reversion kept become rows of ListChange; its tables go, where there are any."""

from datetime import UTC, date, datetime

from django.db import migrations

from digests.migrations._reversion import parsed, revisions

TABLES = ("reversion_version", "reversion_revision")
BATCH = 200


def take_over(apps, schema_editor):
    connection = schema_editor.connection
    if not set(TABLES) <= set(connection.introspection.table_names()):
        return
    ListChange, Digest, Paper = (apps.get_model(*name) for name in (("digests", "ListChange"), ("digests", "Digest"), ("papers", "Paper")))
    digests = set(Digest._base_manager.values_list("pk", flat=True))
    papers = dict(Paper._base_manager.values_list("arxiv_id", "pk"))
    users = set(apps.get_model("auth", "User")._base_manager.values_list("pk", flat=True))
    rows = []
    with connection.cursor() as cursor:
        for kept in revisions(cursor):
            action, paper, details = parsed(kept["comment"])
            rows.append(
                ListChange(
                    digest_id=kept["digest"] if kept["digest"] in digests else None,
                    day=date.fromisoformat(kept["fields"]["date"]),
                    revision=kept["fields"].get("revision", 0),
                    action=action,
                    paper_id=papers.get(paper),
                    by_id=kept["by"] if kept["by"] in users else None,
                    at=_moment(kept["at"]),
                    # The id is kept where its paper is gone.
                    details=details | ({"arxiv_id": paper} if paper and paper not in papers else {}),
                    document=kept["document"],
                )
            )
            if len(rows) == BATCH:
                ListChange.objects.bulk_create(rows)
                rows = []
    ListChange.objects.bulk_create(rows)


def _moment(value):
    """SQLite's cursor gives text, or a datetime without its zone, which is UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def drop_tables(apps, schema_editor):
    """Their foreign keys would keep users from being deleted."""
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE IF EXISTS {table}")
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="reversion").delete()
    schema_editor.execute("DELETE FROM django_migrations WHERE app = 'reversion'")


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0009_list_change"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunPython(drop_tables, migrations.RunPython.noop),
    ]
