"""Papers as BibTeX entries and as lines to cite.

Titles and names are TeX as arXiv gave them, and stay so; what TeX would stumble over is escaped. Braces around a title keep its
capitals. See https://info.arxiv.org/help/bibtex.html for the fields of an e-print.
"""

import re
from collections.abc import Sequence

from papers.models import Paper
from papers.rendered.stored import Texts
from papers.text.delimiters import FORMULA
from papers.text.identifiers import year_of
from papers.text.seen import without_controls

CONTENT_TYPE = "application/x-bibtex; charset=utf-8"
BEFORE_A_DIGIT = r"(?<!\\)\$(?![\s\d])(?:(?:\\.|[^\s$\\])+|(?=[^$]*[\\^_])(?:\\.|[^$\\])+(?<!\s))\$(?=\d)"
"""A formula that a digit follows ("$\\sim$5x"), which two prices ("$5 and $6") never look like."""
SPECIAL = re.compile(
    rf"(?P<kept>{FORMULA}|{BEFORE_A_DIGIT}|\\(?:url|href|path)\s*\{{[^{{}}]*\}}|\\(?:[^A-Za-z]|[A-Za-z]+))"
    r"|(?P<special>[&%#$_^~<>|])"
)
ESCAPED = {
    "^": r"\^{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
COMMAND = re.compile(r"\\(.)(?=([A-Za-z])?)")
BRACES = {"{": r"\lbrace", "}": r"\rbrace"}
MOST_NAMES = 6
"""The most authors that a citation line names."""
OTHERS = re.compile(r"et\.? al\.?|etal\.?|others", re.IGNORECASE)
"""The last one or two words of a name. Names are compared word by word: a pattern with spaces before its end
takes quadratic time."""
GROUP = re.compile(r"\b(?:collaborations?|consortium|consortia|teams?|(?:working )?groups?)\b", re.IGNORECASE)
SUFFIX = re.compile(r"(?:Jr|Sr)\.?|JR\.?|SR\.?|II|III|IV|VI{1,3}")


def entry(paper: Paper, categories: Sequence[str], key: str = "") -> str:
    """The paper's entry; its categories, the primary one first. The key is its arXiv id unless one is given."""
    names, has_others = people(paper.authors)
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join([*map(_name, names), *["others"] * (has_others and bool(names))]),
        "year": str(year(paper)),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": categories[0] if categories else "",
        "url": paper.abs_url,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key or f'arXiv:{paper.arxiv_id}'},\n" + ",\n".join(lines) + "\n}\n"


def citation(paper: Paper, categories: Sequence[str], texts: Texts) -> str:
    """One line of plain text: authors, title, id and year."""
    names, has_others = people(texts.names(paper.authors))
    if len(names) > MOST_NAMES:
        authors = f"{names[0]} et al."
    elif has_others and names:
        authors = f"{', '.join(names)} et al."
    else:
        authors = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
    title = texts.line_text(paper.title)
    primary = f" [{categories[0]}]" if categories else ""
    start = f"{authors.rstrip('.')}. " if authors else ""
    return f"{start}“{title}”. arXiv:{paper.arxiv_id}{primary}, {year(paper)}. {paper.abs_url}"


def year(paper: Paper) -> int:
    """The year of submission. If the exact time is not stored, the id tells the year."""
    return paper.submitted_at.year if paper.submitted_at else year_of(paper.arxiv_id)


def people(authors: Sequence[str]) -> tuple[list[str], bool]:
    """The names among what arXiv lists as authors, and whether it says that there are others.

    Without what stands in brackets behind a name: it is the same in other letters, or where somebody works.
    A colon stands between a collaboration and those who write for it, as an author of its own or in one.
    """
    parts = [part.split() for author in authors for part in author.split(":")]
    named = [_without_others(words) for words in parts]
    names = [_without_brackets(" ".join(words)) for words in named]
    return [name for name in names if any(map(str.isalpha, name))], named != parts


def _without_brackets(name: str) -> str:
    before, _, _ = name.rpartition(" (") if name.endswith(")") else ("", "", "")
    return before if any(map(str.isalpha, before)) else name


def _without_others(words: list[str]) -> list[str]:
    """The words of a name, without a final "et al."."""
    for length in (2, 1):
        if OTHERS.fullmatch(" ".join(words[-length:])):
            rest = words[:-length]
            rest = rest[:-1] if rest and rest[-1].lower() == "and" else rest
            return [*rest[:-1], rest[-1].rstrip(",")] if rest else []
    return words


def _name(name: str) -> str:
    """As BibTeX reads it: "Example, Jr, A.". Braced where it is no person's, or BibTeX would take it for two names, or its parts
    for others than they are."""
    written = _tex(name)
    first, _, suffix = written.rpartition(" ")
    words = first.rstrip(",").split(" ")
    if SUFFIX.fullmatch(suffix) and len(words) > 1 and "," not in (plain := " ".join(words)) and _is_person(plain):
        last = len(words) - 1
        while last > 1 and words[last - 1].islower():  # "van der"
            last -= 1
        return f"{' '.join(words[last:])}, {suffix}, {' '.join(words[:last])}"
    parts = written.split(", ")
    has_letters = all(any(map(str.isalnum, part)) for part in parts)
    if len(parts) in (2, 3) and written.count(",") == len(parts) - 1 and has_letters and _is_person(written):
        family, given, *suffixes = parts
        if not suffixes and not SUFFIX.fullmatch(given):
            return written
        if suffixes and SUFFIX.fullmatch(suffixes[0]):
            return f"{family}, {suffixes[0]}, {given}"
    is_one = GROUP.search(written) or SUFFIX.fullmatch(suffix) or re.search(r",|\band\b|^others$", written, re.IGNORECASE)
    return f"{{{written}}}" if is_one else written


def _is_person(name: str) -> bool:
    """Whether it is one person's, as far as it tells, and of plain letters."""
    return not GROUP.search(name) and not re.search(r"\\|[{}]|\band\b", name, re.IGNORECASE)


def _tex(text: str) -> str:
    """The text on one line with balanced braces. Outside of formulas and commands, TeX’s special characters are escaped."""
    text = " ".join(without_controls(text).split())
    if not _is_balanced(text):
        text = COMMAND.sub(lambda found: BRACES[found[1]] + " " * bool(found[2]) if found[1] in BRACES else found[0], text)
    if not _is_balanced(text):
        text = text.replace("{", "(").replace("}", ")")
    text = SPECIAL.sub(_written, text)
    dangling = len(text) - len(text.rstrip("\\"))
    return text + " " if dangling % 2 else text


def _written(found: re.Match[str]) -> str:
    """A bare percent sign would begin a comment even in a formula."""
    if found["kept"]:
        return re.sub(r"(\\.)|%", lambda part: part[1] or r"\%", found["kept"])
    return ESCAPED.get(found["special"], "\\" + found["special"])


def _is_balanced(text: str) -> bool:
    """Whether the braces are balanced as BibTeX counts them: those behind a backslash count, too."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
