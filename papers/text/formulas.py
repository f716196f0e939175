"""TeX formulas as MathML (https://www.w3.org/TR/mathml-core/), converted on the server so that readers need no script.

The sources are strangers' text. The converter's output passes an allow-list of elements and attributes: nothing in it can run,
style itself, load or link.
"""

import re
from functools import lru_cache

import nh3
from math_core import LatexError, LatexToMathML

LONGEST_SOURCE = 2_000
LONGEST_RESULT = 40_000
"""A formula that defines commands can grow far beyond its source."""
MOST_UNCLOSED = 12
"""The converter reads a formula again for each delimiter that is opened and never closed, and again within: 2^n times in all.
"""
_names = ["angle", "floor", "ceil", "vert", "Vert", "group", "moustache", "brack", "brace", "Brace"]
OPENERS = rf"[(\[]|\\(?:\{{|(?:{'|'.join(f'l{name}' for name in _names)}|llbracket|ulcorner|llcorner)(?![A-Za-z]))"
CLOSERS = rf"[)\]]|\\(?:\}}|(?:{'|'.join(f'r{name}' for name in _names)}|rrbracket|urcorner|lrcorner)(?![A-Za-z]))"
DELIMITER = re.compile(
    rf"(?P<twice>\\(?:p?mod|pod)(?![A-Za-z]))|(?P<opener>{OPENERS})|(?P<closer>{CLOSERS})|\\.|(?P<brace>[{{}}])", re.DOTALL
)
"""`twice`: commands whose argument the converter reads twice, including the commands within it."""
REWRITTEN: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"(?<!\\)(?=[%#])"), r"\\"),  # TeX would drop what follows a bare percent sign; authors mean the sign
    (re.compile(r"(\\text[a-z]*\{[^{}\\_]*)_([^{}_]*\})"), r"\1\\_\2"),
    (re.compile(r"\\(?:label|tag)\*?\{[^{}]*\}|\\(?:tiny|scriptsize|footnotesize|small|normalsize|large|Large)(?![A-Za-z])"), ""),
    (re.compile(r"\\(?:em|itshape)(?![A-Za-z])"), r"\\it"),
    (re.compile(r"\\sffamily(?![A-Za-z])"), r"\\sf"),
    (re.compile(r"\\(begin|end)\{(?:align|eqnarray|gather|multline|equation)\*?\}"), r"\\\1{align*}"),
]
MACROS = {
    "mbox": r"\text{#1}",
    "hbox": r"\text{#1}",
    "textnormal": r"\text{#1}",
    "textsuperscript": r"^{\text{#1}}",
    "textsubscript": r"_{\text{#1}}",
    "ensuremath": "{#1}",
    "mathbbm": r"\mathbb{#1}",
    "mathds": r"\mathbb{#1}",
    "pmb": r"\boldsymbol{#1}",
    "substack": r"\begin{matrix}#1\end{matrix}",
    "nicefrac": "{#1}/{#2}",
    "smash": "{#1}",
    "href": "{#2}",
    "norm": r"\left\lVert #1 \right\rVert",
    "abs": r"\left\lvert #1 \right\rvert",
    "eps": r"\epsilon",
    "poly": r"\operatorname{poly}",
    "polylog": r"\operatorname{polylog}",
    "E": r"\mathbb{E}",
    "xspace": "",
    "protect": "",
}
"""Macros that authors use beyond the converter's own: plain LaTeX and packages that arXiv's own pages render."""
COMBINING_LINE, LINE = "\N{COMBINING LOW LINE}", "\N{OVERLINE}"
"""The converter over- and underlines with the first, which browsers neither stretch nor put where it belongs."""

_converter = LatexToMathML(macros=MACROS, fancy_error=False, allow_unreliable_rendering=True, max_expansions=100)
_elements = (
    "math mi mo mn mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts"
    " mtable mtr mtd mphantom mpadded menclose b i em code span"
)
_attributes = (
    "display displaystyle scriptlevel mathvariant stretchy form lspace rspace minsize maxsize accent accentunder linethickness"
    " width notation alttext"
)
MATHML_ELEMENTS = set(_elements.split())
MATHML_ATTRIBUTES = {"*": set(_attributes.split())}
_cleaner = nh3.Cleaner(tags=MATHML_ELEMENTS, attributes=MATHML_ATTRIBUTES, link_rel=None)


@lru_cache(maxsize=4096)
def mathml(formula: str) -> str | None:
    r"""The formula, given with its `$`, `$$`, `\(` or `\[`, as clean MathML; None if it cannot be converted."""
    is_display = formula.startswith(("$$", r"\["))
    source = formula[2:-2] if is_display or formula.startswith(r"\(") else formula[1:-1]
    if len(source) > LONGEST_SOURCE or _unclosed(source) > MOST_UNCLOSED:
        return None
    for pattern, replacement in REWRITTEN:
        source = pattern.sub(replacement, source)
    try:
        converted = _converter.convert_with_local_state(source, displaystyle=is_display)
    except (LatexError, UnicodeEncodeError):  # the second for halves of surrogate pairs
        return None
    return _cleaner.clean(converted.replace(COMBINING_LINE, LINE)) if len(converted) <= LONGEST_RESULT else None


def _unclosed(source: str) -> int:
    """How many delimiters are opened and not closed within their group."""
    lost, groups = 0, [0]
    for found in DELIMITER.finditer(source):
        if found["brace"] == "{":
            groups.append(0)
        elif found["brace"] and len(groups) > 1:
            lost += groups.pop()
        elif found["opener"]:
            groups[-1] += 1
        elif found["closer"]:
            groups[-1] = max(0, groups[-1] - 1)
        lost += found["twice"] is not None
    return lost + sum(groups)
