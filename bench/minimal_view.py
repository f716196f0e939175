"""A floor for rendering: the least Django that prints the same records, in plain templates and without any middleware."""

import os
from datetime import date

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()

from digests.models import Digest  # noqa: E402
from digests.reader.pages.entries import shown_papers  # noqa: E402

PAPERS = """{% for one in shown %}<article>
<h2><a href="/papers/{{ one.entry.paper.arxiv_id }}">{{ one.entry.paper.title }}</a></h2>
<p>{% for name in one.entry.paper.authors %}{{ name }}, {% endfor %}</p>
<p>{% for category in one.entry.paper.categories.all %}{{ category.code }} {% endfor %}</p>
<p>{{ one.entry.retweets }} retweets, {{ one.entry.favorites }} favorites at {{ one.entry.read_at }}, {{ one.posts }} posts</p>
<p>{% for reading in one.history.readings %}{{ reading.score }} {% endfor %}</p><p>{{ one.entry.paper.abstract }}</p>
{% for shown in one.entry.shown_tweets.all %}
<blockquote lang="{{ shown.tweet.language }}">{{ shown.tweet.body_html }}</blockquote>
<p><a href="{{ shown.tweet.url }}">{{ shown.tweet.author_name }} @{{ shown.tweet.author_handle }}</a>
{{ shown.tweet.posted_at }}</p>{% endfor %}</article>{% endfor %}"""
DAYS = """{% for one in shown %}{% for reading in one.history.readings %}{{ reading.score }} {% endfor %}{% endfor %}
{% for digest in days %}<h2><a href="{{ digest.get_absolute_url }}">{{ digest.date }}</a></h2>
{% for entry in digest.entries.all %}<p><a href="/papers/{{ entry.paper.arxiv_id }}">{{ entry.paper.title }}</a>
{{ entry.retweets }} {{ entry.favorites }}</p>{% endfor %}{% endfor %}"""
papers, days = (engines["django"].from_string(f"<!doctype html><title>x</title>{body}") for body in (PAPERS, DAYS))


def digest(request: HttpRequest, day: str) -> HttpResponse:
    found = Digest.objects.with_neighbours().with_everything().get(date=date.fromisoformat(day))
    return HttpResponse(papers.render({"shown": shown_papers(found.entries.all(), with_posts=True)}))


def home(request: HttpRequest) -> HttpResponse:
    newest = list(Digest.objects.published().with_titles()[:11])
    return HttpResponse(days.render({"shown": shown_papers(newest[0].entries.all()), "days": newest[:10]}))


urlpatterns = [path("", home), path("posts/hot-papers-<str:day>", digest, name="digest")]
