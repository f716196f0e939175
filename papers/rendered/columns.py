"""The columns whose text is rendered, and the triggers that note each change to them, whoever makes it.

Apps register their tables when they are ready: `papers` its own, `digests` the editors' (digests/editing/texts_to_render.py).

The rendering of a post's body stays in the body's own row (`WithCleanBody`). A trigger erases it with each change of the body, in
the same transaction: of a text that its author deleted, no copy is left.
"""

# ruff: noqa: S608 - SQL with names of our own tables

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from papers.models import Paper, Tweet, UnrenderedRow
from papers.network_words import link_hosts
from papers.rendered.kinds import Kind, Text, names_source, post_source
from papers.triggers import Trigger, TriggerSet

NOTES = f'{UnrenderedRow._meta.db_table} ("table", row_id)'


@dataclass(frozen=True)
class Source:
    model: type[Model]
    columns: tuple[str, ...]
    texts: Callable[..., Iterable[Text]]
    """The texts in a row, from the values of its columns and of `also`."""
    also: tuple[str, ...] = ()
    """Further columns, of this row or of one that it refers to."""
    body: str = ""
    """How a query finds rows by their body, if they keep it rendered beside it (`WithCleanBody`)."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def rows(self, ids: Iterable[int]) -> QuerySet[Any, tuple[Any, ...]]:
        """The primary keys of these rows, and the values that `texts` takes."""
        return self.model._base_manager.filter(pk__in=ids).values_list("pk", *self.columns, *self.also)


SOURCES: dict[str, Source] = {}
"""By table."""


def register(
    model: type[Model],
    columns: tuple[str, ...],
    texts: Callable[..., Iterable[Text]],
    *,
    also: tuple[str, ...] = (),
    body: str = "",
) -> None:
    """Register columns whose texts are to be rendered; empty values are skipped."""
    source = Source(model, columns, texts, also, body)
    SOURCES[source.table] = source


def texts_of_paper(title: str, abstract: str, comment: str, authors: list[str]) -> list[Text]:
    return [
        (Kind.LINE, title),
        (Kind.ABSTRACT, abstract),
        (Kind.LEAD, abstract),
        (Kind.COMMENT, comment),
        (Kind.NAMES, names_source(authors)),
    ]


def texts_of_tweet(body_html: str, network: str) -> list[Text]:
    return [(Kind.POST, post_source(body_html, link_hosts(network)))]


# The posts first: a better renderer renders all again, and papers show what they have until then.
register(Tweet, ("body_html",), texts_of_tweet, also=("network",), body="body_html")
register(Paper, ("title", "abstract", "comment", "authors"), texts_of_paper)


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


def _triggers(vendor: str) -> Iterator[Trigger]:
    for source in SOURCES.values():
        note = f"INSERT INTO {NOTES} VALUES ('{source.table}', NEW.id);"
        name = f"{TRIGGERS.prefix}{source.table}"
        if vendor == "postgresql":  # once a statement: posts come by hundreds in one
            wanted = f"SELECT '{source.table}', id FROM fresh WHERE {_is_there(source, 'fresh.', vendor)} ORDER BY id"
            yield Trigger(f"{name}_comes", source.table, "insert", f"INSERT INTO {NOTES} {wanted};", rows_as="fresh")
        else:
            yield Trigger(f"{name}_comes", source.table, "insert", note, when=_is_there(source, "NEW.", vendor))
        yield Trigger(f"{name}_changes", source.table, "update", note, source.columns)
        if source.body:
            forget = f"UPDATE {source.table} SET safe_html = '', safe_version = 0 WHERE id = NEW.id;"
            yield Trigger(f"{name}_forgets", source.table, "update", forget, source.columns, when="NEW.safe_version > 0")
            # Also a save of the whole row by somebody who had loaded it before it was cleaned.
            yield Trigger(f"{name}_is_lost", source.table, "update", note, ("safe_version",), when="NEW.safe_version = 0")


TRIGGERS = TriggerSet("papers_text_", _triggers)
