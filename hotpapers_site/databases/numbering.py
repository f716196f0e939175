"""The numbers of new rows after a copy: they go on where the original's would."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Model


def go_on(models: Iterable[type[Model]], source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> None:
    """Let the target number new rows as the source would have: the number of a deleted row is never used again."""
    for model in models:
        key = model._meta.pk
        if not isinstance(key, AutoField) or not (last := _last_number(model, source)):
            continue
        table = model._meta.db_table
        with target.cursor() as cursor:
            if target.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key.column, last])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _last_number(model: type[Model], source: BaseDatabaseWrapper) -> int:
    """Return the highest number that a row of the table ever had; 0 if there never was one."""
    table, key = model._meta.db_table, model._meta.pk.column
    with source.cursor() as cursor:
        if source.vendor == "sqlite":
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608 - PostgreSQL's own
        (last,) = cursor.fetchone()
    return int(last)
