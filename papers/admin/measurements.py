"""The counts of a paper or post over time: a chart, and a table of the latest ones. This is history: shown, never edited."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html_join

from papers.charts import history
from papers.models import Paper, Provenance, Tweet
from papers.network_words import title
from papers.networks.registry import KINDS, OLD_NETWORK

LATEST_MEASUREMENTS = 20
IN_CHART = 500
"""The most readings that a chart draws; the latest are kept."""


def counts_chart(record: Paper | Tweet) -> str:
    """The readings as a chart for each network; those of old posts, which counted otherwise, only where there are no others."""
    if not record.pk:
        return "-"
    if latest := _latest(record, Provenance.NETWORK):
        charts = [history(f"As read from {title(name)}", *counted) for name, counted in _by_network(record, latest).items()]
    else:
        old = _by_network(record, _latest(record, Provenance.POST))
        charts = [history("As the old site showed them: it counted retweets several times", *one) for one in old.values()]
    drawn = [(render_to_string("admin/_chart.html", {"chart": chart}),) for chart in charts if chart]
    return format_html_join("", "{}", drawn) if drawn else "A chart appears here after the second reading."


Counts = dict[str, dict[str, int]]


def _latest(record: Paper | Tweet, provenance: Provenance) -> list[tuple[datetime, Counts]]:
    """The oldest first, each with its counts by network."""
    readings = record.measurements.filter(provenance=provenance).order_by("-read_at")
    read = list(readings.values_list("read_at", "retweets", "favorites", "counts")[:IN_CHART])[::-1]
    own = OLD_NETWORK if isinstance(record, Paper) else record.network
    told: list[tuple[datetime, Counts]] = []
    for at, retweets, favorites, counts in read:
        columns = {OLD_NETWORK: {"retweets": retweets, "favorites": favorites}} if own == OLD_NETWORK else {}
        told.append((at, {**columns, **(counts if isinstance(record, Paper) else {own: counts} if counts else {})}))
    return told


def _by_network(
    record: Paper | Tweet, readings: list[tuple[datetime, Counts]]
) -> dict[str, tuple[list[datetime], dict[str, list[int]]]]:
    """By network the moments, and what it counted then, as people say it; networks that counted nothing are left out."""
    found = {}
    for network, kind in KINDS.items():
        told = [counts.get(network, {}) for _, counts in readings]
        numbers = {one.plural: [counts.get(one.name, 0) for counts in told] for one in kind.counted}
        if any(any(of_one) for of_one in numbers.values()) or (isinstance(record, Tweet) and record.network == network):
            found[network] = [at for at, _ in readings], numbers
    return found


class LatestFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The first few rows in the inline's order, and no more."""

    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_latest"):
            self._latest = super().get_queryset()[:LATEST_MEASUREMENTS]
        return self._latest


class MeasurementInline(admin.TabularInline):  # type: ignore[type-arg]
    formset = LatestFormSet
    fields = readonly_fields = ("read_at", "provenance", "retweets", "favorites", "counts")
    ordering = ["-read_at"]
    extra = 0
    can_delete = False
    verbose_name_plural = f"measurements (the latest {LATEST_MEASUREMENTS})"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
