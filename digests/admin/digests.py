"""The admin page of a day: its papers in order, with the counts as printed."""

import re
from datetime import date, datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digests.admin.bulk import Publish, Withdraw
from digests.admin.forms import OrderedInline, SeenForm, has_changed, keep_change, save_changes
from digests.admin.ordered_rows import OrderedFormSet, OrderedRow, autocomplete
from digests.editing.presence import writing_on
from digests.models import Digest, Entry, PublicEvent, ShownTweet
from papers import clock
from papers.admin import bulk
from papers.admin.lists import PagedAdmin
from papers.admin.paper_rows import PaperRows
from papers.form_fields import MOMENTS, changed_columns, number_of
from papers.lookup import papers_found
from papers.plurals import counted


class EntryRow(OrderedRow):
    record_name = "paper"
    paper = autocomplete(Entry, "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "read_at" in self.fields:
            self.fields["read_at"].required = self.instance.pk is not None


class EntryFormSet(PaperRows, OrderedFormSet):
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
        return format_html('<a href="{}">{}</a>', url, counted(number, "post"))


@admin.register(Digest)
class DigestAdmin(PagedAdmin):
    form = SeenForm
    fields = ["date", "status", "written_at", "published_at", "changed_at"]
    inlines = [EntryInline]
    formfield_overrides = MOMENTS
    list_display = ["date", "state", "papers_number", "first_published", "last_corrected", "links"]
    list_filter = ["status"]
    date_hierarchy = "date"
    ordering = ["-date"]
    sortable_by = ["date"]
    search_fields = ["date", "entries__paper__arxiv_id", "entries__paper__title"]
    search_help_text = "A day (2026-11-20), or the arXiv id or words from the title of one of its papers"
    actions = ["publish_selected", "withdraw_selected"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Digest]":
        digests: QuerySet[Digest] = super().get_queryset(request)
        corrected = PublicEvent.objects.filter(digest=OuterRef("pk"), kind=PublicEvent.Kind.CORRECTED).order_by("-at")
        return digests.annotate(papers_number=number_of(Entry, "digest"), corrected_at=Subquery(corrected.values("at")[:1]))

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
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

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
        """After saving, the button “Save and publish” also publishes; while somebody types on the desk, it asks first."""
        if "_publish" in request.POST and self.has_publish_permission(request):
            publish, asked = Publish(request), None
            if writing_on([obj], publish.by):  # the page that asks tells who
                self.message_user(request, "The list is saved, but not published yet.", messages.WARNING)
                asked = bulk.confirm(self, request, publish, keys=[obj.pk], at=reverse("admin:digests_digest_changelist"))
            else:
                bulk.carry_out(self, request, publish, list(Digest.objects.filter(pk=obj.pk)))
            return asked or HttpResponseRedirect(request.get_full_path())
        return super().response_change(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        published = [digest for digest in objs if digest.status == Digest.Status.PUBLISHED]
        protected = [*protected, *(f"{digest} is published. Withdraw it first, then delete it." for digest in published)]
        return to_delete, counts, perms_needed, protected

    @admin.action(description="Publish selected digests", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: "QuerySet[Digest]") -> TemplateResponse | None:
        return bulk.confirm(self, request, Publish(request))

    @admin.action(description="Withdraw selected digests", permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: "QuerySet[Digest]") -> TemplateResponse | None:
        return bulk.confirm(self, request, Withdraw())

    @admin.display(description="papers")
    def papers_number(self, digest: Any) -> int:
        return int(digest.papers_number)

    @admin.display(description="state", ordering="status")
    def state(self, digest: Digest) -> str:
        if digest.status == Digest.Status.DRAFT and digest.publish_at:
            return "Scheduled for " + date_format(timezone.localtime(digest.publish_at), "DATETIME_FORMAT")
        return str(digest.get_status_display()).capitalize()

    @admin.display(description="first published", empty_value="not yet")
    def first_published(self, digest: Digest) -> datetime | None:
        return digest.published_at

    @admin.display(description="last corrected", empty_value="-")
    def last_corrected(self, digest: Any) -> datetime | None:
        found: datetime | None = digest.corrected_at
        return found

    @admin.display(description="open")
    def links(self, digest: Digest) -> SafeString:
        desk = format_html('<a href="{}">desk</a>', reverse("desk", args=[digest.date]))
        if digest.status != Digest.Status.PUBLISHED:
            return desk
        page, markdown = digest.get_absolute_url(), digest.markdown_url
        return format_html('{} · <a href="{}">page</a> · <a href="{}">Markdown</a>', desk, page, markdown)
