"""What a mirror's files are made with besides the database: code and settings. When they change, each file is compared."""

import hashlib
from collections.abc import Iterable

from django.conf import settings

from papers.rendered.kinds import VERSION

TEXTS = (("digests/templatetags", "*.py"), ("papers", "network_words.py"), ("papers/networks", "*.py"))
DAYS = (("digests/mirror/profiles", "*"), ("digests/markdown", "*.py"), *TEXTS)
PAGES = (
    ("templates/readers", "*"),
    ("static/readers", "*"),
    ("digests/reader", "*.py"),
    ("digests/page_cache", "subjects.py"),
    *TEXTS,
)
SHOWN = (
    "ARXIV_ARCHIVES",
    "ARXIV_HOLIDAYS",
    "AUTO_PUBLISH_AT",
    "BLUESKY_EMBED_BASE",
    "HASHED_STATIC",
    "HOT_SCORE",
    "INCLUDE_CROSS_LISTS",
    "ONE_TWEET_PER_AUTHOR",
    "SHOWN_TWEETS",
    "SHOWN_TWEET_SCORE",
    "SITE_URL",
    "TIME_ZONE",
    "X_EMBED_BASE",
    "X_MIN_LIKES",
)
"""Settings that readers' pages show or are made by. The manifest is public: none of them is secret."""


def software(made_with: Iterable[tuple[str, str]]) -> str:
    """Return a fingerprint of our own files in these folders."""
    found = hashlib.sha256(str(VERSION).encode())
    for folder, pattern in made_with:
        for path in sorted((settings.BASE_DIR / folder).rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:  # where Python writes, half-written names too
                found.update(path.read_bytes())
    return found.hexdigest()[:16]


def shown_settings() -> str:
    """Return a fingerprint of the settings that pages show."""
    return hashlib.sha256(repr([getattr(settings, name) for name in SHOWN]).encode()).hexdigest()[:16]
