"""What the forms of a list and an entry share: who may save, and that no form overwrites a newer list."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest

from digests.editing import history
from digests.models import Digest, Entry
from papers.text.identifiers import FIRST_YEAR, LAST_YEAR


def hold(digest_id: int) -> None:
    """Lock the digest's row, so that two editors who save at once come one after the other.

    Raises PermissionDenied if it was published meanwhile.
    """
    if not history.begin(digest_id).is_editable:
        raise PermissionDenied("This day is published. To change it, start a correction on its desk.")


def save_changes(obj: Digest | Entry, columns: list[str], *, digest_id: int) -> None:
    hold(digest_id)
    obj.save(update_fields=columns)


def keep_change(digest_id: int, request: HttpRequest) -> None:
    """Record the change in the digest's history."""
    digest = Digest.all_drafts.get(pk=digest_id)
    history.finish(digest, history.Action.FORM, by=cast(User, request.user))


def has_changed(form: Any, formsets: Any) -> bool:
    return form.has_changed() or any(formset.has_changed() for formset in formsets)


class SeenForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a list or an entry. It carries the revision of the list it shows, and does not overwrite a newer one."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if digest := self.digest():
            self.initial["seen"] = digest.revision

    def digest(self) -> Digest | None:
        """The list as it was read with the form; None if it is new."""
        return self.instance if self.instance.pk else None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        day = self.cleaned_data.get("date")
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.add_error("date", f"There can’t be a list for this day. Choose one from {FIRST_YEAR} to {LAST_YEAR}.")
        if digest := self.digest():
            # Held until the answer, with which the admin's transaction ends.
            locked = Digest.all_drafts.select_for_update().get(pk=digest.pk)
            seen = self.cleaned_data.get("seen")
            if seen != locked.revision:
                since = history.conflict(locked, seen or 0, mine="").theirs.splitlines()
                self.add_error(None, ["Someone else changed the list after you opened this page, so nothing has been saved.",
                                      *since,
                                      "Your changes are still here. Save again to replace theirs, or reload the "
                                      "page to see theirs first."])  # fmt: skip
                data: Any = self.data.copy()  # type: ignore[attr-defined]
                data["seen"] = str(locked.revision)  # what the editor is told of
                self.data = data
        return cleaned


class OrderedInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows moved by dragging, by the arrow keys or by typing numbers."""

    extra = 0

    class Media:
        js = [Script("admin/vendor/sortable-1.15.7.min.js", defer=True), Script("admin/reorder.js", defer=True)]
