"""The public addresses. `/posts/…` and `/rss.xml` are the old site's and stay."""

from datetime import date

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from digests import views
from digests.feeds import rss
from digests.search_views import search
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

urlpatterns = [
    path("", views.home, name="home"),
    path("posts/hot-papers-<day:day>", views.digest, name="digest"),
    path("posts/hot-papers-<day:day>/", views.digest),
    path("posts/hot-papers-<day:day>.md", views.digest_markdown, name="digest-markdown"),
    path("papers/<arxiv_id:arxiv_id>", views.paper, name="paper"),
    re_path(rf"^papers/(?P<arxiv_id>{ARXIV_ID})(?:v[0-9]+)?/?\Z", views.paper_elsewhere),
    path("categories/<category:code>", views.category, name="category"),
    path("search", search, name="search"),
    path("rss.xml", rss, name="rss"),
]
