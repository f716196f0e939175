"""The editors' pages for papers and tweets. Counts that were read are history: shown, never edited."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from papers import collection_admin as collection_admin  # registers its pages
from papers import embed
from papers.editing import AuthorsField, CategoriesField, OneLineField, changed_columns, number_of
from papers.models import Mention, Paper, PaperCategory, PaperMeasurement, Tweet, TweetMeasurement
from papers.versions import take_newer

LATEST_MEASUREMENTS = 20
LANGUAGE = "[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z0-9]{2,3})?"
"""A language tag as X writes it: `en`, `zh-Hant`, `pt-BR`; `und` = not known."""


class LatestFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The first few rows in the inline's order, and no more of them than that."""

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


class PaperMeasurementInline(MeasurementInline):
    model = PaperMeasurement


class TweetMeasurementInline(MeasurementInline):
    model = TweetMeasurement


class CategoryFilter(admin.SimpleListFilter):
    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = PaperCategory.objects.order_by("code").values_list("code", flat=True).distinct()
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Paper]) -> QuerySet[Paper]:
        if not self.value():
            return queryset
        return queryset.filter(Exists(PaperCategory.objects.filter(paper=OuterRef("pk"), code=self.value())))


class PaperForm(forms.ModelForm):  # type: ignore[type-arg]
    title = OneLineField(help_text="Exactly as arXiv gave it")
    abstract = OneLineField(
        required=False,
        help_text="Exactly as arXiv gave it",
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )
    authors = AuthorsField(required=False, help_text="One a line, in the paper's order")
    category_codes = CategoriesField(label="Categories", help_text="With blanks between, the primary one first: cs.LG stat.ML")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["category_codes"] = [category.code for category in self.instance.categories.all()]


@admin.register(Paper)
class PaperAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = PaperForm
    fields = [
        "arxiv_id", "title", "authors", "category_codes", "abstract", "newer_version", "listing_date", "listing_source",
        "on_arxiv", "tweets_link",
    ]  # fmt: skip
    readonly_fields = ["newer_version", "listing_source", "on_arxiv", "tweets_link"]
    actions = ["take_newer_selected"]
    inlines = [PaperMeasurementInline]
    list_display = ["arxiv_id", "short_title", "category_list", "listing_date", "tweets_number"]
    list_filter = [CategoryFilter, ("newer", admin.EmptyFieldListFilter)]
    date_hierarchy = "listing_date"
    search_fields = ["arxiv_id", "title"]
    search_help_text = "arXiv id or words of the title"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        papers: QuerySet[Paper] = super().get_queryset(request)
        return papers.annotate(tweets_number=number_of(Mention, "paper")).prefetch_related("categories")

    def save_model(self, request: HttpRequest, obj: Paper, form: PaperForm, change: bool) -> None:
        columns = changed_columns(form)
        if "listing_date" in columns:
            obj.listing_source = Paper.ListingSource.EDITOR
            columns.append("listing_source")
        if set(form.changed_data) & {"title", "abstract", "authors", "category_codes"}:
            obj.is_settled = True  # an editor's word: arXiv's newer versions wait from now on
            columns.append("is_settled")
        obj.save(update_fields=columns if change else None)
        if "category_codes" in form.changed_data:
            obj.categories.all().delete()
            codes = form.cleaned_data["category_codes"]
            PaperCategory.objects.bulk_create(PaperCategory(paper=obj, position=n, code=code) for n, code in enumerate(codes))

    @admin.action(description="Take arXiv's newer version over", permissions=["change"])
    def take_newer_selected(self, request: HttpRequest, queryset: QuerySet[Paper]) -> None:
        taken = sum(take_newer(paper) for paper in queryset.filter(newer__isnull=False))
        self.message_user(request, f"{taken} papers show arXiv's newer version now; digests that print their record follow.")

    @admin.display(description="newer version")
    def newer_version(self, paper: Paper) -> str | SafeString:
        if paper.newer is None:
            return "none waits"
        return format_html(
            "Version {} waits for you: the action “Take arXiv's newer version over” in the list of papers takes it.<br>{}<br>{}",
            paper.newer["version"],
            paper.newer["title"],
            paper.newer["abstract"],
        )

    @admin.display(description="title", ordering="title")
    def short_title(self, paper: Paper) -> str:
        return Truncator(paper.title).chars(100)

    @admin.display(description="categories")
    def category_list(self, paper: Paper) -> str:
        return " ".join(category.code for category in paper.categories.all())

    @admin.display(description="tweets")
    def tweets_number(self, paper: Any) -> int:
        return int(paper.tweets_number)

    @admin.display(description="on arXiv")
    def on_arxiv(self, paper: Paper) -> str | SafeString:
        return format_html('<a href="{}">{}</a>', paper.abs_url, paper.abs_url) if paper.pk else "-"

    @admin.display(description="tweets")
    def tweets_link(self, paper: Any) -> str | SafeString:
        if not paper.pk:
            return "-"
        url = reverse("admin:papers_tweet_changelist", query={"papers__id__exact": paper.pk})
        return format_html('<a href="{}">{} that mention it</a>', url, paper.tweets_number)


class MentionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The papers that a tweet mentions. A mention has nothing to change: a wrong one is taken out, the right one put in."""

    model = Mention
    fields = ["paper"]
    autocomplete_fields = ["paper"]
    extra = 0
    verbose_name = "paper"
    verbose_name_plural = "papers it mentions"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mention]:
        return super().get_queryset(request).select_related("paper")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TweetForm(forms.ModelForm):  # type: ignore[type-arg]
    body_html = OneLineField(
        label="Text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text='As X writes it: text, &amp;amp; &amp;lt; &amp;gt; &amp;quot; &amp;#39;, &lt;br&gt; and &lt;a href="https://t.co/…"&gt;',
    )

    author_name = OneLineField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"}), help_text="As plain text"
    )

    def clean_body_html(self) -> str:
        body: str = self.cleaned_data["body_html"]
        if not embed.BODY.fullmatch(body):
            raise forms.ValidationError(
                "Only text, <br> and links to t.co, twitter.com or x.com may stand here; "
                "write & as &amp;, < as &lt; and > as &gt;."
            )
        return body

    def clean_author_handle(self) -> str:
        handle: str = self.cleaned_data["author_handle"]
        if not re.fullmatch("[A-Za-z0-9_]*", handle):
            raise forms.ValidationError("A handle holds letters, digits and _ only; leave out the @.")
        return handle

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if not re.fullmatch(LANGUAGE, language):
            raise forms.ValidationError("Expected a language tag like en, zh-Hant or pt-BR; und = not known.")
        return language


@admin.register(Tweet)
class TweetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TweetForm
    fields = [
        "network", "status_id", "author_name", "author_handle", "language", "direction", "body_html", "state", "is_excluded",
        "posted_at", "counts", "on_network",
    ]  # fmt: skip
    readonly_fields = ["posted_at", "counts", "on_network"]
    inlines = [MentionInline, TweetMeasurementInline]
    list_display = ["handle", "author_name", "excerpt", "posted_at", "papers_number", "state", "status_id"]
    list_filter = ["state", "is_excluded", "network", "direction"]
    date_hierarchy = "posted_at"
    search_fields = ["author_handle", "author_name", "status_id"]
    search_help_text = "Handle, name or status id"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tweet]:
        tweets: QuerySet[Tweet] = super().get_queryset(request)
        return tweets.annotate(papers_number=number_of(Mention, "tweet"))

    def save_model(self, request: HttpRequest, obj: Tweet, form: TweetForm, change: bool) -> None:
        columns = changed_columns(form)
        if "status_id" in columns:
            columns.append("posted_at")
        obj.save(update_fields=columns if change else None)

    @admin.display(description="handle", ordering="author_handle")
    def handle(self, tweet: Tweet) -> str:
        return f"@{tweet.author_handle}" if tweet.author_handle else "-"

    @admin.display(description="text")
    def excerpt(self, tweet: Tweet) -> str:
        return excerpt(tweet.body_html)

    @admin.display(description="papers")
    def papers_number(self, tweet: Any) -> int:
        return int(tweet.papers_number)

    @admin.display(description="counts")
    def counts(self, tweet: Tweet) -> str:
        if tweet.read_at is None:
            return "not read yet"
        return f"{tweet.retweets:,} retweets, {tweet.favorites:,} favorites, read {tweet.read_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="on X")
    def on_network(self, tweet: Tweet) -> str | SafeString:
        return format_html('<a href="{}">{}</a>', tweet.url, tweet.url) if tweet.pk else "-"


def excerpt(body_html: str) -> str:
    """The beginning of a tweet's text, for a table cell."""
    return Truncator(embed.unescape(strip_tags(body_html.replace("<br>", " ")))).chars(120)
