"""Editors' Markdown (notes, introductions, public notes) as safe HTML, with formulas as MathML."""

import re
from collections.abc import Callable
from functools import lru_cache

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from papers.text.delimiters import FORMULA
from papers.text.formulas import MATHML_ATTRIBUTES, MATHML_ELEMENTS, mathml
from papers.text.plain import formula_text

AFTER_CODE_BEFORE_ESCAPES = 185
"""Python-Markdown's priorities: code spans have 190, backslash escapes 180."""

LONGEST_NOTE = 20_000
MOST_BRACKETS = 150
"""Markdown looks for the end of each `[` in all that follows, so its time grows with the square of their number."""
MOST_MARKS = 2_000
MARK = re.compile(r"[*_`<>]")
"""The same, less badly, for the marks of emphasis, code and addresses."""

_cleaner = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"} | MATHML_ELEMENTS,
    attributes={**MATHML_ATTRIBUTES, "a": {"href"}, "code": {"class"}},
    attribute_filter=lambda tag, name, value: value if (tag, name) != ("code", "class") or value == "formula" else None,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
)


def formula_html(source: str) -> SafeString:
    """The formula as MathML that also says itself in plain text, or its source where it cannot be converted."""
    converted = mathml(source)
    if converted is None:
        return format_html('<code class="formula">{}</code>', source)
    said = format_html('<math alttext="{}"', formula_text(source))
    return mark_safe(said + converted.removeprefix("<math"))  # noqa: S308 (papers.text.formulas has cleaned it)


@lru_cache(maxsize=1024)
def note_html(text: str, formula: Callable[[str], str] = formula_html) -> SafeString:
    """The note as safe HTML: paragraphs, emphasis, lists, quotes, code, links and formulas. Raw HTML shows as written.

    `formula` makes HTML of a formula's source.
    """
    text = text.encode(errors="replace").decode()  # halves of surrogate pairs, which a request's JSON may hold
    if len(text) > LONGEST_NOTE or text.count("[") > MOST_BRACKETS or len(MARK.findall(text)) > MOST_MARKS:
        return _source(text)
    try:
        converted = Markdown(extensions=["sane_lists", _OurMarkdown(formula)], output_format="html").convert(text)
    except RecursionError:  # lists in lists in lists
        return _source(text)
    return mark_safe(_cleaner.clean(converted))  # noqa: S308 (just cleaned)


def _source(text: str) -> SafeString:
    """What is not rendered shows as written."""
    return format_html_join("", "<p>{}</p>", ((part,) for part in re.split(r"\n{2,}", text) if part.strip()))


class _OurMarkdown(Extension):
    """Python-Markdown with formulas, and without images, headings and raw HTML."""

    def __init__(self, formula: Callable[[str], str]) -> None:
        super().__init__()
        self._formula = formula

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in ("html", "image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        for name in ("hashheader", "setextheader", "hr"):
            md.parser.blockprocessors.deregister(name)
        md.ESCAPED_CHARS.append("$")
        md.inlinePatterns.register(_Formulas(FORMULA, md, self._formula), "formulas", AFTER_CODE_BEFORE_ESCAPES)


class _Formulas(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, formula: Callable[[str], str]) -> None:
        super().__init__(pattern, md)
        self._formula = formula

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        return self.md.htmlStash.store(self._formula(m[0])), m.start(), m.end()
