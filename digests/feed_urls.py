"""The addresses of selections, of everything that machines fetch, and those of the old site that lead on."""

from django.urls import path, re_path

from digests import feeds

urlpatterns = [
    path("papers", feeds.papers, name="papers"),
    re_path(r"^papers\.(atom|json|bib)\Z", feeds.papers_as, name="papers-as"),
    path("rss.xml", feeds.days, {"form": "rss"}, name="rss"),
    re_path(r"^feed\.(?P<form>atom|json)\Z", feeds.days, name="days-as"),
]
