"""What may stand in an address."""

from datetime import date

from django.urls import register_converter
from django.urls.converters import StringConverter

from papers.text.identifiers import ARXIV_ID, CATEGORY

YEARS = range(1991, 3000)
"""From arXiv's first on, and as long as every calendar can go on."""


def _known(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"no year of a list: {day.year}")
    return day


class DayConverter:
    """A listing day as `YYYY-MM-DD`; a day that the calendar does not have is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return _known(date.fromisoformat(value))

    def to_url(self, value: date) -> str:
        return value.isoformat()


class ArxivIdConverter(StringConverter):
    regex = ARXIV_ID


class CategoryConverter(StringConverter):
    regex = CATEGORY


class YearConverter:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return _known(date(int(value), 1, 1)).year

    def to_url(self, value: int) -> str:
        return f"{value:04}"


class MonthConverter:
    regex = "0[1-9]|1[0-2]"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:02}"


register_converter(DayConverter, "day")
register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(ArxivIdConverter, "arxiv_id")
register_converter(CategoryConverter, "category")
