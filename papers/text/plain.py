"""TeX texts as plain Unicode text, formulas included: for page titles, feeds and wherever markup cannot stand."""

import re
import unicodedata
from collections.abc import Iterable

from lxml.html import HtmlElement, fragment_fromstring

from papers.text.formulas import mathml
from papers.text.tex import Part
from papers.text.tex_commands import lowered, raised

DELIMITERS = re.compile(r"^(?:\$\$?|\\[(\[])|(?:\$\$?|\\[)\]])$")
UNSEEN = re.compile("[\u2061-\u2064\ufe00\ufe01\u200b]")
WHITE_SPACE = re.compile(r"[ \t\r\n\u2000-\u200a]+")
COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
ACCENTS = {"ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "~": "\u0303", "¯": "\u0304", "‾": "\u0304", "ˉ": "\u0304", "→": "\u20d7"}
ACCENTS |= {"˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300", "⃗": "\u20d7", "_": "\u0304"}
SPACED = frozenset("=<>≤≥≠≈∼≡∈∉⊂⊆∪∩→←↔⇒∝≪≫∣+")
"""Relations and plus signs, set between spaces if something stands on both sides."""


def plain(text_parts: Iterable[Part]) -> str:
    """The parts as one line of plain text."""
    shown = "".join(formula_text(part.text) if part.is_formula else part.text for part in text_parts)
    return WHITE_SPACE.sub(" ", shown).strip()


def formula_text(source: str) -> str:
    """A formula, given with its delimiters, as people write it in a line: `x₁ ≥ 10⁻⁵`; otherwise its source without commands."""
    converted = mathml(source)
    if converted is None:
        inside = DELIMITERS.sub("", source.strip())
        return COMMAND.sub(r"\1 ", inside).replace("{", "").replace("}", "").strip()
    return unicodedata.normalize("NFC", UNSEEN.sub("", _text(fragment_fromstring(converted)))).strip()


def _text(element: HtmlElement) -> str:
    name, children = element.tag, [_text(child) for child in element]
    if name in ("mi", "mn", "mtext"):
        return _upright(_own(element))
    if name == "mo":
        sign = _own(element).strip()
        return f" {sign} " if sign in SPACED and element.get("form") != "prefix" and element.get("stretchy") != "false" else sign
    if name == "mspace":
        return " " if element.get("width", "0").rstrip("em") not in ("0", "") and "-" not in element.get("width", "") else ""
    if name == "mfrac" and len(children) == 2:
        return "/".join(map(_grouped, children))
    if name == "msqrt":
        return "√" + _grouped("".join(children))
    if name == "mroot" and len(children) == 2:
        return f"{raised(children[1].strip())}√{_grouped(children[0])}"
    if name in ("msup", "msub", "msubsup", "munder", "mover", "munderover") and len(children) > 1:
        return _scripted(name, children)
    if name in ("mtr", "mtable"):
        return ("; " if name == "mtable" else ", ").join(children)
    return _joined(children)


def _own(element: HtmlElement) -> str:
    return element.text or ""


def _joined(children: list[str]) -> str:
    """Relations at the end of a part, as in `$<$5`, need no spaces."""
    return "".join(children).strip() if len(children) == 1 else "".join(children)


def _scripted(name: str, children: list[str]) -> str:
    base, *scripts = (UNSEEN.sub("", child).strip() for child in children)
    if name == "mover" and scripts[0] in ACCENTS and len(base) == 1:
        return base + ACCENTS[scripts[0]]
    low = scripts[0] if name in ("msub", "msubsup", "munder", "munderover") else ""
    high = scripts[-1] if name in ("msup", "msubsup", "mover", "munderover") else ""
    if high and set(high) <= {"′"}:
        return base + (lowered(low) if low else "") + high
    return base + (lowered(_tight(low)) if low else "") + (raised(_tight(high)) if high else "")


def _tight(script: str) -> str:
    return script.replace(" ", "")


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def _upright(letters: str) -> str:
    """Unicode's mathematical letters as plain letters; those for sets (ℝ) and ℓ stay."""
    return "".join(unicodedata.normalize("NFKC", one) if "\U0001d400" <= one <= "\U0001d7ff" else one for one in letters)
