"""Texts that show their source because rendering them failed or was over the bound."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from papers.admin.lists import ReadOnly
from papers.models import Paper, RenderedText
from papers.rendered.bounded import Trouble


@admin.register(RenderedText)
class RenderedTextAdmin(ReadOnly):
    """Visible to whoever may view papers; never edited. A better renderer or a corrected text removes them."""

    list_display = ["kind", "why", "stands_in", "excerpt"]
    list_display_links = None
    ordering = ["table", "row_id", "key"]
    sortable_by = ()
    show_full_result_count = False
    seen_with = "papers.view_paper"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RenderedText]:
        return RenderedText.objects.exclude(trouble="")

    @admin.display(description="why")
    def why(self, text: RenderedText) -> str:
        return str(Trouble(text.trouble).label)

    @admin.display(description="shown in")
    def stands_in(self, text: RenderedText) -> str | SafeString:
        name = f"{text.table.partition('_')[2]} {text.row_id}"
        if text.table != Paper._meta.db_table:
            return name
        return format_html('<a href="{}">{}</a>', reverse("admin:papers_paper_change", args=[text.row_id]), name)

    @admin.display(description="text")
    def excerpt(self, text: RenderedText) -> str:
        return Truncator(text.text).chars(120)
