"""Forms of rows with a position under one parent: a digest's entries, an entry's shown posts.

Admin pages show each row's position as a number. Whatever numbers come back, rows are sorted by them and numbered 1, 2, 3, …
again.
"""

import math
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db.models import Model, QuerySet
from django.forms.utils import pretty_name
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from digests.editing.positions import next_position, renumber
from papers.form_fields import changed_columns


class RecordLink(forms.Widget):
    """A link to a record's own page, instead of an input."""

    def __init__(self, record: Model) -> None:
        super().__init__()
        self.record = record

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        meta = self.record._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[self.record.pk])
        return format_html('<a href="{}">{}</a>', url, self.record)


class KeptRecord(forms.Field):
    """A related record that a row keeps whatever is submitted, without looking it up again for each row."""

    def __init__(self, record: Model, widget: type[forms.Widget] | forms.Widget) -> None:
        super().__init__(required=False, initial=record, widget=widget)

    def clean(self, value: Any) -> Any:
        return self.initial

    def prepare_value(self, value: Any) -> Any:
        return self.initial.pk

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def autocomplete(model: type[Model], name: str) -> "forms.ModelChoiceField[Any]":
    """The field that finds the record of a new row, with a link to add a missing one."""
    field: Any = model._meta.get_field(name)
    records = field.related_model._default_manager.all()
    search = AutocompleteSelect(field, admin.site)
    widget = RelatedFieldWidgetWrapper(search, field.remote_field, admin.site, can_add_related=True)
    return forms.ModelChoiceField(records, widget=widget)


class OrderedRow(forms.ModelForm):  # type: ignore[type-arg]
    """A row of the list. Its record is chosen once, when the row is new; the inline excludes both fields from the model form."""

    record_name: ClassVar[str]
    position = forms.IntegerField(
        required=False, min_value=1, help_text="Leave empty to put it last", widget=forms.NumberInput(attrs={"data-reorder": ""})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            record = getattr(self.instance, self.record_name)
            self.initial["position"] = self.instance.position
            self.fields["position"].widget.attrs["data-reorder"] = str(record)
            self.fields[self.record_name] = KeptRecord(record, RecordLink(record))

    def has_changed(self) -> bool:
        # A new row that got only its number is still an empty one.
        return bool(set(self.changed_data) - ({"position"} if self.instance.pk is None else set()))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is None and self.record_name in self.cleaned_data:
            setattr(self.instance, self.record_name, self.cleaned_data[self.record_name])
        return cleaned

    def place(self) -> tuple[float, int]:
        """The row's sort key. If several rows have the same number, the one that was moved there gets it and the others give
        way."""
        number, before = self.cleaned_data.get("position"), self.initial.get("position")
        if number is None:
            return math.inf, 0
        return number, 0 if number == before else 1 if before is not None and number > before else -1


class OrderedFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows of one parent, in order."""

    record_once = False
    """Whether a record may appear in the list only once."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk:
            form.fields["id"] = KeptRecord(form.instance, forms.HiddenInput)
        # A table's inputs have no labels that can be seen; screen readers hear the column and the row.
        row = getattr(form.instance, form.record_name) if form.instance.pk else "new row"
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{field.label or pretty_name(name)}, {row}"

    def kept(self) -> list[Any]:
        """The forms of the rows that the list will have."""
        gone = self.deleted_forms
        return [form for form in self.forms if form not in gone and (form.instance.pk or form.has_changed())]

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not self.record_once:
            return
        seen = set()
        for form in self.kept():
            record = form.cleaned_data[form.record_name]
            if record in seen:
                form.add_error(form.record_name, "It is already in this list.")
            seen.add(record)

    def rows(self) -> "QuerySet[Any]":
        rows: QuerySet[Any] = getattr(self.instance, self.fk.remote_field.get_accessor_name())
        return rows.all()

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        obj.save(update_fields=[name for name in changed_columns(form) if name != "position"])
        return obj

    def save_new(self, form: Any, commit: bool = True) -> Any:
        form.instance.position = next_position(self.rows())
        return super().save_new(form, commit)

    def save(self, commit: bool = True) -> list[Any]:
        forms_in_order = sorted(self.kept(), key=lambda form: form.place())
        saved = super().save(commit)
        renumber(self.rows(), [form.instance.pk for form in forms_in_order])
        return saved
