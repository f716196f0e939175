"""arXiv titles and abstracts as people read them. The stored text stays as arXiv gave it; this is for display only.

arXiv accepts TeX in its metadata (https://info.arxiv.org/help/prep.html). Outside formulas that means accents, quotes, dashes,
symbols, and commands around words; formulas stay as they are (`formulas.py` and `plain.py` convert them). In a text without
signs of TeX only the plainest marks are decoded. One pass over the text, which looks at each place only a few times.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from papers.text import tex_commands as commands
from papers.text.delimiters import FORMULA
from papers.text.links import ADDRESS, href_of, without_end
from papers.text.visible import without_controls

DEEPEST = 40
"""The deepest level of nested groups; what lies deeper stays as written."""
LONGEST_LETTER = 16
"""The longest base of an accent: one letter, perhaps with an accent of its own."""

TIED = r"(?P<tie>(?<=[\w.,;:)\]}$])~(?=[\w($\\\[{]))"
"""A `~` between words; `~70 %` means "about"."""
BRACED_LETTER = r"\{(?P<letter>[^\W\d_a-zA-Z])\}"
PLAIN_TOKEN = re.compile(
    rf"(?P<formula>{FORMULA})|{ADDRESS}|(?P<code>`[^`]+`)|(?P<dash>(?<=\s)---?(?=\s)|(?<=\w)---(?=\w))|{TIED}|{BRACED_LETTER}"
)
"""For a text without signs of TeX: dashes, but not those of `NeRF--` or `a--b`, and not in code."""
TOKEN = re.compile(
    rf"(?P<formula>{FORMULA})|{ADDRESS}|(?P<cited>\s?~?)\\(?P<command>[A-Za-z]+)\*?|\\(?P<sign>[^A-Za-z])|(?P<brace>[{{}}])"
    r"|(?P<opening>``)|(?P<closing>'')|(?P<dash>(?<=[\w$}])---?(?=[\w$\\{])|(?<=\s)---?(?=\s))"
    rf"|{TIED}",
    re.DOTALL,
)
BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
ARGUMENT = re.compile(r"\s*\{")
OPTION = re.compile(r"\s?\[[^\[\]{}]{0,200}\]")
WHITE_SPACE = re.compile(r"[ \t\r\n]+")
PARAGRAPH_BREAK = re.compile(r"[ \t\r\n]{3,}")
"""arXiv's paragraph breaks reach us as three spaces: a line end and the next line's indent."""
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Part(NamedTuple):
    text: str
    is_formula: bool = False
    """The text includes the formula's delimiters."""
    href: str = ""
    """The link's target."""


def readable(text: str) -> str:
    """The text with TeX accents, quotes, dashes, symbols and commands around words decoded and white space folded.

    Formulas, prices, URLs and anything Markdown or HTML stay as written, and nothing is escaped: the result is plain text.
    """
    return "".join(part.text for part in parts(text)).strip()


def parts(text: str) -> list[Part]:
    """The readable text in parts: plain text, formulas, links."""
    return list(_folded(_Reader(without_controls(text).strip()).parts()))


def paragraphs(text: str) -> list[str]:
    """The readable paragraphs of an abstract; none if it is empty."""
    return ["".join(part.text for part in paragraph) for paragraph in paragraphs_in_parts(text)]


def paragraphs_in_parts(text: str) -> list[list[Part]]:
    return [parts(paragraph) for paragraph in PARAGRAPH_BREAK.split(text) if paragraph.strip()]


