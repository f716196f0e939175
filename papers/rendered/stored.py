"""The rendered texts of a page, fetched in one query; nothing here decodes TeX or converts a formula."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from papers.models import Paper, RenderedText
from papers.rendered.kinds import Kind, Rendered, Text, key_of, names_source
from papers.rows import select

PARAGRAPH = '<p class="abstract">'


class Renders(Protocol):
    def render(self, kind: Kind, source: str) -> Rendered | str:
        """The rendered text, or why there is none."""


class Texts:
    """The texts that a page asks for. A text that is not rendered yet, or is over the bound, shows its source."""

    def __init__(self, wanted: Iterable[Text]) -> None:
        """One query, or none if nothing is wanted."""
        keys = {text: key_of(text) for text in set(wanted) if text[1]}
        rows = select(RenderedText, ["key", "html", "text", "trouble"], "key", keys.values()) if keys else ()
        found = {key: None if trouble else (html, text) for key, html, text, trouble in rows}
        self._found = {text: found.get(key) for text, key in keys.items()}
        self._missing = [text for text, key in keys.items() if key not in found]

    def complete(self, renderer: Renders) -> None:
        """Render what is not rendered yet. For workers and commands; a reader's page never waits for it."""
        for kind, source in self._missing:
            rendered = renderer.render(kind, source)
            if isinstance(rendered, Rendered):
                self._found[kind, source] = rendered.html, rendered.text
        self._missing = []

    def line(self, source: str) -> SafeString:
        """A title as safe HTML."""
        return self._html(Kind.LINE, source)

    def line_text(self, source: str) -> str:
        """A title as plain text."""
        return self._text(Kind.LINE, source)

    def comment(self, source: str) -> SafeString:
        """As safe HTML on one line, its addresses as links."""
        return self._html(Kind.COMMENT, source)

    def abstract(self, source: str) -> SafeString:
        """Safe HTML in paragraphs."""
        return self._html(Kind.ABSTRACT, source)

    def abstract_text(self, source: str) -> str:
        """Plain text with an empty line between paragraphs."""
        return self._text(Kind.ABSTRACT, source)

    def lead(self, source: str) -> SafeString:
        """One sentence of an abstract as safe HTML; empty where none stands for it, or none is picked yet."""
        found = self._found[Kind.LEAD, source] if source else None
        return mark_safe(found[0]) if found else SafeString("")  # noqa: S308 (the renderer makes safe HTML alone)

    def lead_text(self, source: str) -> str:
        """One sentence of an abstract as plain text; empty where `lead` is."""
        found = self._found[Kind.LEAD, source] if source else None
        return found[1] if found else ""

    def behind_lead(self, source: str) -> SafeString:
        """The abstract without its lead where it begins with that, so that nothing is said twice; else all of it."""
        whole, lead = self.abstract(source), self.lead(source)
        rest = whole.removeprefix(f"{PARAGRAPH}{lead}") if lead else whole
        return whole if rest == whole else mark_safe(f"{PARAGRAPH}{rest.lstrip()}")  # noqa: S308 (a part of what is safe)

    def note(self, source: str) -> SafeString:
        """An editor's Markdown as safe HTML."""
        return self._html(Kind.NOTE, source)

    def note_in_unicode(self, source: str) -> SafeString:
        """The same without MathML, which feed readers do not show."""
        found = self._found[Kind.NOTE, source] if source else None
        return mark_safe(found[1]) if found else escape(source)  # noqa: S308 (the renderer makes safe HTML alone)

    def names(self, authors: list[str]) -> list[str]:
        """The names as plain text, in order."""
        if not authors:
            return []
        found = self._found[Kind.NAMES, names_source(authors)]
        rendered = found[1].split("\n") if found else []
        return rendered if len(rendered) == len(authors) else authors

    def _html(self, kind: Kind, source: str) -> SafeString:
        if not source:
            return SafeString("")
        found = self._found[kind, source]  # KeyError: the page forgot to ask for it
        return mark_safe(found[0]) if found else escape(source)  # noqa: S308 (the renderer makes safe HTML alone)

    def _text(self, kind: Kind, source: str) -> str:
        found = self._found[kind, source] if source else None
        return found[1] if found else source


def set_plain_titles(papers: Iterable[Paper]) -> None:
    """Fetch what `Paper.plain_title` of all these says with one query."""
    papers = list(papers)
    texts = Texts((Kind.LINE, paper.title) for paper in papers)
    for paper in papers:
        paper.plain_title = texts.line_text(paper.title)
