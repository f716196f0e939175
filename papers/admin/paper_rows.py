"""Rows of a form that each name a paper."""

from typing import TYPE_CHECKING, Any

from django.forms import BaseInlineFormSet

from papers.rendered.stored import set_plain_titles

if TYPE_CHECKING:
    FormSet = BaseInlineFormSet[Any, Any, Any]
else:
    FormSet = BaseInlineFormSet


class PaperRows(FormSet):
    """Fetches the plain titles of all rows' papers with one query."""

    def get_queryset(self) -> Any:
        is_first = not hasattr(self, "_queryset")  # where Django keeps it
        rows = super().get_queryset()
        if is_first:
            set_plain_titles(row.paper for row in rows)
        return rows
