"""How each kind of text becomes safe HTML and plain text. Only for the bounded child: a formula can take for ever."""

import json

from django.utils.html import escape, format_html_join

from papers.rendered.html import line_html
from papers.rendered.kinds import Kind, Rendered
from papers.text import tex
from papers.text.lead import lead
from papers.text.notes import note_html
from papers.text.plain import formula_text, plain
from papers.text.post_body import clean_body

LARGEST = 1_000_000
"""Characters of HTML; formulas can grow twentyfold."""


class TooLarge(Exception):
    """The HTML would be larger than LARGEST."""


def render(kind: Kind, source: str) -> Rendered:
    """The text as safe HTML and as plain text. The HTML of names is empty, and the text of posts; the text of notes is HTML with
    formulas in Unicode. Raises TooLarge."""
    rendered = _RENDER[kind](source)
    if len(rendered.html) > LARGEST:
        raise TooLarge
    return rendered


def _line(source: str) -> Rendered:
    parts = [part._replace(href="") for part in tex.parts(source)]
    return Rendered(line_html(parts), plain(parts))


def _comment(source: str) -> Rendered:
    parts = tex.parts(source)
    return Rendered(line_html(parts), plain(parts))


def _abstract(source: str) -> Rendered:
    paragraphs = tex.paragraphs_in_parts(source)
    html = format_html_join("\n", '<p class="abstract">{}</p>', ((line_html(parts),) for parts in paragraphs))
    return Rendered(html, "\n\n".join(map(plain, paragraphs)))


def _lead(source: str) -> Rendered:
    parts = [part._replace(href="") for part in lead(tex.paragraphs_in_parts(source))]
    return Rendered(line_html(parts), plain(parts))


def _names(source: str) -> Rendered:
    return Rendered("", "\n".join(plain(tex.parts(str(name))) for name in json.loads(source)))


def _note(source: str) -> Rendered:
    return Rendered(note_html(source), note_html(source, _formula_in_unicode))


def _post(source: str) -> Rendered:
    body_html, hosts = json.loads(source)
    return Rendered(clean_body(body_html, frozenset(hosts) if hosts else None), "")


def _formula_in_unicode(source: str) -> str:
    return escape(formula_text(source))


_RENDER = {
    Kind.LINE: _line,
    Kind.COMMENT: _comment,
    Kind.ABSTRACT: _abstract,
    Kind.LEAD: _lead,
    Kind.NAMES: _names,
    Kind.NOTE: _note,
    Kind.POST: _post,
}
