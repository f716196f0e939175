"""Collects the static files again when they have changed, so that no start and no upgrade has to remember it."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MANIFEST = "staticfiles.json"


def collect_changed() -> bool:
    """Collect them into STATIC_ROOT if a file is newer than what is there, and say whether that was so. Does nothing without
    HASHED_STATIC, which serves them as they stand."""
    manifest = Path(settings.STATIC_ROOT, MANIFEST)
    if not settings.HASHED_STATIC or (manifest.exists() and manifest.stat().st_mtime >= newest()):
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    return True


def newest() -> float:
    """Return when the newest static file of ours, or of a package, was written, in seconds since 1970."""
    found = ((storage, path) for finder in get_finders() for path, storage in finder.list([]))
    return max(Path(storage.path(path)).stat().st_mtime for storage, path in found)
