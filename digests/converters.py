"""What may stand in an address."""

from datetime import date

from django.urls import register_converter
from django.urls.converters import StringConverter

from papers.identifiers import ARXIV_ID, CATEGORY


class DayConverter:
    """A listing day as `YYYY-MM-DD`; a day that the calendar does not have is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class ArxivIdConverter(StringConverter):
    regex = ARXIV_ID


class CategoryConverter(StringConverter):
    regex = CATEGORY


register_converter(DayConverter, "day")
register_converter(ArxivIdConverter, "arxiv_id")
register_converter(CategoryConverter, "category")
