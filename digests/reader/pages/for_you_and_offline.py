"""What readers keep without an account: their own page, made in the browser, and the site as an app that works offline."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.page_cache.subjects import shows
from digests.reader.metadata import Metadata
from digests.reader.styles import style_sheets

ASSETS = (
    *(
        f"readers/{name}.js"
        for name in (
            "theme",
            "reader",
            "marks",
            "originals",
            "keys",
            "following",
            "search",
            "for-you",
            "for-you-strip",
            "offline",
        )
    ),
    "fonts/source-serif-4-latin.woff2",
    "icon-96.png",
)
"""Static files that pages need offline, besides their style sheets."""
WORKER = "readers/service-worker.js"
RUST, PAPER = "#a63a12", "#fffdf9"


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """Show saved papers and what the reader follows. The page’s script fills it in; the site learns nothing about it."""
    description = "Your saved papers, and what is new from the authors, categories and searches you follow. Made in your browser."
    return shows(render(request, "for_you.html", {"meta": Metadata("For you", description, reverse("for-you"))}))


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what the browser keeps: the service worker’s answer where the site cannot be reached. Its script fills it in."""
    return shows(render(request, "offline.html"))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Send the manifest that makes the site an app: https://www.w3.org/TR/appmanifest/."""
    icons = [(f"icon-{size}.png", size, "any") for size in (192, 512)] + [("icon-maskable-512.png", 512, "maskable")]
    document = {
        "id": "/",
        "name": "Hot Papers",
        "short_name": "Hot Papers",
        "description": "The new arXiv papers people are talking about, every day",
        "lang": "en",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": RUST,
        "icons": [_icon(*one) for one in icons],
        "shortcuts": [{"name": "For you", "url": reverse("for-you")}, {"name": "Search", "url": reverse("search")}],
    }
    return shows(HttpResponse(json.dumps(document), content_type="application/manifest+json"))


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Send the script that keeps the last lists for offline reading. Its version changes whenever a static file changes."""
    assets = [*(static(name) for name in (*style_sheets(), *ASSETS)), reverse("for-you"), reverse("offline")]
    start = f"const VERSION = {json.dumps(_version())};\nconst ASSETS = {json.dumps(assets)};\n"
    return shows(HttpResponse(start + _file(WORKER).decode(), content_type="text/javascript; charset=utf-8"))


@require_safe
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """Send an icon from an address that browsers ask for unprompted."""
    return shows(HttpResponse(_file(name), content_type="image/x-icon" if name.endswith(".ico") else "image/png"))


@lru_cache(maxsize=1)
def _version() -> str:
    parts = [static(name).encode() + _file(name) for name in (*style_sheets(), *ASSETS, WORKER)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _file(name: str) -> bytes:
    path = settings.STATIC_ROOT / name if settings.HASHED_STATIC else finders.find(name)
    if not path:
        raise Http404(f"There is no {name}")
    return Path(path).read_bytes()