def _folded(found: Iterator[Part]) -> Iterator[Part]:
    """Merge neighbouring plain texts and fold white space."""
    plain: list[str] = []
    for part in found:
        if part.is_formula or part.href:
            if plain:
                yield Part(WHITE_SPACE.sub(" ", "".join(plain)))
                plain.clear()
            yield part._replace(text=WHITE_SPACE.sub(" ", part.text))
        elif part.text:
            plain.append(part.text)
    if plain:
        yield Part(WHITE_SPACE.sub(" ", "".join(plain)))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._is_tex = "\\" in text or "``" in text
        self._ends = _ends_of_groups(text) if self._is_tex else {}

    def parts(self) -> Iterator[Part]:
        return self._read(0, len(self._text), 0) if self._is_tex else self._read_plain()

    def _read_plain(self) -> Iterator[Part]:
        done = 0
        for found in PLAIN_TOKEN.finditer(self._text):
            yield Part(self._text[done : found.start()])
            done = found.end()
            if found["formula"]:
                yield Part(found[0], is_formula=True)
            elif found["address"]:
                yield from _linked(found["address"])
            elif found["dash"]:
                yield Part(_dash(found[0]))
            else:
                yield Part(NO_BREAK_SPACE if found["tie"] else found["letter"] or found[0])
        yield Part(self._text[done:])

    def _read(self, at: int, end: int, depth: int) -> Iterator[Part]:
        while found := TOKEN.search(self._text, at, end):
            yield Part(self._text[at : found.start()])
            at = found.end()
            if found["formula"]:
                yield Part(found[0], is_formula=True)
            elif found["address"]:
                yield from _linked(found["address"])
            elif found["brace"]:
                yield from self._group(found.start(), end, depth)
                at = self._behind_group(found.start(), end)
            elif found["command"] or found["sign"]:
                read, at = self._command(found, at, end, depth)
                yield from read
            elif found["dash"]:
                yield Part(_dash(found[0]))
            else:
                yield Part(NO_BREAK_SPACE if found["tie"] else "“" if found["opening"] else "”")
        yield Part(self._text[at:end])

    def _group(self, start: int, end: int, depth: int) -> list[Part]:
        """The content between braces; including the braces if they are not TeX's."""
        stop = self._ends.get(start, end)
        if stop >= end or depth >= DEEPEST:
            return [Part(self._text[start : self._behind_group(start, end)])]
        return list(self._read(start + 1, stop, depth + 1))

    def _behind_group(self, start: int, end: int) -> int:
        stop = self._ends.get(start, end)
        return stop + 1 if stop < end else start + 1

    def _argument(self, at: int, end: int, depth: int) -> tuple[list[Part] | None, int]:
        """The group that begins here, after white space, and where it ends; None if there is none."""
        opened = ARGUMENT.match(self._text, at, end)
        if not opened or self._ends.get(opened.end() - 1, end) >= end:
            return None, at
        start = opened.end() - 1
        return self._group(start, end, depth), self._ends[start] + 1

    def _command(self, found: "re.Match[str]", at: int, end: int, depth: int) -> tuple[list[Part], int]:
        """What the command means, and where the text goes on."""
        before, name, sign = found["cited"] or "", found["command"], found["sign"]
        space = [Part(before.replace("~", NO_BREAK_SPACE) if "~" in before and len(before) == 1 else before)]
        if name in commands.DROPPED:
            while option := OPTION.match(self._text, at, end):
                at = option.end()
            while True:
                argument, at = self._argument(at, end, depth)
                if argument is None:
                    is_last = self._text[at : at + 1] in (".", ",", ";", ")", "")
                    return [Part("" if is_last or not before else " ")], at
        read, at = self._accent(name or sign, at, end, depth)
        if read is None:
            read, at = self._sign(sign, at) if sign else self._named(name, at, end, depth)
        return space + read, at

    def _sign(self, sign: str, at: int) -> tuple[list[Part], int]:
        if sign in "%&#_${}":
            return [Part(sign)], at
        if sign in commands.SPACES:
            return [Part(commands.SPACES[sign])], at
        return [Part(sign if sign.isalpha() else f"\\{sign}")], at

    def _named(self, name: str, at: int, end: int, depth: int) -> tuple[list[Part], int]:
        if name in ("url", "path", "href"):
            return self._link(name, at, end, depth)
        if name in ("textsuperscript", "textsubscript", "footnote", "SI", "qty"):
            argument, after = self._argument(at, end, depth)
            if argument is not None:
                if name == "footnote":
                    return [Part(" ("), *argument, Part(")")], after
                if name in ("SI", "qty"):
                    unit, after = self._argument(after, end, depth)
                    return [*argument, *([Part(NO_BREAK_SPACE), *unit] if unit else [])], after
                moved = commands.raised if name == "textsuperscript" else commands.lowered
                return [Part(moved(_text_of(argument)))], after
        if name in commands.SHOW_ARGUMENT:
            argument, after = self._argument(at, end, depth)
            return argument or [], after
        if name in commands.SWITCHES:
            return [], _behind_space(self._text, at, end)
        if name in commands.SPACES:
            return [Part(commands.SPACES[name])], at
        if self._text.startswith("{}", at, end):
            at += 2
        if name in commands.WORDS:
            word = commands.WORDS[name]
            return [Part(word)], at + 1 if word.endswith(".") and self._text.startswith(".", at, end) else at
        if name in commands.SYMBOLS:
            return [Part(commands.SYMBOLS[name])], at
        return [Part(name if len(name) > 1 else f"\\{name}")], at

    def _link(self, name: str, at: int, end: int, depth: int) -> tuple[list[Part], int]:
        opened = ARGUMENT.match(self._text, at, end)
        stop = self._ends.get(opened.end() - 1, end) if opened else end
        if not opened or stop >= end:
            return [], at
        address = self._text[opened.end() : stop].replace("\\_", "_").replace("\\%", "%").replace("\\~", "~").replace("\\#", "#")
        shown: str | None = address
        at = stop + 1
        if name == "href":
            argument, at = self._argument(at, end, depth)
            shown = _text_of(argument) if argument else address
        return [Part(shown or "", href=href_of(address))], at

    def _accent(self, name: str, at: int, end: int, depth: int) -> tuple[list[Part] | None, int]:
        """The letter that a TeX accent stands for; None if there is no such letter (an escaped quote, say)."""
        if name in commands.LETTERS:
            after = at + 2 if self._text.startswith("{}", at, end) else at
            return [Part(commands.LETTERS[name])], after + 1 if self._text[after : after + 1].isspace() and after == at else after
        if name != commands.TIE and name not in commands.ABOVE_OR_BELOW:
            return None, at
        opened = ARGUMENT.match(self._text, at, end)
        if opened and self._ends.get(opened.end() - 1, end) - opened.end() > LONGEST_LETTER:
            return None, at  # whatever it is, it is read once: as a group
        argument, after = self._argument(at, end, depth)
        if argument is None:
            if name.isalpha():
                if not self._text[at : at + 1].isspace():
                    return None, at
                after = at + 1
            inner = TOKEN.match(self._text, after, end)
            if inner and inner["command"] and inner["command"] in ("i", "j"):
                argument, after = self._command(inner, inner.end(), end, depth + 1)
            else:
                argument, after = [Part(self._text[after : after + 1])], after + 1
        base = _text_of(argument)
        if name == commands.TIE:
            return ([Part(f"{base[0]}\u0361{base[1]}")], after) if len(base) == 2 else (None, at)
        base = commands.DOTTED.get(base, base) if name not in "cdkb" else base
        letter = unicodedata.normalize("NFC", base[:1] + commands.ABOVE_OR_BELOW[name] + base[1:])
        is_one = len(base) == 1 and base.isalpha() and len(letter) == 1
        return ([Part(letter)], after) if is_one else (None, at)


def _ends_of_groups(text: str) -> dict[int, int]:
    """Where each closed group ends, by where it begins."""
    opened, ends = [], {}
    for found in BRACES.finditer(text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            ends[opened.pop()] = found.start()
    return ends


def _text_of(found: list[Part]) -> str:
    return "".join(part.text for part in found)


def _behind_space(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _dash(written: str) -> str:
    return "—" if written == "---" else "–"


def _linked(address: str) -> list[Part]:
    shown, behind = without_end(address)
    return [Part(shown, href=href_of(shown)), Part(behind)]
