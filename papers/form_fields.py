"""Form fields for an editor's corrections: text that is not touched stays exactly as stored."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, DateTimeField, Field, IntegerField, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from papers.text.identifiers import CATEGORY

LINE_END = re.compile(r"\r\n|\r|\n")
CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a post cannot hold; line ends are allowed."""


def refuse_control_characters(text: str) -> None:
    if stray := CONTROL_CHARACTER.search(text):
        raise ValidationError(f"Remove the control character U+{ord(stray[0]):04X} after “{text[: stray.start()][-20:]}”.")


def changed_columns(form: "forms.ModelForm[Any]") -> list[str]:
    """The model's own fields that the editor changed. Saving only these leaves alone what others wrote meanwhile."""
    columns = {field.name for field in form._meta.model._meta.concrete_fields}
    return [name for name in form.changed_data if name in columns]


def number_of(model: type[Model], foreign_key: str) -> Coalesce:
    """How many rows of `model` point at the row; counted for the rows of one page only."""
    rows = model._default_manager.filter(**{foreign_key: OuterRef("pk")}).order_by().values(foreign_key)
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0, output_field=IntegerField())


class OneLineField(forms.CharField):
    """Text as arXiv or X gave it: spaces are kept, and a line break (as pasted from a page) becomes one space."""

    widget = forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        return LINE_END.sub(" ", super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value.strip())
        refuse_control_characters(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class ListField(forms.Field):
    """A list of texts, edited as one text."""

    separator: str

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """Split the text into its list. Raises ValidationError if it holds something else."""

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else self.separator.join(value or ())

    def to_python(self, value: Any) -> list[str]:
        text = self.prepare_value(value)
        refuse_control_characters(text)
        return self.split(text)

    def has_changed(self, initial: Sequence[str] | None, data: Any) -> bool:
        try:
            return self.split(self.prepare_value(initial)) != self.split(self.prepare_value(data))
        except ValidationError:
            return True


class AuthorsField(ListField):
    """Names in the paper's order, one a line."""

    separator = "\n"
    widget = forms.Textarea(attrs={"rows": 6})

    def split(self, text: str) -> list[str]:
        return [name.strip() for name in LINE_END.split(text) if name.strip()]


class CategoriesField(ListField):
    """arXiv categories separated by spaces, the primary one first."""

    separator = " "
    widget = forms.TextInput(attrs={"class": "vTextField", "autocapitalize": "off", "spellcheck": "false"})

    def split(self, text: str) -> list[str]:
        codes = text.split()
        for code in codes:
            if not re.fullmatch(CATEGORY, code) or len(code) > 32:
                raise ValidationError(
                    f"“{code}” isn’t an arXiv category. Write codes like cs.LG or quant-ph, separated by spaces."
                )
        if len(set(codes)) != len(codes):
            raise ValidationError("List each category only once.")
        return codes


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time picker, to the second."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": "1"}, format="%Y-%m-%dT%H:%M:%S")


MOMENTS: "dict[type[Field[Any, Any]], dict[str, Any]]" = {
    DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput()}
}
"""For an admin class's `formfield_overrides`."""
