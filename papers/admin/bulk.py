"""Changes of many records from an admin list: first a page that says what will happen, then the change.

The form carries what each record looked like when the page was shown. If a record looks different by then, nothing is changed:
the page comes back (409) and says what changed since.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

Record = TypeVar("Record", bound=Model)


class BulkChange(ABC, Generic[Record]):
    """One kind of bulk change, in the words that its page and messages use."""

    action: ClassVar[str]
    """The name of the admin's action."""
    verb: ClassVar[str]
    """The label of its button: “Publish”."""
    done: ClassVar[str]
    """What is said about a record afterwards: “Published”."""
    prefetched: ClassVar[tuple[str, ...]] = ()
    """Related rows to prefetch for the words about a record."""

    def look_up(self, records: Sequence[Record]) -> None:
        """Look up what the words about all records need, in a constant number of queries."""

    @abstractmethod
    def left_alone(self, record: Record) -> str:
        """Why the record stays as it is; empty if it will be changed."""

    @abstractmethod
    def looks(self, record: Record) -> str:
        """The record as the editor sees it when deciding, in words. If two looks are equal, nothing happened in between."""

    @abstractmethod
    def effect(self, record: Record) -> str:
        """What will happen to the record."""

    @abstractmethod
    def carry_out(self, records: Sequence[Record], request: HttpRequest) -> list[Record]:
        """Change the records, in the caller's transaction, and return those that were changed."""

    def name(self, record: Record) -> str:
        return str(record)

    def since(self, record: Record, moment: datetime) -> list[str]:
        """What was done to the record since, and by whom, if known."""
        return []


@dataclass(frozen=True)
class Step:
    """One record on the page."""

    record: Any
    name: str
    looks: str
    effect: str
    left_alone: str
    looked: str = ""
    """How the record looked when the page was shown; empty if it still looks the same."""
    since: Sequence[str] = ()


def _moment(text: str) -> datetime:
    """The moment that our own form sent; now, where it is another's."""
    try:
        given = parse_datetime(text[:40])
    except ValueError:
        given = None
    return given if given and timezone.is_aware(given) else timezone.now()


def confirm(
    model_admin: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    change: BulkChange[Any],
    *,
    keys: Sequence[Any] | None = None,
    at: str = "",
) -> TemplateResponse | None:
    """The page that asks; None once the editor has agreed, nothing has changed since, and the change is done. The caller has
    checked the permission.

    `keys` are the records, by default those chosen in the form; `at` is the address of their list, by default the request's.
    """
    keys = keys or [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if key.isdecimal()]
    confirmed = "confirmed" in request.POST
    shown_at = _moment(request.POST.get("shown_at", ""))
    with transaction.atomic():
        # Held until the end: what is found unchanged is changed as it was shown.
        locked = model_admin.model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        allowed = {record.pk for record in locked}
        there = model_admin.get_queryset(request).filter(pk__in=allowed).prefetch_related(*change.prefetched)
        records = sorted(there, key=change.name)
        change.look_up(records)
        steps = [_step(change, record, request, shown_at) for record in records]
        conflicts = [step for step in steps if step.looked and not step.left_alone]
        if confirmed and not conflicts:
            carry_out(model_admin, request, change, records)
            return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{change.verb} {model_admin.opts.verbose_name_plural}?",
        "opts": model_admin.opts,
        "media": model_admin.media,
        "change": change,
        "conflicts": conflicts,
        "steps": [step for step in steps if not step.left_alone],
        "others": [step for step in steps if step.left_alone],
        "gone": len(set(keys)) - len(steps),
        "checkbox": ACTION_CHECKBOX_NAME,
        "shown_at": timezone.now().isoformat(),
        "list": at or request.get_full_path(),
    }
    return TemplateResponse(request, "admin/bulk_confirmation.html", context, status=409 if conflicts else 200)


def _step(change: BulkChange[Any], record: Any, request: HttpRequest, shown_at: datetime) -> Step:
    looks, looked = change.looks(record), request.POST.get(f"looked-{record.pk}", "")
    left_alone = change.left_alone(record)
    differs = "confirmed" in request.POST and looked != looks and not left_alone
    return Step(
        record=record,
        name=change.name(record),
        looks=looks,
        effect="" if left_alone else change.effect(record),
        left_alone=left_alone,
        looked=(looked or "not in the list") if differs else "",
        since=change.since(record, shown_at) if differs else (),
    )


def carry_out(
    model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, change: BulkChange[Any], records: Sequence[Any]
) -> None:
    """Make the change, log it, and report what happened to each record."""
    change.look_up(records)
    reasons = {record.pk: change.left_alone(record) for record in records}
    changed = change.carry_out([record for record in records if not reasons[record.pk]], request)
    if changed:
        LogEntry.objects.log_actions(str(request.user.pk), changed, CHANGE, f"{change.done}.")
        names = ", ".join(change.name(record) for record in changed)
        model_admin.message_user(request, f"{change.done} ({len(changed)}): {names}.", messages.SUCCESS)
    others: dict[str, list[str]] = {}
    for record in records:
        if record not in changed:
            reason = reasons[record.pk] or change.left_alone(record) or "someone else changed it first"
            others.setdefault(reason, []).append(change.name(record))
    for reason, left in others.items():
        model_admin.message_user(request, f"Left alone, {reason} ({len(left)}): {', '.join(left)}.", messages.WARNING)
