"""The public addresses. `/posts/…` and `/rss.xml` are the old site's and stay."""

from django.urls import include, path, re_path

from digests import converters  # noqa: F401 - registers what stands in addresses
from digests.reader.pages import about, archive, authors, days, for_you_and_offline, lists, papers, pictures
from digests.reader.pages.search import opensearch, search, suggest
from papers.text.identifiers import ARXIV_ID

urlpatterns = [
    path("", days.home, name="home"),
    path("posts/hot-papers-<day:day>", days.digest, name="digest"),
    path("posts/hot-papers-<day:day>/", days.digest),
    path("posts/hot-papers-<day:day>.md", days.digest_markdown, name="digest-markdown"),
    path("posts/hot-papers-<day:day>.png", pictures.digest, name="digest-picture"),
    re_path(rf"^papers/(?P<arxiv_id>{ARXIV_ID})\.png\Z", pictures.paper, name="paper-picture"),
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
    path("for-you", for_you_and_offline.for_you, name="for-you"),
    path("offline", for_you_and_offline.offline, name="offline"),
    path("manifest.webmanifest", for_you_and_offline.manifest, name="manifest"),
    path("service-worker.js", for_you_and_offline.service_worker, name="service-worker"),
    re_path(r"^(favicon\.ico|apple-touch-icon\.png)\Z", for_you_and_offline.icon),
    path("hottest", lists.hottest_week),
    path("hottest/<str:period>", lists.hottest, name="hottest"),
    path("rising", lists.rising_now, name="rising"),
    path("search", search, name="search"),
    path("search/suggest", suggest, name="suggest"),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("", include("digests.reader.feeds.urls")),
]
