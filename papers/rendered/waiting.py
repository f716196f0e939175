"""Renders what is new or changed: triggers note it (`columns.py`), workers take the notes in batches.

A batch is claimed, rendered outside any transaction, and stored in one. A killed worker's claim runs out, and what it had
stored is not done again. If the renderer is newer than stored texts, all rows are noted again, followed by a last note; once
that is reached, nothing of an older version is in use. Posts' bodies are stored in their own rows, one by one.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.html import escape

from papers import clock
from papers.models import RenderedText, UnrenderedRow
from papers.rendered.bounded import Renderer, Trouble
from papers.rendered.columns import SOURCES, Source, note_all
from papers.rendered.kinds import VERSION, Kind, Text, body_of, key_of

BATCH = 100
"""Rows."""
CLAIM = timedelta(minutes=15)
"""Longer than a batch takes in which every text is killed at its bound."""
Progress = Callable[[int], object]


def render_changed(progress: Progress | None = None, *, within_s: float | None = None, renderer: Renderer | None = None) -> int:
    """Render the texts of rows that changed, and return how many rows there were. Safe to run beside itself and any other
    writer.

    With `within_s`, no batch is started after that many seconds.
    """
    done, started = 0, time.monotonic()
    with renderer or Renderer() as opened:
        while within_s is None or time.monotonic() - started < within_s:
            if not (noted := _claim()):
                if not RenderedText.objects.filter(version__lt=VERSION).exists() or UnrenderedRow.objects.exists():
                    break
                note_everything()
                continue
            _render(noted, opened)
            done += len(noted)
            if progress:
                progress(len(noted))
    return done


def note_everything() -> None:
    """Note every text that this version of the renderer has not rendered, then delete renderings that nothing uses."""
    with transaction.atomic():
        note_all()
        UnrenderedRow.objects.create(table="", row_id=VERSION)


def _claim() -> list[UnrenderedRow]:
    """The oldest notes that nobody has claimed."""
    now = clock.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    ids = list(UnrenderedRow.objects.filter(is_free).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return []
    until = now + CLAIM
    UnrenderedRow.objects.filter(is_free, pk__in=ids).update(claimed_until=until)
    return list(UnrenderedRow.objects.filter(pk__in=ids, claimed_until=until).order_by("pk"))


def _render(noted: list[UnrenderedRow], renderer: Renderer) -> None:
    wanted = {}
    for text, (table, row_id) in _texts(noted):
        if SOURCES[table].body:
            _keep(SOURCES[table], row_id, text, renderer)
        else:
            wanted[key_of(text)] = text, (table, row_id)
    known = RenderedText.objects.filter(pk__in=wanted, version__gte=VERSION).values_list("pk", flat=True)
    made = []
    for key in sorted(wanted.keys() - set(known)):  # one order for all: two workers never wait for each other
        (kind, source), (table, row_id) = wanted[key]
        answer = renderer.render(kind, source)
        html, plain, trouble = ("", source, answer.value) if isinstance(answer, Trouble) else (*answer, "")
        made.append(
            RenderedText(key=key, kind=kind, html=html, text=plain, version=VERSION, trouble=trouble, table=table, row_id=row_id)
        )
    with transaction.atomic():
        RenderedText.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["key"], update_fields=["html", "text", "version", "trouble"]
        )
        for note in noted:
            if not note.table:
                RenderedText.objects.filter(version__lt=note.row_id).delete()
        UnrenderedRow.objects.filter(pk__in=[note.pk for note in noted]).delete()


def _keep(source: Source, row_id: int, text: Text, renderer: Renderer) -> None:
    """Render the body, and store it in its row if that still holds the same body."""
    answer = renderer.render(*text)
    body = body_of(text[1])
    html = str(escape(body)) if isinstance(answer, Trouble) else answer.html
    rows = source.model._base_manager.filter(pk=row_id, safe_version__lte=VERSION, **{source.body: body})
    rows.update(safe_html=html, safe_version=VERSION)


def _texts(noted: list[UnrenderedRow]) -> Iterator[tuple[Text, tuple[str, int]]]:
    """The rows' current texts, and where each one is."""
    rows: defaultdict[str, set[int]] = defaultdict(set)
    for note in noted:
        rows[note.table].add(note.row_id)
    for table, ids in rows.items():
        if source := SOURCES.get(table):
            for row_id, *values in source.rows(ids):
                for kind, text in source.texts(*values):
                    if text:
                        yield (Kind(kind), text), (table, row_id)
