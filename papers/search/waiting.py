"""Takes the notes that triggers leave of what the search index does not know yet."""

from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Model

Progress = Callable[[int], object]


def take(notes: type[Model], write: Callable[[list[int]], object], batch: int, progress: Progress | None = None) -> int:
    """Index all that is noted, by primary keys and one batch a transaction; how many there were. May run beside itself and every
    other writer."""
    done = 0
    while ids := _take_batch(notes, write, batch):
        done += len(ids)
        if progress:
            progress(len(ids))
    return done


def _take_batch(notes: type[Model], write: Callable[[list[int]], object], batch: int) -> list[int]:
    with transaction.atomic():
        rows = notes._default_manager.order_by("pk")
        free = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        ids = list(free.values_list("pk", flat=True)[:batch])
        if ids:
            rows.filter(pk__in=ids).delete()
            write(ids)
    return ids
