"""Database triggers: one way to describe them and one installer, for SQLite and PostgreSQL.

The names of triggers with one purpose share a prefix. They are made again after migrations: to alter a table on SQLite, Django
makes it anew and loses its triggers.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Event = Literal["insert", "update", "delete", "truncate"]
DEADLOCK = "40P01"
"""What PostgreSQL calls it (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
ATTEMPTS = 10


@dataclass(frozen=True)
class Trigger:
    name: str
    """Begins with the purpose's prefix."""
    table: str
    event: Event
    body: str
    """Statements, each ended by a semicolon; in PostgreSQL of PL/pgSQL. `OLD` and `NEW` are the row before and after."""
    columns: Sequence[str] = ()
    """An update fires it only if one of these columns changes; without columns every update does."""
    when: str = ""
    """A condition checked before it runs, which costs less than running it."""
    rows_as: str = ""
    """In PostgreSQL: fire once a statement, with the new rows as a table of this name."""

    def statements(self, vendor: str) -> list[str]:
        return self._statements(vendor, self.mark(vendor))

    def mark(self, vendor: str) -> str:
        """Return the comment that stands in the trigger and tells it from one of the same name that does something else."""
        told = "; ".join(self._statements(vendor, "")).encode()
        return f"/* {hashlib.sha256(told).hexdigest()[:16]} */"

    def _statements(self, vendor: str, mark: str) -> list[str]:
        of = " OF " + ", ".join(f'"{column}"' for column in self.columns) if self.columns else ""
        on = f"CREATE TRIGGER {self.name} AFTER {self.event}{of} ON {self.table}"
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        changed = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in self.columns)
        conditions = " AND ".join(f"({one})" for one in (self.when, changed) if one)
        when = f"WHEN ({conditions})" if conditions else ""
        if vendor == "sqlite":
            return [f"{on} {when} BEGIN {mark} {self.body} END"]
        rows = f"REFERENCING NEW TABLE AS {self.rows_as}" if self.rows_as else ""
        each = "STATEMENT" if self.rows_as or self.event == "truncate" else "ROW"
        begin = f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {mark} BEGIN"
        return [
            f"{begin} {self.body} RETURN NULL; END $$",
            f"{on} {rows} FOR EACH {each} {when} EXECUTE FUNCTION {self.name}()",
        ]


@dataclass(frozen=True)
class TriggerSet:
    """All triggers with one purpose."""

    prefix: str
    make: Callable[[str], Iterable[Trigger]]
    """Returns those for a kind of database (`sqlite`)."""

    def install(self, using: str = DEFAULT_DB_ALIAS, plan: object = None, **_: Any) -> None:
        """Make them after migrations where they are not as they should be (`post_migrate`; a flush, which sends it too, has no
        plan)."""
        connection = connections[using]
        if plan is not None and not self.is_installed(connection):
            in_one_transaction(connection, lambda: replace(connection, self.prefix, list(self.make(connection.vendor))))

    def is_installed(self, connection: BaseDatabaseWrapper) -> bool:
        """Say whether the database's triggers are these and do what these do: after an upgrade, those of the older version are
        there until `migrate` has run."""
        found = installed(connection, self.prefix)
        marks = {one.name: one.mark(connection.vendor) for one in self.make(connection.vendor)}
        return found.keys() == marks.keys() and all(mark in found[name] for name, mark in marks.items())


def in_one_transaction(connection: BaseDatabaseWrapper, act: Callable[[], None]) -> None:
    """Change tables that are in use. Requests and tasks lock them in other orders: if PostgreSQL refuses this change to end a
    deadlock, try again."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(using=connection.alias):
                act()
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK or attempt == ATTEMPTS:
                raise


def replace(connection: BaseDatabaseWrapper, prefix: str, triggers: Sequence[Trigger]) -> None:
    """Make these triggers the only ones with the prefix; none if the database was migrated back to before a table or column
    existed. To be called in a transaction."""
    with connection.cursor() as cursor:
        drop(connection, prefix)
        there: set[object] = set(connection.introspection.table_names(cursor))
        for table in {trigger.table for trigger in triggers if trigger.table in there}:
            there |= {(table, column.name) for column in connection.introspection.get_table_description(cursor, table)}
        needed: set[object] = {trigger.table for trigger in triggers}
        needed |= {(trigger.table, column) for trigger in triggers for column in trigger.columns}
        if needed <= there:
            for statement in (statement for trigger in triggers for statement in trigger.statements(connection.vendor)):
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper, prefix: str = "") -> None:
    """Remove all triggers with the prefix, without one all there are; `post_migrate` makes them again."""
    with connection.cursor() as cursor:
        for name in installed(connection, prefix):  # with a function go its triggers
            cursor.execute(f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP FUNCTION {name}() CASCADE")


def installed(connection: BaseDatabaseWrapper, prefix: str) -> dict[str, str]:
    """The triggers with the prefix: what the database has of their text, by name."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES[connection.vendor], [prefix])
        return dict(cursor.fetchall())


NAMES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(name, %s) = 1",
    "postgresql": "SELECT proname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE starts_with(proname, %s) AND NOT tgisinternal",
}
