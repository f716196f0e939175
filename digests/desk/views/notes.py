"""Shows a note as readers will see it, while it is typed: by the bounded renderer, in a child process that each web process
keeps."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Lock

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape

from digests.desk.request_body import Body, short_text
from digests.desk.responses import EDIT, desk_action
from digests.editing.columns import LONGEST_TEXT
from papers.rendered.bounded import Renderer, Trouble
from papers.rendered.kinds import Kind

_renderer, _alone = Renderer(), Lock()
atexit.register(_renderer.__exit__, None, None, None)


@contextmanager
def rendering() -> Iterator[Renderer]:
    """The child process of this web process, for one request at a time."""
    with _alone:
        yield _renderer


@desk_action(EDIT)
def note_preview(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Render the note; nothing is stored."""
    source = short_text(body, "text", LONGEST_TEXT)
    with rendering() as renderer:
        rendered = renderer.render(Kind.NOTE, source) if source.strip() else None
    if isinstance(rendered, Trouble):
        trouble = f"This text {rendered.label}, so readers will see it as you typed it."
        return JsonResponse({"note": escape(source), "trouble": trouble})
    return JsonResponse({"note": rendered.html if rendered else "", "trouble": ""})
