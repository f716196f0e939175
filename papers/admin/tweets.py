"""Admin pages for posts on networks."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from papers import clock, network_words
from papers.admin import bulk
from papers.admin.lists import PagedAdmin
from papers.admin.measurements import MeasurementInline, counts_chart
from papers.admin.paper_rows import PaperRows
from papers.counts.excluding import exclude
from papers.counts.measuring import measure_papers
from papers.form_fields import OneLineField, changed_columns, number_of
from papers.list_questions import Published, lists
from papers.lookup import tweets_found
from papers.models import Mention, Tweet, TweetMeasurement
from papers.networks.registry import KINDS
from papers.text import embed

LANGUAGE = "[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z0-9]{2,3})?"
"""A language tag as X writes it: `en`, `zh-Hant`, `pt-BR`; `und` = not known."""


class TweetMeasurementInline(MeasurementInline):
    model = TweetMeasurement


class MentionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The papers that a post mentions. A mention is never changed: delete a wrong one and add the right one."""

    model = Mention
    formset = PaperRows
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
    network = forms.ChoiceField(choices=lambda: [(name, kind.title) for name, kind in KINDS.items()])
    body_html = OneLineField(
        label="Text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text='As its network writes it: text, &amp;amp; &amp;lt; &amp;gt; &amp;quot; &amp;#39;, &lt;br&gt; and &lt;a href="https://t.co/…"&gt;',
    )

    author_name = OneLineField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"}), help_text="As plain text"
    )

    def clean_body_html(self) -> str:
        """By the network that was chosen above: its texts may link to its own hosts only."""
        body: str = self.cleaned_data["body_html"]
        hosts = network_words.link_hosts(self.cleaned_data.get("network", ""))
        if not (embed.BODY if hosts else embed.OPEN_BODY).fullmatch(body):
            *others, last = sorted(hosts or ["any http or https address"])
            links = f"{', '.join(others)} or {last}" if others else last
            raise forms.ValidationError(
                f"Only text, <br> and links to {links} are allowed here. Write & as &amp;, < as &lt; and > as &gt;."
            )
        return body

    def clean_author_handle(self) -> str:
        handle: str = self.cleaned_data["author_handle"]
        if network_words.link_hosts(self.cleaned_data.get("network", "")) and not re.fullmatch("[A-Za-z0-9_]*", handle):
            raise forms.ValidationError("A handle has only letters, digits and _. Leave out the @.")
        if not re.fullmatch(r"[^\s@<>\x00-\x1f]*", handle):
            raise forms.ValidationError("A handle has no spaces. Leave out the @.")
        return handle

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if not re.fullmatch(LANGUAGE, language):
            raise forms.ValidationError("Expected a language tag like en, zh-Hant or pt-BR; und = not known.")
        return language


class Exclude(bulk.BulkChange[Tweet]):
    action = "exclude_selected"
    verb = "Exclude"
    done = "Excluded"
    prefetched = ("mentions__paper",)
    excluded: ClassVar[bool] = True

    def name(self, record: Tweet) -> str:
        return str(record)

    def look_up(self, records: Sequence[Tweet]) -> None:
        self.published = lists().published_with_tweets([tweet.pk for tweet in records])

    def left_alone(self, record: Tweet) -> str:
        if record.is_excluded == self.excluded:
            return "already excluded" if self.excluded else "not excluded"
        if days := self.published.get(record.pk):
            return f"shown on the published list of {days[0].day}: take it out there by a correction first"
        return ""

    def looks(self, record: Tweet) -> str:
        ids = ", ".join(sorted(mention.paper.arxiv_id for mention in record.mentions.all()))
        counts = "excluded" if record.is_excluded else "counts"
        return f"{counts}, mentions {ids or 'no paper'}: {excerpt(record.body_html) or 'without text'}"

    def effect(self, record: Tweet) -> str:
        return "no longer counts for its papers and isn’t shown; their counts are recalculated"

    def carry_out(self, records: Sequence[Tweet], request: HttpRequest) -> list[Tweet]:
        exclude([tweet.pk for tweet in records], excluded=self.excluded, now=clock.now())
        return list(records)


class Include(Exclude):
    action = "include_selected"
    verb = "Include"
    done = "Included again"
    excluded = False

    def effect(self, record: Tweet) -> str:
        return "counts for its papers again and may be shown; their counts are recalculated"


