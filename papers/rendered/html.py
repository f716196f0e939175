"""Parts of a TeX text as safe HTML."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from papers.text.notes import formula_html
from papers.text.tex import Part


def line_html(parts: Iterable[Part]) -> SafeString:
    """The parts in a row: formulas as MathML, links as links, the rest escaped."""
    return format_html_join("", "{}", ((_part(part),) for part in parts))


def _part(part: Part) -> SafeString | str:
    if part.is_formula:
        return formula_html(part.text)
    if part.href:
        return format_html('<a href="{}" rel="nofollow noopener">{}</a>', part.href, part.text)
    return part.text
