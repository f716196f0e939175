"""The settings, but a request waits longer for SQLite's lock than a slow machine takes to start a process."""

from hotpapers_site.settings import *  # noqa: F403
from hotpapers_site.settings import DATABASES

DATABASES["default"]["OPTIONS"]["timeout"] = 120
