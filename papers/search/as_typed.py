"""What a reader typed or pasted, with plain marks: quotes, wide letters, TeX, and the signs for OR that programs know. Pure."""

import re

from papers.text.tex import readable

QUOTES = dict.fromkeys(map(ord, "“”„«»‟"), '"')
FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)}
"""Letters, digits and marks as wide as Han, which keyboards for these languages write."""
AS_TYPED = QUOTES | FULL_WIDTH
CITED = re.compile(r"\\[a-zA-Z]{0,10}cite[a-z]{0,10}\*?\{(?P<keys>[^{}]*)\}")
"""`\\citep{key}`."""
BARS = re.compile(r"(?<=[^\W_])(?:\|{1,2}| \|\| )(?=[^\W_])")
"""Between two words, `nerf|gan`. One with spaces stands between a title and the name of a site."""


def plainly(text: str) -> str:
    """The text in one line, as a query is read. Raises nothing."""
    return " ".join(text.translate(AS_TYPED).replace("\0", " ").split())


def without_markup(text: str) -> str:
    """The same without TeX, keys of citations without their command, and with OR for bars."""
    text = BARS.sub(" OR ", CITED.sub(r"\g<keys>", text))
    return readable(text) if "$" in text or "\\" in text else text
