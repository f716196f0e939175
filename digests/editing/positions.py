"""Positions of rows under one parent, from 1: of a digest's entries, of an entry's shown posts.

They change in statements that never give two rows the same position, not even for a moment.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Max, QuerySet, When


def renumber(rows: "QuerySet[Any]", order: Sequence[int]) -> None:
    """Give all rows of one parent the positions 1 to n: those in `order` (primary keys) first, the others after them.

    At most two UPDATEs; call it in a transaction that holds the parent's row.
    """
    current = dict(rows.order_by("position").values_list("pk", "position"))
    wanted = [pk for pk in dict.fromkeys([*order, *current]) if pk in current]
    positions = {pk: number for number, pk in enumerate(wanted, 1)}
    if positions != current:  # so there are rows
        rows.update(position=F("position") + max(current.values()))
        rows.update(position=Case(*(When(pk=pk, then=number) for pk, number in positions.items())))


def next_position(rows: "QuerySet[Any]") -> int:
    """Return the position behind all rows of one parent."""
    return int(rows.aggregate(last=Max("position"))["last"] or 0) + 1
