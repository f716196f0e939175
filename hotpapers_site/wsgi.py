"""The WSGI application that a web server runs: `gunicorn hotpapers_site.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
_django = get_wsgi_application()

from digests.page_cache.middleware import before  # noqa: E402 - needs the apps, which the line above loads

application = before(_django)
