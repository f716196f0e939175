"""Converters for the parts of an address."""

from datetime import date

from django.urls import register_converter
from django.urls.converters import StringConverter

from papers.text.identifiers import ARXIV_ID, CATEGORY, FIRST_YEAR, LAST_YEAR


class DayConverter:
    """A listing day as `YYYY-MM-DD`; no address has a day that doesn't exist or that arXiv cannot have."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        expect_year(day.year)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


class ArxivIdConverter(StringConverter):
    regex = ARXIV_ID


class CategoryConverter(StringConverter):
    regex = CATEGORY


class YearConverter:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return expect_year(int(value))

    def to_url(self, value: int) -> str:
        return f"{value:04}"


def expect_year(year: int) -> int:
    """Raise ValueError for a year that can have no list."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return year


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
