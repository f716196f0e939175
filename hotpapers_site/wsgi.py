"""Django's WSGI application. `manage.py web` serves it through rsgi.py; any other WSGI server can serve it, too."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
django_application = get_wsgi_application()

from digests.page_cache.middleware import before  # noqa: E402 - needs the apps, which the line above loads

application = before(django_application)
