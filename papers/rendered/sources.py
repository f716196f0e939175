"""Which columns hold text that is rendered, and the triggers that note each change of them, whoever makes it.

Apps register their tables when they are ready: `papers` knows its own, `digests` adds the editors' (digests/editing/texts.py).
"""

# ruff: noqa: S608 - SQL with names of our own tables

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from papers.models import Paper, UnrenderedRow
from papers.rendered.kinds import Kind, Text, names_source

NOTES = f'{UnrenderedRow._meta.db_table} ("table", row_id)'


@dataclass(frozen=True)
class Source:
    model: type[Model]
    columns: tuple[str, ...]
    texts: Callable[..., Iterable[Text]]
    """The texts in a row, from the values of its columns."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table


SOURCES: dict[str, Source] = {}
"""By table."""


def register(model: type[Model], columns: tuple[str, ...], texts: Callable[..., Iterable[Text]]) -> None:
    """Have the texts in these columns rendered; empty values are nothing to render."""
    source = Source(model, columns, texts)
    SOURCES[source.table] = source


def texts_of_paper(title: str, abstract: str, comment: str, authors: list[str]) -> list[Text]:
    return [
        (Kind.LINE, title),
        (Kind.ABSTRACT, abstract),
        (Kind.COMMENT, comment),
        (Kind.NAMES, names_source(authors)),
    ]


register(Paper, ("title", "abstract", "comment", "authors"), texts_of_paper)


def install_triggers(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """After every migrate, since SQLite drops a table's triggers when a migration makes the table anew. Safe to repeat."""
    database = connections[using]
    present = set(database.introspection.table_names())
    if UnrenderedRow._meta.db_table not in present:
        return  # migrated back to before texts were rendered
    with database.cursor() as cursor:
        for source in SOURCES.values():
            if source.table in present:
                for statement in STATEMENTS[database.vendor](source):
                    cursor.execute(statement)


def note_all(using: str = DEFAULT_DB_ALIAS) -> None:
    """Note every row that holds a text."""
    database = connections[using]
    with database.cursor() as cursor:
        for source in SOURCES.values():
            wanted = _is_there(source, "", database.vendor)
            cursor.execute(f"INSERT INTO {NOTES} SELECT '{source.table}', id FROM {source.table} WHERE {wanted} ORDER BY id")


def _is_there(source: Source, row: str, vendor: str) -> str:
    cast = "::text" if vendor == "postgresql" else ""
    return " OR ".join(f"{row}{column}{cast} NOT IN ('', '[]')" for column in source.columns)


def _sqlite(source: Source) -> Iterator[str]:
    noted = f"BEGIN INSERT INTO {NOTES} VALUES ('{source.table}', NEW.id); END"
    differ = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in source.columns)
    for event, on, when in (
        ("comes", "INSERT", _is_there(source, "NEW.", "sqlite")),
        ("changes", f"UPDATE OF {', '.join(source.columns)}", differ),
    ):
        name = f"papers_text_{source.table}_{event}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} AFTER {on} ON {source.table} WHEN {when} {noted}"


def _postgresql(source: Source) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION papers_note_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {NOTES} VALUES (TG_TABLE_NAME, NEW.id); RETURN NULL; END $$"
    )
    differ = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in source.columns)
    for event, on, when in (
        ("comes", "INSERT", _is_there(source, "NEW.", "postgresql")),
        ("changes", f"UPDATE OF {', '.join(source.columns)}", differ),
    ):
        yield (
            f"CREATE OR REPLACE TRIGGER papers_text_{source.table}_{event} AFTER {on} ON {source.table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION papers_note_text()"
        )


STATEMENTS: dict[str, Callable[[Source], Iterator[str]]] = {"sqlite": _sqlite, "postgresql": _postgresql}
