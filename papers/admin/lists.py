"""Admin lists that take as long at a million rows as at a thousand.

A page begins after the last row of the page before, found by an index in the list's order; no rows are skipped and nothing is
counted in full. A list can be sorted only by indexed columns and searched only by what has an index (papers/lookup.py), and its
days are links that need no look at the rows.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property

BOUND = 1000
"""The most rows that an autocomplete reads."""
EDGE = re.compile("(after|before)-([0-9]{1,18})")
"""A page of a list: after or before the row with this primary key."""


@dataclass(frozen=True)
class Link:
    title: str
    address: str
    is_current: bool = False


class PagedList(ChangeList):
    """Paged by the keys of its rows: `?p=after-7`, `?p=before-7`, `?p=last`."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """The order by one sortable column, or the list's own order; both are total."""
        _, minus, column = self.params.get(ORDER_VAR, "").split(".")[0].rpartition("-")
        in_list = column.isascii() and column.isdecimal() and int(column) < len(self.list_display)
        name = self.list_display[int(column)] if in_list else ""
        if name not in (self.sortable_by or ()) or not (ordered_by := self.get_ordering_field(name)):
            self.params.pop(ORDER_VAR, None)
            return list(self.model_admin.get_ordering(request))
        return [f"{minus}{ordered_by}", f"{minus}pk"]

    def get_ordering_field_columns(self) -> Any:
        return dict(list(super().get_ordering_field_columns().items())[:1])

    def get_results(self, request: HttpRequest) -> None:
        page = request.GET.get(PAGE_VAR, "")
        edge = EDGE.fullmatch(page)
        keys, self.has_previous, self.has_next = self._keys(
            int(edge[2]) if edge else None, backwards=page == "last" or (edge is not None and edge[1] == "before")
        )
        # The rows of the page and no others: what a list shows of each (numbers of tweets, categories) is not worked out twice.
        rows = {row.pk: row for row in self.apply_select_related(self.root_queryset).filter(pk__in=keys).order_by()}
        self.result_list = [rows[key] for key in keys if key in rows]
        cast(PagedAdmin, self.model_admin).before_rows(self.result_list)
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.can_show_all = False
        self.show_admin_actions = bool(self.result_list)
        self.multi_page = self.has_previous or self.has_next

    def _keys(self, edge: int | None, *, backwards: bool) -> tuple[list[int], bool, bool]:
        """The primary keys of a page, and whether there are rows before and after it."""
        ordering = [str(name) for name in self.queryset.query.order_by]
        names = [name.removeprefix("-") for name in ordering]
        rows = self.queryset.reverse() if backwards else self.queryset
        if edge is not None:
            last_seen = self.root_queryset.filter(pk=edge).order_by().values_list(*names).first()
            if last_seen is None:  # deleted meanwhile
                return self._keys(None, backwards=False)
            ascending = [name.startswith("-") is backwards for name in ordering]
            rows = rows.filter(beyond(list(zip(names, ascending, last_seen, strict=True))))
        keys = list(rows.values_list("pk", flat=True)[: self.list_per_page + 1])
        more = len(keys) > self.list_per_page
        keys = keys[: self.list_per_page]
        if not backwards:
            return keys, edge is not None, more
        if not more:  # a full first page, whatever came in front of it meanwhile
            return self._keys(None, backwards=False)
        return keys[::-1], True, edge is not None

    @cached_property
    def pages(self) -> list[Link]:
        """Links to the pages that can be reached from here."""
        to: dict[str, str | None] = {}
        if self.has_previous:
            to |= {"First": None, "Previous": f"before-{self.result_list[0].pk}" if self.result_list else None}
        if self.has_next:
            to |= {"Next": f"after-{self.result_list[-1].pk}" if self.result_list else None, "Last": "last"}
        return [Link(title, self.get_query_string({PAGE_VAR: page})) for title, page in to.items()]

    @cached_property
    def size(self) -> str:
        """How many rows the list has, in words, as far as that is known without counting them."""
        one_or_many = self.opts.verbose_name if self.result_count == 1 else self.opts.verbose_name_plural
        if not self.multi_page:
            return f"{self.result_count:,} {one_or_many}"
        about = 0 if self.query or self.get_filters_params() else estimated_count(self.model)
        here = f"{self.result_count:,} {one_or_many} on this page"
        return f"{here}, about {about:,} in all" if about > self.list_per_page else here

    @cached_property
    def days(self) -> tuple[Link | None, list[Link]]:
        """A link back, and links to the years of the list, the months of its year or the days of its month."""
        name = self.date_hierarchy
        ends: list[Any] = [
            self.root_queryset.order_by(f"{sign}{name}").values_list(name, flat=True).first() for sign in ("", "-")
        ]
        if ends[0] is None or ends[1] is None:
            return None, []
        first, last = (timezone.localtime(end).date() if isinstance(end, datetime) else end for end in ends)
        year, month, day = (self.params.get(f"{name}__{part}") for part in ("year", "month", "day"))

        def link(title: str, **parts: int | str) -> Link:
            wanted = {f"{name}__{part}": str(value) for part, value in parts.items()}
            chosen = {key: value for key, value in self.params.items() if key.startswith(f"{name}__")}
            return Link(title, self.get_query_string(wanted, [f"{name}__"]), wanted == chosen)

        if year is None:
            return None, [link(str(number), year=number) for number in range(first.year, last.year + 1)]
        if month is None:
            months = [date(int(year), number, 1) for number in range(1, 13)]
            inside = [one for one in months if first.replace(day=1) <= one <= last]
            return link("All dates"), [link(date_format(one, "F Y"), year=year, month=one.month) for one in inside]
        back = link(str(year), year=year)
        days = [date(int(year), int(month), n + 1) for n in range(calendar.monthrange(int(year), int(month))[1])]
        if day is not None:
            back = link(date_format(days[0], "F Y"), year=year, month=month)
        inside = [one for one in days if first <= one <= last]
        return back, [link(date_format(one, "j"), year=year, month=month, day=one.day) for one in inside]


