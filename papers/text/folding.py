"""Text columns whose beginnings an index can find, the same on SQLite and PostgreSQL."""

from typing import Any

from django.db.models import Func, Q, TextField
from django.db.models.functions import Lower

LAST = "\U0010ffff"


class Folded(Lower):
    """Text in lower case (SQLite folds ASCII only), ordered by code point."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template='%(function)s(%(expressions)s) COLLATE "C"', **context)


def begins(name: str, text: str | Func) -> Q:
    """Rows whose `name`, a column or alias ordered by code point, begins with the text."""
    return Q((f"{name}__gte", text), (f"{name}__lt", f"{text}{LAST}"))
