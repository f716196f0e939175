"""arXiv titles and abstracts as people read them. The stored text stays as arXiv gave it; this is for display only.

arXiv accepts TeX in its metadata (https://info.arxiv.org/help/prep.html). Outside formulas that means accents, quotes, dashes and
a few commands around words; formulas are left as they are (`formulas.py` converts them). Of a text that shows no sign of
TeX only the plainest dashes are decoded.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

BRACED = r"\{(?P<%s>(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
"""A group with at most two more inside; deeper ones open from the inside, pass by pass."""
PASSES = 4

# A `$` opens a formula before a non-space and closes it after one, and never before a digit: `$5 and $6` is money, and so is an
# amount with a word behind it, `$5 million and (US$)`.
FORMULA = (
    r"(?<!\\)\$\$(?:[^$]|\$(?!\$))+\$\$"
    r"|(?<!\\)\$(?!\s|[0-9][0-9.,]{0,15}\s+\(?[A-Za-z]{2,30}[\s)])(?:\\.|[^$\\])+(?<!\s)\$(?!\d)"
    r"|\\\((?:[^\\]|\\[^()])+\\\)|\\\[(?:[^\\]|\\[^\[\]])+\\\]"
)
VERBATIM = rf"(?P<verbatim>(?P<formula>{FORMULA})|https?://[^\s{{}}]+)"
WRAPPED = re.compile(
    rf"{VERBATIM}"
    r"|\\(?:emph|text(?:it|bf|tt|sc|sf|rm|sl|normal)|underline|mbox|url)\s*"
    + BRACED % "argument"
    + r"|\\footnote\s*"
    + BRACED % "footnote"
    + r"|\{\\(?:it|em|bf|tt|sc|sf|rm|sl)\s++"
    + BRACED[2:] % "declared"
)
ACCENT = (
    r"\\(?:['\"`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z])\s?|[A-Za-z])"
    r"|[Hvucdkr](?:\s*\{\\?[A-Za-z]\}|\s[A-Za-z])"
    r"|(?:ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?:\{\}|(?![A-Za-z])\s?))"
)
PLAIN_TOKEN = re.compile(rf"{VERBATIM}|`[^`]+`|(?P<dash>(?<=\s)---?(?=\s)|(?<=\w)---(?=\w))")
"""Of a text that shows no sign of TeX: dashes, but not those of `NeRF--` or `a--b`, and not in code."""
TOKEN = re.compile(
    rf"{VERBATIM}|(?P<accent>\{{{ACCENT}\}}|{ACCENT})|\\(?P<character>[%&#_$])"
    r"|(?P<opening>``)|(?P<closing>'')|(?P<dash>(?<=[\w$])---?(?=[\w$])|(?<=\s)---?(?=\s))"
)
WHITE_SPACE = re.compile(r"[ \t\r\n]+")
PARAGRAPH_BREAK = re.compile(r"[ \t\r\n]{3,}")
"""arXiv's paragraph breaks reach us as three spaces: a line end and the next line's indent."""


def readable(text: str) -> str:
    """The text with TeX accents, quotes, dashes and commands around words decoded and white space folded.

    Formulas, prices, URLs and anything Markdown or HTML stay as written, and nothing is escaped: the result is plain text.
    """
    if "\\" not in text and "``" not in text and "--" not in text:
        return _folded(text).strip()
    return "".join(part for part, _ in parts(text)).strip()


def parts(text: str) -> list[tuple[str, bool]]:
    """The readable text in its parts: each is plain text, or (True) a formula with its delimiters."""
    return list(_parts(text.strip()))


def paragraphs(text: str) -> list[str]:
    """The readable paragraphs of an abstract; none when it is empty."""
    return ["".join(part for part, _ in paragraph) for paragraph in paragraphs_in_parts(text)]


def paragraphs_in_parts(text: str) -> list[list[tuple[str, bool]]]:
    return [parts(paragraph) for paragraph in PARAGRAPH_BREAK.split(text) if paragraph.strip()]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    has_commands = "\\" in text or "``" in text
    for _ in range(PASSES if has_commands else 0):
        text, before = WRAPPED.sub(_unwrapped, text), text
        if text == before:
            break
    plain: list[str] = []
    done = 0
    for found in (TOKEN if has_commands else PLAIN_TOKEN).finditer(text):
        plain.append(text[done : found.start()])
        done = found.end()
        if found["formula"]:
            if before_it := "".join(plain):
                yield _folded(before_it), False
            plain.clear()
            yield _folded(found[0]), True
        else:
            plain.append(_decoded(found) if has_commands or found["dash"] else found[0])
    if rest := "".join([*plain, text[done:]]):
        yield _folded(rest), False


def _folded(text: str) -> str:
    return WHITE_SPACE.sub(" ", text)


def _unwrapped(found: re.Match[str]) -> str:
    if found["verbatim"]:
        return found["verbatim"]
    if found["footnote"] is not None:
        return f" ({found['footnote']})"
    return found["argument"] or found["declared"] or ""


def _decoded(found: re.Match[str]) -> str:
    if found["dash"]:
        return "—" if found["dash"] == "---" else "–"
    if found["accent"]:
        return _accented(found["accent"])
    if found["opening"] or found["closing"]:
        return "“" if found["opening"] else "”"
    return found["verbatim"] or found["character"]


@lru_cache(maxsize=1024)
def _accented(token: str) -> str:
    """The letter that a TeX accent stands for; the token itself where no such letter exists (an escaped quote, say)."""
    letter = unicodedata.normalize("NFC", LatexNodes2Text().latex_to_text(token)).strip()
    return letter if len(letter) == 1 else token
