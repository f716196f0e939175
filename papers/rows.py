"""Many rows in one INSERT, SELECT or UPDATE: what Django does, at a fifth of its cost, for paths where rows are many.

Values go in as Python has them, so callers pass what the columns hold; the database's constraints have the last word.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, DateTimeField, Field, ForeignKey, JSONField, ManyToOneRel, Model

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
            prepared = _in_utc if database.vendor == "sqlite" else database.ops.adapt_datetimefield_value
        else:
            prepared = database.ops.adapt_datefield_value
        for row in rows:
            if row[n] is not None:
                row[n] = prepared(row[n])


def _in_utc(moment: datetime) -> str:
    """The moment as Django writes it in SQLite. Raises ValueError if its time zone is not known."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    if moment.tzinfo is UTC:  # as nearly all are
        return str(moment)[:-6]
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def update(model: type[Model], key: int, new: Mapping[str, Any]) -> None:
    """Set columns of one row, found by its primary key."""
    update_each(model, tuple(new), [(*new.values(), key)])


def update_each(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the columns of many rows; each comes as its new values and, last, its primary key."""
    database = connections[DEFAULT_DB_ALIAS]
    names, special = _columns(model, tuple(columns))
    values = list(map(list, rows))
    _prepare(values, special, database)
    assignments = names.replace(", ", " = %s, ") + " = %s"
    if values:
        with database.cursor() as cursor:
            cursor.executemany(f"UPDATE {model._meta.db_table} SET {assignments} WHERE id = %s", values)  # noqa: S608 - as above


def select(model: type[Model], columns: Sequence[str], where: str, among: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The columns of rows whose column `where` holds one of the values, in no order. `relation__column` is a column of the row
    that the foreign key `relation` (never null) refers to."""
    source, special = _source(model, tuple(columns), connections[DEFAULT_DB_ALIAS].vendor)
    return _rows(f"{source} WHERE {model._meta.db_table}.{_columns(model, (where,))[0]}", special, among)


def objects(model: type[Object], where: str, among: Iterable[Any], *, joined: str | Sequence[str] = ()) -> list[Object]:
    """Whole rows whose column `where` holds one of the values, in no order; each with the rows that its foreign keys `joined`
    (never null) refer to."""
    own = _all(model)
    keys = [cast("ForeignKey[Any, Any]", _field(model, one)) for one in ([joined] if isinstance(joined, str) else joined)]
    others = [(key, key.related_model, _all(key.related_model)) for key in keys]
    columns = [*own, *(f"{key.name}__{column}" for key, _, of_other in others for column in of_other)]
    found = []
    for row in select(model, columns, where, among):
        found.append(model.from_db(DEFAULT_DB_ALIAS, own, row[: len(own)]))
        start = len(own)
        for key, related, of_other in others:
            end = start + len(of_other)
            key.set_cached_value(found[-1], related.from_db(DEFAULT_DB_ALIAS, of_other, row[start:end]))
            start = end
    return found


def fetch(parents: Iterable[Model], relation: str, *, joined: str = "", only: Callable[[Any], bool] | None = None) -> list[Any]:
    """Fetch what `prefetch_related` does: the rows, in their model's order, that refer to these ones by a foreign key whose other
    end is `relation`; if given, only some of them. One query. Returns all of them."""
    by_key = defaultdict[Any, list[Model]](list)
    for parent in parents:
        by_key[parent.pk].append(parent)
    if not by_key:
        return []
    end = cast("ManyToOneRel", type(next(iter(by_key.values()))[0])._meta.get_field(relation))
    model = end.related_model
    rows = objects(model, end.field.name, by_key, joined=[joined] if joined else ())
    found = defaultdict[Any, list[Model]](list)
    for row in sorted(filter(only, rows), key=attrgetter(*map(str, model._meta.ordering or ["pk"]))):
        found[getattr(row, end.field.attname)].append(row)
    for key, of_key in by_key.items():
        for parent in of_key:
            parent._prefetched_objects_cache = getattr(parent, "_prefetched_objects_cache", {}) | {relation: found[key]}  # type: ignore[attr-defined]
        for row in found[key]:
            end.field.set_cached_value(row, of_key[0])
    return [row for of_key in found.values() for row in of_key]


def _rows(query: str, special: "Iterable[tuple[int, Field[Any, Any]]]", among: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What `SELECT <query> IN (…)` finds, with Python's values in the special columns."""
    database = connections[DEFAULT_DB_ALIAS]
    readers = [(n, read) for n, field in special if (read := _reader(field, database.vendor == "sqlite"))]
    wanted = list(among)
    answers: list[tuple[Any, ...]] = []
    with database.cursor() as cursor:
        for start in range(0, len(wanted), LARGEST_STATEMENT):
            batch = wanted[start : start + LARGEST_STATEMENT]
            cursor.execute(f"SELECT {query} IN ({', '.join(['%s'] * len(batch))})", batch)
            found = cursor.fetchall()
            if readers:
                rows = [list(row) for row in found]
                for n, read in readers:
                    for row in rows:
                        if row[n] is not None:
                            row[n] = read(row[n])
                found = [tuple(row) for row in rows]
            answers += found
    return answers


def _reader(field: "Field[Any, Any]", is_sqlite: bool) -> Callable[[Any], Any] | None:
    """What makes a value of the database Python's; None if it is. Django's converters do the same for three times the cost."""
    if isinstance(field, JSONField):
        read = partial(json.loads, cls=field.decoder)
        return lambda text: {} if text == "{}" else read(text)  # as most are
    return (lambda moment: datetime.fromisoformat(f"{moment}+00:00")) if is_sqlite and isinstance(field, DateTimeField) else None


@lru_cache
def _source(model: type[Model], columns: tuple[str, ...], vendor: str) -> "tuple[str, list[tuple[int, Field[Any, Any]]]]":
    """`columns FROM tables` in SQL, and the positions of special ones, as `_columns` has them."""
    table = model._meta.db_table
    names: list[str] = []
    special: list[tuple[int, Field[Any, Any]]] = []
    joins: dict[str, str] = {}
    for n, path in enumerate(columns):
        relation, _, column = path.rpartition("__")
        of, place = model, table
        if relation:
            key = cast("ForeignKey[Any, Any]", _field(model, relation))
            of = key.related_model
            place = of._meta.db_table
            joins[relation] = f' JOIN {place} ON {place}.id = {table}."{key.column}"'
        field = _field(of, column)
        # On SQLite as text: the driver would read each moment of a column by Django's converter, which costs more than the query.
        as_text = " || ''" if vendor == "sqlite" and isinstance(field, DateTimeField) else ""
        names.append(f'{place}."{field.column}"{as_text}')
        if isinstance(field, SPECIAL):
            special.append((n, field))
    return f"{', '.join(names)} FROM {table}{''.join(joins.values())}", special


@lru_cache
def _columns(model: type[Model], columns: tuple[str, ...]) -> "tuple[str, list[tuple[int, Field[Any, Any]]]]":
    """The columns as SQL names them, and the positions (from 0) of those that differ between Python and the database."""
    fields = [_field(model, column) for column in columns]
    special: list[tuple[int, Field[Any, Any]]] = [(n, field) for n, field in enumerate(fields) if isinstance(field, SPECIAL)]
    return ", ".join(f'"{field.column}"' for field in fields), special


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