def beyond(order: list[tuple[str, bool, Any]]) -> Q:
    """The rows after a given row in this order: the columns, whether each ascends, and the row's values.

    The first column is bounded on its own, so that its index finds the place; few rows share the same value in it.
    """
    name, ascends, value = order[0]
    further = Q((f"{name}__gt" if ascends else f"{name}__lt", value))
    if len(order) == 1:
        return further
    return Q((f"{name}__gte" if ascends else f"{name}__lte", value)) & (further | beyond(order[1:]))


def estimated_count(model: type[Model]) -> int:
    """Roughly how many rows the table has: PostgreSQL's estimate, or SQLite's last row number; 0 if unknown."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        else:
            cursor.execute(f"SELECT MAX(rowid) FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        count = max(cursor.fetchone()[0] or 0, 0)
    return int(round(count, 2 - len(str(count))))


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """For autocompletes: counts up to a bound only."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:BOUND].count())


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that nobody edits here."""

    seen_with = ""
    """The right that lets somebody see them; if not given, that to view the model."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(self.seen_with) if self.seen_with else super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PagedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin list whose `ordering` is total and begins with an indexed column; every column of `sortable_by` is indexed as
    well."""

    change_list_template = "admin/paged_list.html"
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def before_rows(self, rows: list[Any]) -> None:
        """Fetch, for all rows of the page at once, what the list shows of each."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[PagedList]:
        return PagedList

    def matching(self, text: str) -> Q:
        """The rows that a search finds, for lists that can be searched."""
        raise NotImplementedError

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        searched = search_term.strip() and self.search_fields
        return (queryset.filter(self.matching(search_term)) if searched else queryset), False

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *rest: Any, **options: Any) -> HttpResponse | None:
        """Act only on rows that somebody saw and ticked: “select all” could be a million."""
        ticked = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if key.isascii() and key.isdecimal()]
        return super().response_action(request, queryset.filter(pk__in=ticked), *rest, **options)
