"""Processes collect garbage from when all apps are imported, and those that never import them always."""

import subprocess
import sys

PROGRAM = """
import gc
import hotpapers_site
print(gc.isenabled())
from django.conf import settings
settings.INSTALLED_APPS
print(gc.isenabled())
import django
django.setup()
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


def test_garbage_is_collected_but_while_apps_are_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == ["True", "False", "True True"]
