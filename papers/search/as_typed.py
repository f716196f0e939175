"""What a reader typed or pasted, with plain marks: quotes, wide letters, TeX, and the signs for OR that programs know. Pure."""

import re

from papers.text.taxonomy import NAMES
from papers.text.tex import readable

QUOTES = dict.fromkeys(map(ord, "“”„«»‟‹›「」『』〝〞〟"), '"')
UNSEEN = dict.fromkeys(map(ord, "\N{SOFT HYPHEN}\u200b\u200c\u200d\u2060\ufeff"))
"""Soft hyphens, and spaces and joiners without width, which come along with what is pasted."""
FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)}
"""Letters, digits and marks as wide as Han, which keyboards for these languages write."""
AS_TYPED = QUOTES | FULL_WIDTH | UNSEEN
CITED = re.compile(r"\\[a-zA-Z]{0,10}cite[a-z]{0,10}\*?\{(?P<keys>[^{}]*)\}")
"""`\\citep{key}`."""
TEX_QUOTES = re.compile("``|''")
BRACED = re.compile(r"\{([^\W\d_]{1,40})\}")
"""As BibTeX keeps capitals: `{B}yzantine`."""
TWO_LETTERS = re.compile(r"(?<!\S)(?P<archive>cs|eess|stat) (?P<of>[a-z]{2})(?!\S)", re.IGNORECASE)
BARS = re.compile(r"(?<=[^\W_])(?:\|{1,2}| \|\| )(?=[^\W_])")
"""Between two words, `nerf|gan`. One with spaces stands between a title and the name of a site."""


def plainly(text: str) -> str:
    """The text in one line, as a query is read. Raises nothing."""
    return " ".join(text.translate(AS_TYPED).replace("\0", " ").split())


def without_markup(text: str) -> str:
    """The same without TeX, keys of citations without their command, categories with their dot, and with OR for bars."""
    text = BARS.sub(" OR ", CITED.sub(r"\g<keys>", text))
    text = readable(text) if "$" in text or "\\" in text else text
    return TWO_LETTERS.sub(_category, TEX_QUOTES.sub('"', BRACED.sub(r"\1", text)))


def _category(found: re.Match[str]) -> str:
    code = f"{found['archive'].lower()}.{found['of'].upper()}"
    return code if code in NAMES else found[0]
