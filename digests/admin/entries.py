"""The admin page of one paper on a day's list: its counts as printed, and the posts shown under it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digests.admin.forms import OrderedInline, SeenForm, has_changed, hold, keep_change, save_changes
from digests.admin.ordered_rows import OrderedFormSet, OrderedRow, autocomplete
from digests.editing.positions import renumber
from digests.models import Digest, Entry, ShownTweet
from papers.admin.lists import PagedAdmin
from papers.admin.tweets import excerpt
from papers.form_fields import MOMENTS, OneLineField, changed_columns
from papers.lookup import MOST, papers_found
from papers.rendered.stored import set_plain_titles


class ShownTweetRow(OrderedRow):
    record_name = "tweet"
    tweet = autocomplete(ShownTweet, "tweet")


class ShownTweetInline(OrderedInline):
    model = ShownTweet
    form = ShownTweetRow
    formset = OrderedFormSet
    fields = ["position", "tweet", "text"]
    readonly_fields = ["text"]
    exclude = ["position", "tweet"]
    verbose_name = "tweet"
    verbose_name_plural = "posts shown, in order"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("tweet")

    @admin.display(description="text")
    def text(self, shown: ShownTweet) -> str:
        return excerpt(shown.body_html) if shown.pk else "-"


class EntryForm(SeenForm):
    """An entry's counts, and the texts that this list prints instead of the paper's record."""

    title_on_this_day = OneLineField(required=False, help_text="Leave empty to use the paper’s title")
    abstract_on_this_day = OneLineField(
        required=False,
        help_text="Leave empty to use the paper’s abstract",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )
    no_abstract_on_this_day = forms.BooleanField(required=False, help_text="Show no abstract, even though the paper has one")
    as_the_paper = forms.BooleanField(
        required=False, label="Use the paper’s record", help_text="Show all its texts as the paper’s record has them now"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        printed = self.instance.printed_otherwise or {}
        self.initial["title_on_this_day"] = printed.get("title", "")
        self.initial["abstract_on_this_day"] = printed.get("abstract", "")
        self.initial["no_abstract_on_this_day"] = printed.get("abstract") == ""

    def digest(self) -> Digest | None:
        return self.instance.digest if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        printed = dict(self.instance.printed_otherwise or {})
        if "title_on_this_day" in self.changed_data:
            printed["title"] = cleaned.get("title_on_this_day") or None
        if {"abstract_on_this_day", "no_abstract_on_this_day"} & set(self.changed_data):
            abstract, none = cleaned.get("abstract_on_this_day"), cleaned.get("no_abstract_on_this_day")
            if abstract and none:
                self.add_error("no_abstract_on_this_day", "Give an abstract for this day or choose none, not both.")
            printed["abstract"] = abstract or ("" if none else None)
        if cleaned.get("as_the_paper"):
            printed = {}
        self.instance.printed_otherwise = {key: value for key, value in printed.items() if value is not None} or None
        return cleaned


@admin.register(Entry)
class EntryAdmin(PagedAdmin):
    """One paper of one day. Entries are added, moved and removed on their digest's page."""

    form = EntryForm
    fieldsets = [
        (None, {"fields": ["list_link", "position", "paper", "retweets", "favorites", "read_at"]}),
        (
            "Shown differently on this day",
            {"fields": ["title_on_this_day", "abstract_on_this_day", "no_abstract_on_this_day", "as_the_paper"]},
        ),
    ]
    readonly_fields = ["list_link", "position", "paper"]
    inlines = [ShownTweetInline]
    formfield_overrides = MOMENTS
    list_display = ["digest", "position", "paper", "retweets", "favorites", "read_at"]
    list_display_links = ["digest", "position"]
    list_select_related = ["digest", "paper"]
    date_hierarchy = "digest__date"
    ordering = ["-digest__date", "position", "pk"]
    sortable_by = []
    search_fields = ["paper__arxiv_id", "paper__title"]
    search_help_text = "arXiv id or words from the title"
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Entry]":
        entries: QuerySet[Entry] = super().get_queryset(request).select_related("digest", "paper")
        # Those of a correction have their forms, and one entry of a day stands in the list.
        is_list = request.resolver_match and request.resolver_match.url_name == "digests_entry_changelist"
        return entries.filter(digest__corrects=None) if is_list else entries

    def before_rows(self, rows: list[Any]) -> None:
        set_plain_titles(entry.paper for entry in rows)

    @admin.display(description="digest")
    def list_link(self, entry: Entry) -> SafeString:
        is_correction = entry.digest.corrects_id is not None  # which the forms of days do not show
        form = reverse("admin:digests_digest_change", args=[entry.digest_id])
        address = reverse("desk", args=[entry.digest.date]) if is_correction else form
        return format_html('<a href="{}">{}{}</a>', address, entry.digest, " (correction)" if is_correction else "")

    def matching(self, text: str) -> Q:
        # By their keys: in the list's order SQLite would look at every entry that there is.
        found = Entry.objects.filter(paper__in=papers_found(text)).values_list("pk", flat=True)
        return Q(pk__in=list(found[:MOST]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Entry, form: Any, change: bool) -> None:
        columns = changed_columns(form)
        if set(form.changed_data) - set(columns):
            columns.append("printed_otherwise")
        save_changes(obj, columns, digest_id=obj.digest_id)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if has_changed(form, formsets):
            keep_change(form.instance.digest_id, request)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        entry: Entry | None = context.get("original")
        if entry and not entry.digest.is_editable:
            context["correction"] = Entry.objects.filter(digest__corrects=entry.digest_id, paper=entry.paper_id).first()
        return super().render_change_form(request, context, *args, **options)

    def response_post_save_change(self, request: HttpRequest, obj: Entry) -> HttpResponseRedirect:
        if obj.digest.corrects_id:
            return HttpResponseRedirect(reverse("desk", args=[obj.digest.date]))
        return HttpResponseRedirect(reverse("admin:digests_digest_change", args=[obj.digest_id]))

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.digest.is_editable)

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.digest.is_editable)

    def delete_model(self, request: HttpRequest, obj: Entry) -> None:
        hold(obj.digest_id)
        super().delete_model(request, obj)
        renumber(Entry.objects.filter(digest=obj.digest_id), [])
        keep_change(obj.digest_id, request)
