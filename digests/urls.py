"""The public addresses. `/posts/…` and `/rss.xml` are the old site's and stay."""

from datetime import date

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from digests.search_views import search
from digests.views import about, archive, authors, days, lists, papers
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


class YearConverter:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return date(int(value), 1, 1).year

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

urlpatterns = [
    path("", days.home, name="home"),
    path("posts/hot-papers-<day:day>", days.digest, name="digest"),
    path("posts/hot-papers-<day:day>/", days.digest),
    path("posts/hot-papers-<day:day>.md", days.digest_markdown, name="digest-markdown"),
    path("papers/<arxiv_id:arxiv_id>", papers.paper, name="paper"),
    re_path(rf"^papers/(?P<arxiv_id>{ARXIV_ID})(?:v[0-9]+)?/?\Z", papers.paper_elsewhere),
    path("categories/<category:code>", lists.category, name="category"),
    path("authors/<str:name>", authors.author, name="author"),
    path("archive", archive.archive, name="archive"),
    path("archive/<year:year>", archive.year, name="year"),
    path("archive/<year:year>/<month:month>", archive.month, name="month"),
    path("about", about.about, name="about"),
    path("days", about.days, name="days"),
    path("days/<day:day>", about.day, name="day"),
    path("reading", about.reading, name="reading"),
    path("hottest", lists.hottest_week),
    path("hottest/<str:period>", lists.hottest, name="hottest"),
    path("rising", lists.rising_now, name="rising"),
    path("search", search, name="search"),
    path("", include("digests.feed_urls")),
]
