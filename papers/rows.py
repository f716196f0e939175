"""Many rows in one INSERT or SELECT, or one row in an UPDATE: what Django does, at a fifth of its cost, for paths where rows
are many.

Values go in as Python has them, so callers pass what the columns hold; the database's constraints have the last word.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, DateTimeField, Field, ForeignKey, JSONField, Model

Object = TypeVar("Object", bound=Model)
SPECIAL = (BooleanField, DateField, JSONField)
"""Fields whose values differ between Python and one of the databases."""
LARGEST_STATEMENT = 20_000
"""Values in a statement; SQLite refuses more than 32,766."""


def insert(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    returning: Sequence[str] = (),
    on_conflict: str = "",
) -> list[tuple[Any, ...]]:
    """Insert the rows and return the columns `returning` of those inserted, in order.

    `on_conflict` is what follows ON CONFLICT. Columns that are not named get Django's defaults.
    """
    database = connections[DEFAULT_DB_ALIAS]
    _, special = _columns(model, tuple(columns))
    defaulted, values_of_defaulted = _defaults(model, tuple(columns))
    defaults = list(values_of_defaulted)
    _prepare([defaults], _columns(model, defaulted)[1], database)  # once for all rows
    values = [[*row, *defaults] for row in rows]
    if not values:
        return []
    columns = (*columns, *defaulted)
    names, _ = _columns(model, columns)
    head = f"INSERT INTO {model._meta.db_table} ({names})"
    tail = f" ON CONFLICT {on_conflict}" * bool(on_conflict) + f" RETURNING {', '.join(returning)}" * bool(returning)
    one_row = f"({', '.join(['%s'] * len(columns))})"
    _prepare(values, special, database)
    answers: list[tuple[Any, ...]] = []
    size = LARGEST_STATEMENT // len(columns)
    with database.cursor() as cursor:
        for start in range(0, len(values), size):
            batch = values[start : start + size]
            if database.vendor == "postgresql":  # a column at a time: its driver looks for each parameter in the statement
                arrays = ", ".join(f"%s::{_array(model, column)}" for column in columns)
                rows_of_batch = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - types of our own columns
                parameters: list[Any] = list(map(list, zip(*batch, strict=True)))
            else:
                rows_of_batch, parameters = f"VALUES {', '.join([one_row] * len(batch))}", list(chain.from_iterable(batch))
            cursor.execute(f"{head} {rows_of_batch}{tail}", parameters)
            if returning:
                answers += cursor.fetchall()
    return answers


def _prepare(rows: list[list[Any]], special: "list[tuple[int, Field[Any, Any]]]", database: BaseDatabaseWrapper) -> None:
    """Make the values of the special columns what the driver takes, without Django's checks, which cost twice as much."""
    for n, field in special:
        if isinstance(field, BooleanField):
            continue  # both drivers take them as they are
        prepared: Callable[[Any], Any]
        if isinstance(field, JSONField):
            prepared = partial(database.ops.adapt_json_value, encoder=field.encoder)
        elif isinstance(field, DateTimeField):
            prepared = database.ops.adapt_datetimefield_value
        else:
            prepared = database.ops.adapt_datefield_value
        for row in rows:
            if row[n] is not None:
                row[n] = prepared(row[n])


def update(model: type[Model], key: int, new: Mapping[str, Any]) -> None:
    """Set columns of one row, found by its primary key."""
    database = connections[DEFAULT_DB_ALIAS]
    fields = [_field(model, column) for column in new]
    prepared = [field.get_db_prep_save(value, database) for field, value in zip(fields, new.values(), strict=True)]
    assignments = ", ".join(f'"{field.column}" = %s' for field in fields)
    with database.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {assignments} WHERE id = %s", [*prepared, key])  # noqa: S608 - as above


def select(model: type[Model], columns: Sequence[str], where: str, among: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The columns of rows whose column `where` holds one of the values, in no order."""
    names, special = _columns(model, tuple(columns))
    return _rows(f"{names} FROM {model._meta.db_table} WHERE {_columns(model, (where,))[0]}", special, among)


def objects(model: type[Object], where: str, among: Iterable[Any], *, joined: str = "") -> list[Object]:
    """Whole rows whose column `where` holds one of the values, in no order; each with the row that its foreign key `joined`
    (never null) refers to."""
    table, own = model._meta.db_table, _all(model)
    source, (names, special) = table, _columns(model, own, f"{table}.")
    if joined:
        key = cast("ForeignKey[Any, Any]", _field(model, joined))
        related: type[Model] = key.related_model
        there, others = related._meta.db_table, _all(related)
        source += f' JOIN {there} ON {there}.id = {table}."{key.column}"'
        more, more_special = _columns(related, others, f"{there}.")
        names, special = f"{names}, {more}", [*special, *((len(own) + n, field) for n, field in more_special)]
    found = []
    for row in _rows(f'{names} FROM {source} WHERE {table}."{_field(model, where).column}"', special, among):
        found.append(model.from_db(DEFAULT_DB_ALIAS, own, row[: len(own)]))
        if joined:
            key.set_cached_value(found[-1], related.from_db(DEFAULT_DB_ALIAS, others, row[len(own) :]))
    return found


def _rows(query: str, special: "Iterable[tuple[int, Field[Any, Any]]]", among: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What `SELECT <query> IN (…)` finds, with Python's values in the special columns."""
    database = connections[DEFAULT_DB_ALIAS]
    converted = []
    for n, field in special:
        expression = field.cached_col
        converters = database.ops.get_db_converters(expression) + field.get_db_converters(database)
        converted += [(n, expression, convert) for convert in converters]
    wanted = list(among)
    answers: list[tuple[Any, ...]] = []
    with database.cursor() as cursor:
        for start in range(0, len(wanted), LARGEST_STATEMENT):
            batch = wanted[start : start + LARGEST_STATEMENT]
            cursor.execute(f"SELECT {query} IN ({', '.join(['%s'] * len(batch))})", batch)
            for found in cursor.fetchall():
                row = list(found)
                for n, expression, convert in converted:
                    row[n] = convert(row[n], expression, database)
                answers.append(tuple(row))
    return answers


@lru_cache
def _columns(model: type[Model], columns: tuple[str, ...], prefix: str = "") -> "tuple[str, list[tuple[int, Field[Any, Any]]]]":
    """The columns as SQL names them, and the positions (from 0) of those that differ between Python and the database."""
    fields = [_field(model, column) for column in columns]
    special: list[tuple[int, Field[Any, Any]]] = [(n, field) for n, field in enumerate(fields) if isinstance(field, SPECIAL)]
    return ", ".join(f'{prefix}"{field.column}"' for field in fields), special


@lru_cache
def _array(model: type[Model], column: str) -> str:
    """PostgreSQL's type of many values of the column. Of texts without a length: a cast would cut them silently."""
    name = _field(model, column).db_type(connections[DEFAULT_DB_ALIAS]) or "text"
    return f"{'text' if name.startswith('varchar') else name}[]"


@lru_cache
def _all(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@lru_cache
def _defaults(model: type[Model], columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Columns left out that are not null, and their values; the database has no defaults of its own."""
    named = {_field(model, column) for column in columns}
    missing = [field for field in model._meta.concrete_fields if field not in named and not field.null and not field.primary_key]
    return tuple(field.attname for field in missing), tuple(field.get_default() for field in missing)


def _field(model: type[Model], column: str) -> "Field[Any, Any]":
    field = model._meta.get_field(column)
    if not isinstance(field, Field):
        raise TypeError(f"{column} is no column of {model.__name__}")
    return field
