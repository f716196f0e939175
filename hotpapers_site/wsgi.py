"""The WSGI application that a web server runs: `gunicorn hotpapers_site.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
application = get_wsgi_application()
