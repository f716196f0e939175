"""The counts of a paper or post over time: a chart, and a table of the latest ones. This is history: shown, never edited."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from papers.charts import history
from papers.models import Paper, Provenance, Tweet

LATEST_MEASUREMENTS = 20
IN_CHART = 500
"""The most readings that a chart draws; the latest are kept."""


def counts_chart(record: Paper | Tweet) -> str:
    """A chart of the network's readings. Readings imported from old posts were counted differently and are drawn only if there
    are no others."""
    if not record.pk:
        return "-"
    latest = _latest(record, Provenance.NETWORK)
    if latest:
        chart = history("As read from the network", latest)
    else:
        chart = history("As the old site showed them: it counted retweets several times", _latest(record, Provenance.POST))
    return render_to_string("admin/_chart.html", {"chart": chart}) if chart else "A chart appears here after the second reading."


def _latest(record: Paper | Tweet, provenance: Provenance) -> list[tuple[datetime, int, int]]:
    """The latest readings, oldest first."""
    readings = record.measurements.filter(provenance=provenance).order_by("-read_at")
    return list(readings.values_list("read_at", "retweets", "favorites")[:IN_CHART])[::-1]


class LatestFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The first few rows in the inline's order, and no more."""

    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_latest"):
            self._latest = super().get_queryset()[:LATEST_MEASUREMENTS]
        return self._latest


class MeasurementInline(admin.TabularInline):  # type: ignore[type-arg]
    formset = LatestFormSet
    fields = readonly_fields = ("read_at", "provenance", "retweets", "favorites")
    ordering = ["-read_at"]
    extra = 0
    can_delete = False
    verbose_name_plural = f"measurements (the latest {LATEST_MEASUREMENTS})"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