@admin.register(Tweet)
class TweetAdmin(PagedAdmin):
    form = TweetForm
    fields = [
        "network", "status_id", "author_name", "author_handle", "language", "direction", "body_html", "state", "is_excluded",
        "posted_at", "last_read", "published_on", "on_network", "counts_over_time",
    ]  # fmt: skip
    readonly_fields = ["published_on", "posted_at", "last_read", "on_network", "counts_over_time"]
    actions = ["exclude_selected", "include_selected"]
    inlines = [MentionInline, TweetMeasurementInline]
    list_display = ["handle", "author_name", "excerpt", "posted_at", "papers_number", "state", "is_excluded", "status_id"]
    list_filter = ["state", "is_excluded"]
    date_hierarchy = "posted_at"
    ordering = ["-posted_at", "-pk"]
    sortable_by = ["posted_at"]
    search_fields = ["author_handle", "author_name", "status_id"]
    search_help_text = "Status id, a link to the post, or the beginning of the author’s @handle or name"

    def matching(self, text: str) -> Q:
        return Q(pk__in=tweets_found(text))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tweet]:
        tweets: QuerySet[Tweet] = super().get_queryset(request)
        return tweets.annotate(papers_number=number_of(Mention, "tweet"))

    def has_change_permission(self, request: HttpRequest, obj: Tweet | None = None) -> bool:
        """What a published list shows is changed only by correcting that list."""
        return super().has_change_permission(request, obj) and not (obj and published(obj))

    def save_model(self, request: HttpRequest, obj: Tweet, form: TweetForm, change: bool) -> None:
        columns = changed_columns(form)
        if "status_id" in columns:
            columns.append("posted_at")
        obj.save(update_fields=columns if change else None)

    def save_related(self, request: HttpRequest, form: TweetForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if {"is_excluded", "state"} & set(form.changed_data):
            measure_papers([form.instance.pk], now=clock.now())

    @admin.action(description="Exclude selected posts", permissions=["change"])
    def exclude_selected(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> TemplateResponse | None:
        return bulk.confirm(self, request, Exclude())

    @admin.action(description="Include selected posts again", permissions=["change"])
    def include_selected(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> TemplateResponse | None:
        return bulk.confirm(self, request, Include())

    @admin.display(description="handle")
    def handle(self, tweet: Tweet) -> str:
        return f"@{tweet.author_handle}" if tweet.author_handle else "-"

    @admin.display(description="text")
    def excerpt(self, tweet: Tweet) -> str:
        return excerpt(tweet.body_html)

    @admin.display(description="papers")
    def papers_number(self, tweet: Any) -> int:
        return int(tweet.papers_number)

    @admin.display(description="counts")
    def last_read(self, tweet: Tweet) -> str:
        if tweet.read_at is None:
            return "not read yet"
        told = ", ".join(f"{count:,} {name}" for name, count in tweet.counted.items())
        return f"{told}, as of {tweet.read_at:%-d %b %Y, %H:%M} UTC"

    @admin.display(description="on published lists")
    def published_on(self, tweet: Tweet) -> str | SafeString:
        links = format_html_join(", ", '{} (<a href="{}">Correct…</a>)', published(tweet))
        return format_html("{}. To edit it here, take it out there by a correction first.", links) if links else "-"

    @admin.display(description="counts over time")
    def counts_over_time(self, tweet: Tweet) -> str:
        return counts_chart(tweet)

    @admin.display(description="on its network")
    def on_network(self, tweet: Tweet) -> str | SafeString:
        return format_html('<a href="{}">{}</a>', tweet.url, tweet.url) if tweet.pk else "-"


def published(tweet: Any) -> list[Published]:
    """The published days that show the post; one query a page."""
    if not hasattr(tweet, "published_days"):
        tweet.published_days = lists().published_with_tweets([tweet.pk]).get(tweet.pk, []) if tweet.pk else []
    return cast(list[Published], tweet.published_days)


def excerpt(body_html: str) -> str:
    """The beginning of a tweet's text, for a table cell."""
    # Cut first: to put a long run of combining marks in order takes time with the square of its length.
    return Truncator(embed.text_of(body_html)[:1_000]).chars(120)
