"""The editors' pages for digests: the day's papers in order, the counts as printed, the tweets shown under each."""

import re
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digests.admin.bulk import Publish, Withdraw
from digests.admin.ordered_rows import OrderedFormSet, OrderedRow, autocomplete, renumber
from digests.editing import history
from digests.models import Digest, Entry, ShownTweet
from digests.publishing.status import mirror
from papers import clock
from papers.admin import bulk
from papers.admin.lists import PagedAdmin
from papers.admin.tweets import excerpt
from papers.editing import MOMENTS, OneLineField, changed_columns, number_of
from papers.lookup import MOST, papers_found
from papers.text.identifiers import FIRST_YEAR, LAST_YEAR

admin.site.site_header = admin.site.site_title = "Hot Papers"
admin.site.index_title = "The editors’ pages"


def save_changes(obj: Digest | Entry, columns: list[str], *, digest_id: int) -> None:
    """Save these columns; hold the digest's row, so that of two editors who save at once one comes after the other."""
    history.begin(digest_id)
    obj.save(update_fields=columns)


def keep_change(digest_id: int, request: HttpRequest) -> None:
    """The change goes into the digest's history, and what readers see into the mirror."""
    digest = Digest.all_drafts.get(pk=digest_id)
    history.finish(digest, history.Action.FORM, by=cast(User, request.user))
    if digest.status == Digest.Status.PUBLISHED:
        mirror(digest.date)


def may_change(request: HttpRequest, digest: Digest | None) -> bool:
    """What readers see is changed by those who may publish."""
    return digest is None or digest.status != Digest.Status.PUBLISHED or request.user.has_perm("digests.publish_digest")


def has_changed(form: Any, formsets: Any) -> bool:
    return form.has_changed() or any(formset.has_changed() for formset in formsets)


class SeenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of a list or of an entry. It says which revision of the list it shows, and is not saved over a newer one."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if digest := self.digest():
            self.initial["seen"] = digest.revision

    def digest(self) -> Digest | None:
        """The list as it was read with the form; None where it is new."""
        return self.instance if self.instance.pk else None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        day = self.cleaned_data.get("date")
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.add_error("date", f"There can be no list of this day: give one from {FIRST_YEAR} to {LAST_YEAR}.")
        if digest := self.digest():
            # Held until the answer, with which the admin's transaction ends.
            locked = Digest.all_drafts.select_for_update().get(pk=digest.pk)
            seen = self.cleaned_data.get("seen")
            if seen != locked.revision:
                since = history.conflict(locked, seen or 0, mine="").theirs.splitlines()
                self.add_error(None, ["Others changed the list since you opened this page, so nothing is saved yet.", *since,
                                      "What you typed is still here. Save again to put it in the place of theirs, or load the "
                                      "page again to see theirs first."])  # fmt: skip
                data: Any = self.data.copy()  # type: ignore[attr-defined]
                data["seen"] = str(locked.revision)  # what the editor is told of
                self.data = data
        return cleaned


class OrderedInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows that are moved by dragging, by the arrow keys or by writing numbers."""

    extra = 0

    class Media:
        js = [Script("admin/reorder.js", defer=True)]


class EntryRow(OrderedRow):
    record_name = "paper"
    paper = autocomplete(Entry, "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "read_at" in self.fields:
            self.fields["read_at"].required = self.instance.pk is not None


class EntryFormSet(OrderedFormSet):
    record_once = True

    def save_new(self, form: Any, commit: bool = True) -> Any:
        # Nobody read the counts of a paper that an editor adds by hand: they are as old as the list.
        form.instance.read_at = form.instance.read_at or self.instance.written_at
        return super().save_new(form, commit)


class EntryInline(OrderedInline):
    model = Entry
    form = EntryRow
    formset = EntryFormSet
    fields = ["position", "paper", "retweets", "favorites", "read_at", "details"]
    readonly_fields = ["details"]
    exclude = ["position", "paper"]
    formfield_overrides = MOMENTS
    verbose_name = "paper"
    verbose_name_plural = "papers, in order"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Entry]":
        rows: QuerySet[Entry] = super().get_queryset(request).select_related("paper")
        return rows.annotate(tweets_number=number_of(ShownTweet, "entry"))

    @admin.display(description="details")
    def details(self, entry: Any) -> str | SafeString:
        if entry.pk is None:
            return "after saving"
        url = reverse("admin:digests_entry_change", args=[entry.pk])
        number = entry.tweets_number
        return format_html('<a href="{}">{} tweet{}</a>', url, number, "" if number == 1 else "s")


@admin.register(Digest)
class DigestAdmin(PagedAdmin):
    form = SeenForm
    fields = ["date", "status", "written_at", "published_at", "changed_at"]
    inlines = [EntryInline]
    formfield_overrides = MOMENTS
    list_display = ["date", "status", "papers_number", "written_at", "links"]
    list_filter = ["status"]
    date_hierarchy = "date"
    ordering = ["-date"]
    sortable_by = ["date"]
    search_fields = ["date", "entries__paper__arxiv_id", "entries__paper__title"]
    search_help_text = "Day (2026-11-20), or arXiv id or words of the title of one of its papers"
    actions = ["publish_selected", "withdraw_selected"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Digest]":
        digests: QuerySet[Digest] = super().get_queryset(request)
        return digests.annotate(papers_number=number_of(Entry, "digest"))

    def matching(self, text: str) -> Q:
        day = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", text.strip())
        try:
            on_day = Q(date=date(*map(int, day.groups()))) if day else Q(pk__in=[])
        except ValueError:  # no such day
            on_day = Q(pk__in=[])
        return on_day | Q(pk__in=Entry.objects.filter(paper__in=papers_found(text)).order_by().values("digest"))

    def get_readonly_fields(self, request: HttpRequest, obj: Digest | None = None) -> list[str]:
        # Once readers have seen it, its address stays.
        address = ["date"] if obj and obj.published_at else []
        return [*address, "status", "published_at", "changed_at"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"written_at": clock.now().replace(microsecond=0), **super().get_changeform_initial_data(request)}

    def get_view_on_site_url(self, obj: Digest | None = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.status == Digest.Status.PUBLISHED else None

    def has_change_permission(self, request: HttpRequest, obj: Digest | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("digests.publish_digest")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        context["can_publish"] = self.has_publish_permission(request)
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Digest, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        return save_changes(obj, changed_columns(form), digest_id=obj.pk)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change or has_changed(form, formsets):
            keep_change(form.instance.pk, request)

    def response_change(self, request: HttpRequest, obj: Digest) -> HttpResponse:
        """Saved; then the button “Save and publish” or “Save and withdraw” does the second half."""
        if self.has_publish_permission(request):
            for button, change in (("_publish", Publish()), ("_withdraw", Withdraw())):
                if button in request.POST:
                    bulk.carry_out(self, request, change, list(Digest.objects.filter(pk=obj.pk)))
                    return HttpResponseRedirect(request.get_full_path())
        return super().response_change(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        published = [digest for digest in objs if digest.status == Digest.Status.PUBLISHED]
        protected = [*protected, *(f"{digest} is published. Withdraw it first, then delete it." for digest in published)]
        return to_delete, counts, perms_needed, protected

    @admin.action(description="Publish selected digests", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: "QuerySet[Digest]") -> TemplateResponse | None:
        return bulk.confirm(self, request, Publish())

    @admin.action(description="Withdraw selected digests", permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: "QuerySet[Digest]") -> TemplateResponse | None:
        return bulk.confirm(self, request, Withdraw())

    @admin.display(description="papers")
    def papers_number(self, digest: Any) -> int:
        return int(digest.papers_number)

    @admin.display(description="for readers")
    def links(self, digest: Digest) -> str | SafeString:
        if digest.status != Digest.Status.PUBLISHED:
            return "-"
        return format_html('<a href="{}">page</a> · <a href="{}">Markdown</a>', digest.get_absolute_url(), digest.markdown_url)


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
    verbose_name_plural = "tweets shown, in order"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("tweet")

    @admin.display(description="text")
    def text(self, shown: ShownTweet) -> str:
        return excerpt(shown.body_html) if shown.pk else "-"


class EntryForm(SeenForm):
    """An entry's counts, and the texts that this one day prints otherwise than the paper's record."""

    title_on_this_day = OneLineField(required=False, help_text="Empty = the paper’s own title")
    abstract_on_this_day = OneLineField(
        required=False,
        help_text="Empty = the paper’s own abstract",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )
    no_abstract_on_this_day = forms.BooleanField(required=False, help_text="Print none, though the paper has one")

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
                self.add_error("no_abstract_on_this_day", "Either an abstract for this day or none, not both.")
            printed["abstract"] = abstract or ("" if none else None)
        self.instance.printed_otherwise = {key: value for key, value in printed.items() if value is not None} or None
        return cleaned


@admin.register(Entry)
class EntryAdmin(PagedAdmin):
    """One paper of one day. Entries are added, moved and taken out on their digest's page."""

    form = EntryForm
    fieldsets = [
        (None, {"fields": ["digest", "position", "paper", "retweets", "favorites", "read_at"]}),
        (
            "Printed on this day otherwise than the paper’s record",
            {"fields": ["title_on_this_day", "abstract_on_this_day", "no_abstract_on_this_day"]},
        ),
    ]
    readonly_fields = ["digest", "position", "paper"]
    inlines = [ShownTweetInline]
    formfield_overrides = MOMENTS
    list_display = ["digest", "position", "paper", "retweets", "favorites", "read_at"]
    list_display_links = ["digest", "position"]
    list_select_related = ["digest", "paper"]
    date_hierarchy = "digest__date"
    ordering = ["-digest__date", "position", "pk"]
    sortable_by = []
    search_fields = ["paper__arxiv_id", "paper__title"]
    search_help_text = "arXiv id or words of the title"
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Entry]":
        return super().get_queryset(request).filter(digest__corrects=None).select_related("digest", "paper")

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

    def response_post_save_change(self, request: HttpRequest, obj: Entry) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:digests_digest_change", args=[obj.digest_id]))

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj.digest if obj else None)

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_delete_permission(request, obj) and may_change(request, obj.digest if obj else None)

    def delete_model(self, request: HttpRequest, obj: Entry) -> None:
        history.begin(obj.digest_id)
        super().delete_model(request, obj)
        renumber(Entry.objects.filter(digest=obj.digest_id), [])
        keep_change(obj.digest_id, request)
