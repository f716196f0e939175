"""The addresses of selections, of everything that machines fetch, and redirects from those of the old site."""

from django.urls import path, re_path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from digests.reader.feeds import export, feeds, sitemaps
from digests.reader.feeds.old_addresses import OLD_TAGS
from papers.text.identifiers import ARXIV_ID

all_days = require_safe(RedirectView.as_view(pattern_name="home", permanent=True))
nearest_days = require_safe(RedirectView.as_view(pattern_name="home", permanent=False))
"""Each new post moved the contents of a numbered page, so the number no longer means anything."""

urlpatterns = [
    path("papers", feeds.papers, name="papers"),
    re_path(r"^papers\.(bib|ris|csl\.json)\Z", feeds.papers_cited, name="papers-as"),
    re_path(r"^papers\.(atom|json)\Z", feeds.papers_as, name="papers-as"),
    re_path(rf"^papers/(?P<arxiv_id>{ARXIV_ID})\.(?P<form>bib|ris|csl\.json)\Z", feeds.paper_cited, name="paper-cited"),
    path("export.zip", export.export, name="export"),
    path("rss.xml", feeds.days, {"form": "rss"}, name="rss"),
    re_path(r"^feed\.(?P<form>atom|json)\Z", feeds.days, name="days-as"),
    re_path(r"^weekly\.(?P<form>atom|json|xml)\Z", feeds.weeks, name="weekly"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemap-<year:year>-<month:month>.xml", sitemaps.sitemap_of_month, name="sitemap-of-month"),
    re_path(rf"^(?:category/ar-xiv|tag/(?:{OLD_TAGS})|tags|categories)/?\Z", all_days),
    re_path(rf"^(?:(?:category/ar-xiv|tag/(?:{OLD_TAGS}))/)?page/[0-9]{{1,6}}/?\Z", nearest_days),
]
