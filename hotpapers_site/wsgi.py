"""Django's WSGI application. `manage.py web` serves it through rsgi.py; any other WSGI server can serve it, too."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
application = get_wsgi_application()
