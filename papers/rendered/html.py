"""Parts of a TeX text as safe HTML."""

import re
from collections.abc import Iterable, Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from papers.text.notes import formula_html
from papers.text.tex import Part

BEFORE = re.compile(r"[(\[{“‘\"']{1,3}\Z|(?<!\S)[^\W_]{1,12}-\Z")
AFTER = re.compile(r"[,.;:!?)\]}”’\"'%]{1,4}|-[^\W_]{1,12}")


def line_html(parts: Iterable[Part]) -> SafeString:
    """The parts in a row: formulas as MathML, links as links, the rest escaped.

    A formula and the punctuation at it stand together, so that no line begins with a comma or ends with a bracket.
    """
    return format_html_join("", "{}", ((one,) for one in _pieces(list(parts))))


def _pieces(parts: list[Part]) -> Iterator[SafeString | str]:
    taken = 0
    """Characters of the text at hand that stand with the formula before it."""
    for n, part in enumerate(parts):
        if not _is_plain(part):
            taken = 0
            if part.is_formula:
                before = BEFORE.search(parts[n - 1].text[-16:]) if n and _is_plain(parts[n - 1]) else None
                after = AFTER.match(parts[n + 1].text) if n + 1 < len(parts) and _is_plain(parts[n + 1]) else None
                taken = len(after[0]) if after else 0
                yield _together(before[0] if before else "", formula_html(part.text), after[0] if after else "")
            else:
                yield format_html('<a href="{}" rel="nofollow noopener">{}</a>', part.href, part.text)
            continue
        text = part.text[taken:]
        if n + 1 < len(parts) and parts[n + 1].is_formula and (before := BEFORE.search(text[-16:])):
            text = text.removesuffix(before[0])
        yield text
        taken = 0


def _together(before: str, formula: SafeString, after: str) -> SafeString:
    if not (before or after):
        return formula
    return format_html('<span class="together">{}{}{}</span>', before, formula, after)


def _is_plain(part: Part) -> bool:
    return not part.is_formula and not part.href
