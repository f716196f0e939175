"""How tables are emptied after a test whose transactions were real."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

MADE_ONCE = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
"""What a migration or Django itself makes: no test whose transactions are real changes it. Making it again takes longer than all
else that is done then."""
truncate = DatabaseOperations.sql_flush


def delete_what_is_there(
    self: DatabaseOperations, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
) -> list[str]:
    """The statements that empty the tables which have rows. Django truncates all: hundreds of files, a third of a second.

    It is done without our triggers, and in any order. The command `flush`, which somebody calls, truncates.
    """
    if reset_sequences:
        return truncate(self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
    quoted = [self.quote_name(name) for name in tables]
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' WHERE EXISTS (SELECT FROM {name}))" for name in quoted))
        filled = [name for (name,) in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)] if filled else []


def without_what_is_made_once(empty: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def statements(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        return empty(self, style, [name for name in tables if name not in MADE_ONCE], **options)

    return statements
