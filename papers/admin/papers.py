"""Admin pages for papers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from papers.admin import bulk
from papers.admin.lists import PagedAdmin
from papers.admin.measurements import MeasurementInline, counts_chart
from papers.collecting.versions import replace_categories, take_newer
from papers.form_fields import AuthorsField, CategoriesField, OneLineField, changed_columns, number_of
from papers.list_questions import lists
from papers.lookup import papers_found
from papers.models import Mention, Paper, PaperCategory, PaperMeasurement
from papers.ranking.candidates import ranked, rules
from papers.rendered.queueing import render_after_commit
from papers.rendered.stored import set_plain_titles

FEW = 5_000
"""Up to this many papers of a category are looked up and then sorted; with more, walking the list in its own order soon fills a
page."""


PARTS = {"title": "title", "abstract": "abstract", "authors": "authors", "category_codes": "categories"}
"""Form fields that published lists print, with their names in `papers.list_questions`."""


class PaperMeasurementInline(MeasurementInline):
    model = PaperMeasurement


class CategoryFilter(admin.SimpleListFilter):
    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in category_codes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Paper]) -> QuerySet[Paper]:
        if not self.value():
            return queryset
        in_category = PaperCategory.objects.filter(code=self.value()).order_by()
        if in_category.values("pk")[: FEW + 1].count() > FEW:
            return queryset.filter(Exists(in_category.filter(paper=OuterRef("pk"))))
        return queryset.filter(pk__in=in_category.values("paper")[:FEW])


def category_codes() -> list[str]:
    """The categories in use. Each is found in the index after the one before, because DISTINCT would read all rows."""
    table = PaperCategory._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE known(code) AS (SELECT MIN(code) FROM {table} UNION ALL "  # noqa: S608 - our own table's name
            f"SELECT (SELECT MIN(code) FROM {table} WHERE code > known.code) FROM known WHERE known.code IS NOT NULL) "
            "SELECT code FROM known WHERE code IS NOT NULL"
        )
        return [code for (code,) in cursor.fetchall()]


class NewerFilter(admin.SimpleListFilter):
    title = "newer version"
    parameter_name = "newer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waits", "waits for an editor")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Paper]) -> QuerySet[Paper]:
        return queryset.filter(newer__isnull=False) if self.value() == "waits" else queryset


class TakeNewer(bulk.BulkChange[Paper]):
    action = "take_newer_selected"
    verb = "Use arXiv’s newer version of"
    done = "Updated"

    def name(self, record: Paper) -> str:
        return record.arxiv_id

    def left_alone(self, record: Paper) -> str:
        return "" if record.newer else "no newer version"

    def looks(self, record: Paper) -> str:
        return f"version {record.newer['version']} is available" if record.newer else "no newer version"

    def effect(self, record: Paper) -> str:
        newer: dict[str, Any] = record.newer or {}
        title = "its title stays" if newer["title"] == record.title else f"its title becomes “{newer['title']}”"
        return f"replaces version {record.version or '?'}; {title}; published lists print the old text until they are corrected"

    def carry_out(self, records: Sequence[Paper], request: HttpRequest) -> list[Paper]:
        render_after_commit()
        return [paper for paper in records if take_newer(paper)]


class PaperForm(forms.ModelForm):  # type: ignore[type-arg]
    title = OneLineField(help_text="Exactly as arXiv gave it")
    abstract = OneLineField(
        required=False,
        help_text="Exactly as arXiv gave it",
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )
    authors = AuthorsField(required=False, help_text="One per line, in the paper’s order")
    category_codes = CategoriesField(label="Categories", help_text="Separated by spaces, the primary one first: cs.LG stat.ML")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if (stay := {"arxiv_id", "listing_date"} & set(self.changed_data)) and self.instance.pk:
            for day, _ in lists().published_with_paper(self.instance.pk)[:1]:
                for name in sorted(stay):
                    self.add_error(name, f"The published list of {day} names it. Take the paper out there by a correction first.")
        return cleaned

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["category_codes"] = [category.code for category in self.instance.categories.all()]


@admin.register(Paper)
class PaperAdmin(PagedAdmin):
    form = PaperForm
    fields = [
        "arxiv_id", "title", "authors", "category_codes", "abstract", "newer_version", "listing_date", "listing_source",
        "on_arxiv", "tweets_link", "counts_over_time",
    ]  # fmt: skip
    readonly_fields = ["newer_version", "listing_source", "on_arxiv", "tweets_link", "counts_over_time"]
    actions = ["take_newer_selected"]
    inlines = [PaperMeasurementInline]
    list_display = ["arxiv_id", "short_title", "category_list", "listing_date", "tweets_number", "score"]
    list_filter = [CategoryFilter, NewerFilter]
    date_hierarchy = "listing_date"
    ordering = ["-listing_date", "arxiv_id"]
    sortable_by = ["arxiv_id", "listing_date"]
    search_fields = ["arxiv_id", "title"]
    search_help_text = "arXiv id or its beginning, a link to the paper, or words of title, abstract or authors"

    def matching(self, text: str) -> Q:
        return Q(pk__in=papers_found(text))

    def before_rows(self, rows: list[Any]) -> None:
        set_plain_titles(rows)
        scores = {one.arxiv_id: one.score for one in ranked({paper.pk: paper.arxiv_id for paper in rows}, rules())}
        for paper in rows:
            paper.score = scores[paper.arxiv_id]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        papers: QuerySet[Paper] = super().get_queryset(request)
        return papers.annotate(tweets_number=number_of(Mention, "paper")).prefetch_related("categories")

    def save_model(self, request: HttpRequest, obj: Paper, form: PaperForm, change: bool) -> None:
        columns = changed_columns(form)
        if "listing_date" in columns:
            obj.listing_source = Paper.ListingSource.EDITOR
            columns.append("listing_source")
        if parts := [PARTS[name] for name in form.changed_data if name in PARTS]:
            if change:
                lists().keep_printed(obj.pk, parts)
            obj.is_settled = True  # an editor's word: arXiv's newer versions wait from now on
            columns.append("is_settled")
        obj.save(update_fields=columns if change else None)
        if "category_codes" in form.changed_data:
            replace_categories({obj.pk: form.cleaned_data["category_codes"]})
        render_after_commit()

    @admin.action(description="Use arXiv's newer version", permissions=["change"])
    def take_newer_selected(self, request: HttpRequest, queryset: QuerySet[Paper]) -> TemplateResponse | None:
        return bulk.confirm(self, request, TakeNewer())

    @admin.display(description="counts over time")
    def counts_over_time(self, paper: Paper) -> str:
        return counts_chart(paper)

    @admin.display(description="newer version")
    def newer_version(self, paper: Paper) -> str | SafeString:
        if paper.newer is None:
            return "none"
        return format_html(
            "Version {} is available: choose the action “Use arXiv's newer version” in the list of papers.<br>{}<br>{}",
            paper.newer["version"],
            paper.newer["title"],
            paper.newer["abstract"],
        )

    @admin.display(description="title")
    def short_title(self, paper: Any) -> str:
        return Truncator(paper.plain_title).chars(100)

    @admin.display(description="categories")
    def category_list(self, paper: Paper) -> str:
        return " ".join(category.code for category in paper.categories.all())

    @admin.display(description="posts")
    def tweets_number(self, paper: Any) -> int:
        return int(paper.tweets_number)

    @admin.display(description="score now")
    def score(self, paper: Any) -> int:
        return int(paper.score)

    @admin.display(description="on arXiv")
    def on_arxiv(self, paper: Paper) -> str | SafeString:
        return format_html('<a href="{}">{}</a>', paper.abs_url, paper.abs_url) if paper.pk else "-"

    @admin.display(description="posts")
    def tweets_link(self, paper: Any) -> str | SafeString:
        if not paper.pk:
            return "-"
        url = reverse("admin:papers_tweet_changelist", query={"papers__id__exact": paper.pk})
        return format_html('<a href="{}">{} about it</a>', url, paper.tweets_number)
