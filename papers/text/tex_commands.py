"""Commands that people write in titles, abstracts and names outside formulas, and what they mean to a reader.

LaTeX's own are described at https://latexref.xyz, siunitx at https://ctan.org/pkg/siunitx.
"""

import unicodedata

from pylatexenc.latex2text import get_default_latex_context_db

ABOVE_OR_BELOW = {
    **{"'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307"},
    **{"u": "\u0306", "v": "\u030c", "H": "\u030b", "r": "\u030a", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331"},
}
"""Accents: the mark that is put on the following letter."""
TIE = "t"
LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł"}
LETTERS |= {"i": "ı", "j": "ȷ", "dj": "đ", "DJ": "Đ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ"}
"""Commands for letters: like those that switch a font, they take in the space behind them."""
DOTTED = {"ı": "i", "ȷ": "j"}
_show_argument = (
    "emph textit textbf texttt textsc textsf textrm textsl textup textmd textnormal textmath text underline uline mbox hbox fbox"
    " mathrm mathbf mathit mathsf mathtt mathcal mathbb boldsymbol ensuremath uppercase lowercase MakeUppercase protect"
    " num si unit ang textquote enquote operatorname"
)
SHOW_ARGUMENT = frozenset(_show_argument.split())
_switches = (
    "it em bf tt sc sf rm sl bfseries itshape scshape ttfamily sffamily rmfamily slshape upshape mdseries normalfont tiny"
    " scriptsize footnotesize small normalsize large Large LARGE huge Huge xspace noindent par newline linebreak protect"
    " relax null displaystyle textstyle centering item"
)
SWITCHES = frozenset(_switches.split())
_dropped = (
    "cite citep citet citealp citealt citeauthor citeyear citenum citeyearpar Citet Citep autocite textcite parencite"
    " footcite ref eqref autoref cref Cref nameref pageref label index tag begin end vspace hspace thanks phantom "
    " bibliographystyle"
)
DROPPED = frozenset(_dropped.split())
"""Commands that are dropped together with their arguments."""
WORDS = {"ie": "i.e.", "eg": "e.g.", "etc": "etc.", "etal": "et al.", "cf": "cf.", "wrt": "w.r.t.", "iid": "i.i.d.", "vs": "vs."}
WORDS |= {"aka": "a.k.a.", "viz": "viz.", "resp": "resp."}
SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "\\": " ", "!": "", "-": "", "/": "", "@": "", "quad": " ", "qquad": " "}
UNITS = {"meter": "m", "metre": "m", "second": "s", "kilo": "k", "gram": "g", "hertz": "Hz", "percent": "%", "milli": "m"}
UNITS |= {"micro": "µ", "giga": "G", "mega": "M", "watt": "W", "volt": "V", "kelvin": "K", "degree": "°", "celsius": "°C"}


def _symbols() -> dict[str, str]:
    found: dict[str, str] = {}
    for category in get_default_latex_context_db().d.values():
        for name, command in category["macros"].items():
            meant = command.simplify_repl
            if isinstance(meant, str) and len(meant) == 1 and not unicodedata.combining(meant) and not meant.isspace():
                found.setdefault(name, meant)
    return found


SYMBOLS = _symbols() | {"deg": "°", "textdegree": "°", "degree": "°", "textasciitilde": "~", "textasciicircum": "^", "le": "≤"}
SYMBOLS |= {"ge": "≥", "ne": "≠", "to": "→", "dots": "…", "ldots": "…", "cdots": "⋯", "textbackslash": "\\", "texttimes": "×"}
SYMBOLS |= {"ddag": "‡", "dag": "†", "epsilon": "ϵ", "sim": "∼", "LaTeX": "LaTeX", "TeX": "TeX", "textmu": "µ", "textendash": "–"}
SYMBOLS |= {
    "textemdash": "—",
    "textquotesingle": "'",
    "textquoteright": "’",
    "textquoteleft": "‘",
    "textless": "<",
    "textbar": "|",
}
SYMBOLS |= {"textgreater": ">", "textunderscore": "_", "slash": "/", "lbrace": "{", "rbrace": "}"} | UNITS
for _name in (*LETTERS, *ABOVE_OR_BELOW, TIE, *WORDS):
    SYMBOLS.pop(_name, None)
_SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW′*∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′*°",
        strict=True,
    )
)
_SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def raised(text: str) -> str:
    """The text in Unicode superscripts, otherwise after a `^`."""
    return _moved(text, _SUPERSCRIPTS, "^")


def lowered(text: str) -> str:
    """The text in Unicode subscripts, otherwise after a `_`."""
    return _moved(text, _SUBSCRIPTS, "_")


def _moved(text: str, letters: dict[str, str], sign: str) -> str:
    if all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"
