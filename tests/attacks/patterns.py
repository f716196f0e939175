"""Hostile text: units that are repeated to any length. A new one is one line."""

UNITS: tuple[str, ...] = (
    # openers, closers and what a quantifier may go through in two ways
    *("(", ")", "[", "]", "{", "}", "<", ">", "$", "\\", "^", "_", "`", "*", "'", '"', "|", "&", "#", "%", "~", "@", "!", "=", "-"),
    *("/", ":", ".", ",", ";", "?", "+", "0", "9", "a", "A", "aA", "a.", "a-", "a/", "a_", "1.", "1,", "0.5 ", "a b ", "b a "),
    *(" ", "  ", "\t", "\n", "\r", "\r\n", "\n\n", " \n", "\u00a0", "\u2028", "\u3000", "\x0b", "\x0c", "\x85", "\ufeff", "\0"),
    # TeX
    *("$$", "$ ", " $", "$a", "a$", "$5 ", "$5 a", "$a$", "$$a$$", "$f(", "f(", "f((", r"\(", r"\)", r"\[", r"\]", r"\(a\)", "\\$", "\\\\"),
    *(r"\emph{", r"\emph {", r"\emph{a}", r"\textbf", r"\footnote{", r"\url{", r"{\it ", r"{\it", "{\\it\u00a0", r"{\bf a}", "{{}", "{}}", "{a}"),
    *(r"\'", r"\'e", r"{\'e}", r"\'{e", r"\H ", r"\H{", r"\c c", r"\ss", r"\ss ", r"\o{}", "``", "''", "`a", "`a`", "--", "---", "a--", "a---b", " -- "),
    *(r"\pmod^", r"\pmod", r"\left(", r"\right)", r"\frac", r"\frac{", r"\sqrt{", r"\sqrt[", r"x^", "x_{", "x^{", r"\begin{matrix}", r"\text{", r"\text{a_"),
    *(r"\label{", r"\tag{", r"\href{", r"\def\a{\a\a}", r"\newcommand", r"\a", r"\cite{", r"\substack{", r"\smash{", "&\\\\", "'^"),
    # Markdown and HTML
    *("[a](", "[a]", "[[", "[](", "![", "[a][", "[a]: ", "](", "](a", "](<", "**", "*a", "*a*", "**a", "__", "_a", "_a_", "***a", "* *", "**a*"),
    *("> ", ">", ">>", "- ", "* ", "1. ", "- a\n", "  - a\n", "    a\n", "\n    ", "# ", "a\n===\n", "***\n", "\t- a\n", "\\[", "\\*", "``a", "`` ` "),
    *("<a", "<a ", "<a>", "<b>", "<p>", "</", "<!", "<!--", "-->", "<!-- --", "<!-->", "<?", "<![CDATA[", "]]>", "<a href=", '<a href="', "<br>", "<a><p>", "<b><p>"),
    *("&amp;", "&amp", "&#11;", "&#", "&#x", "&#39;", "&lt;", "&a", "&nbsp;", "&#99999999;", "<script>", "<svg>", "<style>", "<table>", "<h1>", "<dt>", "<li>"),
    # addresses
    *("http://", "https://", "https://a ", "http://a/", "://", "www.", "arxiv:", "arXiv: ", "arxiv.org/abs/", "https://arxiv.org/abs/2010.04296 ", "/abs/", "cs/", "math.GT/"),
    *("github.com/", "github.com/a", " github.com/a/b", "gitlab.com/a/", "/a/a", "a@", "2010.04296", "2010.", "2010.04296v1", "v1", "%2F", "%", "%61", "%ff", "?a=", "&a=b"),
    # words and letters
    *("é", "e\u0301", "\u0301", "\u0316\u0301", "\u0301\u0316", "\u0345", "ß", "ﬁ", "İ", "ᴬ", "ﾞ", "ﷺ", "\u1fb7", "\u0958", "각", "漢", "ا", "😀", "👩‍👩‍👧 ", "\u200b", "\u200d"),
    *("\u202e", "\u202d", "\u2066", "\u200f", "\ud800", "\udfff", "\ud83d", "\uffff", "\U0010ffff", "learning ", "s", "ies ", "a_a ", "x" * 50 + " "),
    # mojibake
    *("‚Äô", "√©", "√", "Œ±", "ƒ", "ƒ∞", "√π", "≈£5", "‚", "‚Ä", "Ô", "∑", "o√π ", "’é", "„Ää", "\uf8ff", "ü", "üò", "¬"),
    # posts, queries and JSON
    *('"', '"a', '"a" ', "author:", "author:a ", "cat:", "since:", "since:2026 ", 'title:"', "id:", "# 1. ", "| ", " | ", ", ", " (@a) <", " (@", "(@a)", "-- (", "---\n", "title: "),
    *("[1,", '{"a":', "[[]]", "true,", "1e9", "Total of ", "Total of 1", "Showing new listings for ", "Catchup results for ", "Catchup results for a on ", " on Wed, 1", "showing first 1"),
)  # fmt: skip

LIMIT = 100_000


def hostile(unit: str, length: int) -> str:
    """The unit in a row, whole, so that the end is the same at any length; at most so many characters."""
    return unit * (length // len(unit))


CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">", "$": "$", "`": "`", '"': '"', "*": "*", "_": "_"}


def ending(unit: str) -> str:
    """What closes the unit's brackets and quotes; empty where it has none."""
    return "".join(CLOSERS.get(character, "") for character in reversed(unit))


def closed(unit: str, length: int) -> str:
    """The same, with an end that a pattern may wait for: what was opened is closed."""
    end = ending(unit)
    half = length // (len(unit) + len(end))
    return unit * half + end * half


def words_of(unit: str, length: int) -> str:
    """The unit among words."""
    return hostile(f"word {unit}", length)


SHAPES = (hostile, closed, words_of)
