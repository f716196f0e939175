"""The public addresses. `/posts/…` and `/rss.xml` are the old site's and stay."""

from django.urls import path, re_path

from digests import converters, views  # noqa: F401 - converters registers `day`, `arxiv_id` and `category`
from digests.feeds import rss
from papers.identifiers import ARXIV_ID

urlpatterns = [
    path("", views.home, name="home"),
    path("posts/hot-papers-<day:day>", views.digest, name="digest"),
    path("posts/hot-papers-<day:day>/", views.digest),
    path("posts/hot-papers-<day:day>.md", views.digest_markdown, name="digest-markdown"),
    path("papers/<arxiv_id:arxiv_id>", views.paper, name="paper"),
    re_path(rf"^papers/(?P<arxiv_id>{ARXIV_ID})(?:v[0-9]+)?/?\Z", views.paper_elsewhere),
    path("categories/<category:code>", views.category, name="category"),
    path("rss.xml", rss, name="rss"),
]
